import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matchesPattern } from '../../../infra/options/host-pattern.ts';

it('a pattern matches the same names as an equivalent regular expression', () => {
  const letters = fc.constantFrom('a', 'b', '.', '-');
  const pattern = fc.array(fc.oneof(letters, fc.constantFrom('*', '?')), { maxLength: 6 });
  const name = fc.array(letters, { maxLength: 6 });
  fc.assert(
    fc.property(pattern, name, (signs, text) => {
      const source = signs.join('').replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
      expect(matchesPattern(signs.join(''), text.join(''))).toBe(
        new RegExp(`^${source}$`).test(text.join('')),
      );
    }),
    { numRuns: 2000 },
  );
});

it('a pattern with many wildcards is matched quickly', () => {
  expect(matchesPattern(`${'*a'.repeat(60)}.com`, `${'a'.repeat(240)}.example`)).toBe(false);
});
