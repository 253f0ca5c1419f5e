import { expect, test } from '@jest/globals';
import { ArgumentError } from '../../tools/arguments.ts';
import { parseFuzzArguments } from './arguments.ts';

test.each([
  [[], 100_000, undefined],
  [['--runs', '1000000'], 1_000_000, undefined],
  [['--runs=5', '--seed=0'], 5, 0],
  [['--seed', '2147483647'], 100_000, 2_147_483_647],
])('%j runs', (args, runs, seed) => {
  expect(parseFuzzArguments(args)).toEqual({ runs, seed });
});

test.each([
  [['--run', '5'], 'There is no --run; did you mean --runs?'],
  [['5'], 'There is one argument too many: 5.'],
  [['--runs'], '--runs needs a value.'],
  [['--runs', '0'], '--runs takes a whole number of 1 or more, such as --runs 1000000.'],
  [['--runs', '1e6'], '--runs takes a whole number'],
  [['--seed=-1'], '--seed takes a whole number from 0 to 2147483647, such as --seed 7.'],
  [['--seed', '2147483648'], '--seed takes a whole number from 0 to 2147483647'],
])('%j is rejected: %s', (args, problem) => {
  expect(() => parseFuzzArguments(args)).toThrow(ArgumentError);
  expect(() => parseFuzzArguments(args)).toThrow(problem);
});
