import { expect, test } from '@jest/globals';
import { createStyle } from '../../../local/console/style.ts';

test('colours a word and resets the colour after it, and leaves empty text alone', () => {
  const { red, bold } = createStyle(true);
  expect([red('a'), bold('b'), red('')]).toEqual(['\u001b[31ma\u001b[39m', '\u001b[1mb\u001b[22m', '']);
  expect(createStyle(false).red('a')).toBe('a');
});
