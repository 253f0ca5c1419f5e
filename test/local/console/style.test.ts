import { expect, test } from '@jest/globals';
import { createStyle, wantsColors } from '../../../local/console/style.ts';

test.each<[NodeJS.ProcessEnv, boolean, boolean]>([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ FORCE_COLOR: 'false' }, true, false],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  [{ TERM: 'dumb' }, true, false],
])('%j, on a terminal: %s, has colours: %s', (environment, isTerminal, colored) => {
  expect(wantsColors(environment, isTerminal)).toBe(colored);
});

test('a word is coloured and then no more, and nothing is not', () => {
  const { red, bold } = createStyle(true);
  expect([red('a'), bold('b'), red('')]).toEqual(['\u001b[31ma\u001b[39m', '\u001b[1mb\u001b[22m', '']);
  expect(createStyle(false).red('a')).toBe('a');
});
