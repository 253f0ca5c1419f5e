import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { matchesPattern } from '../../lambda/core/routes/pattern.ts';
import { patternsMeet } from '../../lambda/core/routes/patterns-meet.ts';
import { isAlmost } from '../../tools/check-config/near-names.ts';

test('a name is never almost itself, and the relation is symmetric', () => {
  const name = fc.stringMatching(/^[a-c]{3,6}(?::[a-c]{3,6})?$/);
  fc.assert(
    fc.property(name, name, (a, b) => {
      expect(isAlmost(a, a)).toBe(false);
      expect(isAlmost(a, b)).toBe(isAlmost(b, a));
    }),
  );
});

test('finds a typing error anywhere in a long word', () => {
  const word = fc.stringMatching(/^[a-z]{6,12}$/);
  const slip = fc.constantFrom('drop', 'double', 'swap', 'replace', 'case');
  fc.assert(
    fc.property(word, fc.nat(), slip, (right, pick, kind) => {
      const at = pick % (right.length - 1);
      const [before, letter, next, after] = [
        right.slice(0, at),
        right[at],
        right[at + 1],
        right.slice(at + 2),
      ];
      const wrong = {
        drop: before + next + after,
        double: before + letter + letter + next + after,
        swap: before + next + letter + after,
        replace: `${before}q${next}${after}`,
        case: before + String(letter).toUpperCase() + next + after,
      }[kind];
      expect(isAlmost(`orders:${wrong}`, `orders:${right}`)).toBe(wrong !== right);
    }),
  );
});

test('two patterns meet exactly if some text matches both', () => {
  const pattern = fc.stringMatching(/^[ab*?]{0,4}$/);
  const texts = [''];
  for (let at = 0; (texts[at]?.length ?? 9) < 8; at++) texts.push(`${texts[at]}a`, `${texts[at]}b`);
  fc.assert(
    fc.property(pattern, pattern, (a, b) => {
      const meet = texts.some((text) => matchesPattern(a, text) && matchesPattern(b, text));
      expect(patternsMeet(a, b)).toBe(meet);
    }),
    { numRuns: 500 },
  );
});
