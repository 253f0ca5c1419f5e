import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { matchesPattern } from '../../../../lambda/core/routes/pattern.ts';
import { subsumes } from '../../../../lambda/core/routes/pattern-subsumption.ts';

test.each([
  ['/api/*', '/api/orders', true],
  ['/api/*', '/api/', true],
  ['/api/*', '/api', false],
  ['/api/*', '/api/*/x', true],
  ['/api/*/x', '/api/*', false],
  ['*', '/a?c*', true],
  ['?*', '*?', true],
  ['*?', '*', false],
  ['/a?', '/a*', false],
  ['/a*', '/a?', true],
  ['/a*c', '/abc*', false],
  ['/a*b*c', '/a?b*b?c', true],
  ['/API/*', '/api/x', false],
])('%s subsumes %s: %s', (general, special, expected) => {
  expect(subsumes(general, special)).toBe(expected);
});

/** Every text up to a given length; no pattern contains `c`. */
const TEXTS = ['', ...lengthen(['']), ...lengthen(lengthen(['']))];
for (let i = 0, last = lengthen(lengthen([''])); i < 4; i++) {
  last = lengthen(last);
  TEXTS.push(...last);
}
function lengthen(texts: readonly string[]): string[] {
  return texts.flatMap((text) => ['a', 'b', 'c'].map((character) => text + character));
}

test('agrees with comparing all short texts', () => {
  const patterns = fc
    .array(fc.constantFrom('a', 'b', '*', '?'), { maxLength: 5 })
    .map((symbols) => symbols.join(''));
  fc.assert(
    fc.property(patterns, patterns, (general, special) => {
      // A counterexample needs at most one wildcard character for each symbol of the general pattern.
      const counterexample = TEXTS.find(
        (text) => matchesPattern(special, text) && !matchesPattern(general, text),
      );
      expect({ general, special, subsumed: subsumes(general, special) }).toEqual({
        general,
        special,
        subsumed: counterexample === undefined,
      });
    }),
    { numRuns: 3000 },
  );
});

test('hard patterns are compared without backtracking, which would outlast the test', () => {
  expect(subsumes(`${'*a'.repeat(20)}${'?'.repeat(80)}`, `${'*a?'.repeat(40)}`)).toBe(false);
  expect(subsumes('?'.repeat(128), '*'.repeat(128))).toBe(false);
});
