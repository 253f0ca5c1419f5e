import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { shellWord } from '../../tools/shell-word.ts';

test('a shell reads any text as one word', () => {
  const words = fc.sample(fc.string({ unit: fc.constantFrom(...`a '"\\$\`*?!&;|<>(){}[]~#=\n\t-é`) }), 200);
  const command = `printf '%s\\0' x ${words.map(shellWord).join(' ')}`;
  const printed = execFileSync('bash', ['-c', command], { encoding: 'utf8' });
  expect(printed.split('\0').slice(1, -1)).toEqual(words);
});

test('adds no quotes that are not needed', () => {
  expect(shellWord('http://localhost:8080/api/anything')).toBe('http://localhost:8080/api/anything');
});
