import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compilePattern, literalPrefix, matchesPattern } from '../../../../lambda/core/routes/pattern.ts';

const pieces = (characters: string[], maxLength: number) =>
  fc.array(fc.constantFrom(...characters), { maxLength }).map((parts) => parts.join(''));
const pattern = pieces(['a', 'b', '/', 'ab', '*', '?', '*', '?a', '.'], 8);
const text = pieces(['a', 'b', '/', '.', 'ab', '\u{1f600}'], 10);

/** The same with a regular expression, whose `.` is one UTF-16 unit, as `?` is. */
const expressionOf = (source: string): RegExp =>
  new RegExp(`^${source.replaceAll('.', '\\.').replaceAll('?', '[^]').replaceAll('*', '[^]*')}$`);

test('a pattern matches the same texts as the equivalent regular expression', () => {
  const seen = { matched: 0, not: 0 };
  fc.assert(
    fc.property(pattern, text, (source, path) => {
      const expected = expressionOf(source).test(path);
      seen[expected ? 'matched' : 'not'] += 1;
      expect(matchesPattern(source, path)).toBe(expected);
    }),
    { numRuns: 20_000 },
  );
  expect(Math.min(seen.matched, seen.not)).toBeGreaterThan(500);
});

test('a compiled pattern matches from a given place', () => {
  fc.assert(
    fc.property(pattern, text, text, (source, before, after) => {
      expect(compilePattern(source)(before + after, before.length)).toBe(matchesPattern(source, after));
    }),
    { numRuns: 5000 },
  );
});

test("every text that a pattern matches begins with the pattern's literal beginning", () => {
  fc.assert(
    fc.property(pattern, text, (source, path) => {
      if (matchesPattern(source, path)) expect(path.startsWith(literalPrefix(source))).toBe(true);
    }),
  );
});

test('a long text costs only a few searches, whatever the pattern', () => {
  // Matching character by character from each place would not end within the time that a test may take.
  const long = 'ab/'.repeat(100_000);
  for (const source of ['*/c', '*a*b*/*c', '*?c*', '*a?c*', '*ab/ab/ab/c*', '*??????c']) {
    const matches = compilePattern(source);
    for (let i = 0; i < 20; i++) expect(matches(long, 0)).toBe(false);
  }
});
