import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hiddenRoutes } from '../../../../lambda/core/routes/hidden-routes.ts';
import { compileRoutes, type RouteRule } from '../../../../lambda/core/routes/match.ts';
import { routeOf } from '../../../support/provider.ts';

const FALLBACK = routeOf();

/** Characters of the texts; `z` is in no pattern, and so stands for any other. */
const CHARACTERS = ['/', 'a', 'z'];

/** Long enough for a counterexample: one character for each `?` and letter of two patterns, or for a `*` between. */
const TEXTS = Array.from({ length: 6 }).reduce<string[]>(
  (texts) => ['', ...texts.flatMap((text) => CHARACTERS.map((character) => text + character))],
  [''],
);

const pattern = fc
  .array(fc.constantFrom('/', 'a', '*', '?'), { maxLength: 4 })
  .map((parts) => `/r${parts.join('')}`.replace(/\*+/g, '*'))
  // An empty segment is one only for servers that do not merge slashes; the policy rejects such patterns.
  .filter((text) => !text.includes('//'));

const rule = fc.record({ pattern, allowAnonymous: fc.boolean() });

function judge(documents: readonly { pattern: string; allowAnonymous: boolean }[]) {
  const rules = documents.map(
    ({ pattern: path, allowAnonymous }, index): RouteRule => ({
      index,
      patterns: { named: path, exact: [path], folded: [] },
      methods: undefined,
      route: routeOf({ path, allowAnonymous }),
    }),
  );
  const match = compileRoutes(rules, 'exact', FALLBACK);
  const reached = new Set(TEXTS.map((text) => match('GET', `/r${text}`)));
  const hidden = hiddenRoutes(rules).map((one) => one.rule);
  return { rules, isReached: ({ route }: RouteRule) => reached.has(route), hidden };
}

test('no path reaches a route that is called hidden', () => {
  fc.assert(
    fc.property(fc.array(rule, { minLength: 2, maxLength: 4 }), (documents) => {
      const { isReached, hidden } = judge(documents);
      expect(hidden.filter(isReached)).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});

// A route that only several others hide together may be missed.
test('some path reaches the second of two routes, unless it is called hidden', () => {
  fc.assert(
    fc.property(rule, rule, (first, second) => {
      const { rules, isReached, hidden } = judge([first, second]);
      expect(rules.filter((one) => !isReached(one) && !hidden.includes(one))).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});
