import { expect, test } from '@jest/globals';
import { parseArguments } from './arguments.ts';

test.each([
  [[], 100_000, undefined],
  [['--runs', '1000000'], 1_000_000, undefined],
  [['--runs=5', '--seed=0'], 5, 0],
  [['--seed', '2147483647'], 100_000, 2_147_483_647],
])('%j runs', (args, runs, seed) => {
  expect(parseArguments(args)).toEqual({ kind: 'run', runs, seed });
});

test.each([[['--help']], [['-h']], [['--runs', '5', '--help']]])('%j is help', (args) => {
  expect(parseArguments(args)).toEqual({ kind: 'help' });
});

test.each([
  [['--run', '5'], 'Unknown argument --run, 5. There are --runs N, --seed N and --help.'],
  [['5'], 'Unknown argument 5.'],
  [['--runs'], '--runs takes a whole number, such as --runs 1000000.'],
  [['--runs', '0'], '--runs takes a whole number'],
  [['--runs', '1e6'], '--runs takes a whole number'],
  [['--seed', '-1'], '--seed takes a whole number from 0 to 2147483647, such as --seed 7.'],
  [['--seed', '2147483648'], '--seed takes a whole number from 0 to 2147483647'],
])('%j is refused: %s', (args, problem) => {
  expect(parseArguments(args)).toEqual({ kind: 'invalid', problem: expect.stringContaining(problem) });
});
