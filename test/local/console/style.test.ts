import { expect, test } from '@jest/globals';
import { createStyle } from '../../../local/console/style.ts';

test('a word is coloured and then no more, and nothing is not', () => {
  const { red, bold } = createStyle(true);
  expect([red('a'), bold('b'), red('')]).toEqual(['\u001b[31ma\u001b[39m', '\u001b[1mb\u001b[22m', '']);
  expect(createStyle(false).red('a')).toBe('a');
});
