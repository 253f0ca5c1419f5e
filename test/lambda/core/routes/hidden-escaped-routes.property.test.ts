import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { routePatterns } from '../../../../lambda/core/config/route-patterns.ts';
import { compilePathJudge, isPathProblem } from '../../../../lambda/core/paths/judge-path.ts';
import { STEPS } from '../../../../lambda/core/paths/steps.ts';
import { hiddenRoutes } from '../../../../lambda/core/routes/hidden-routes.ts';
import type { RouteRule } from '../../../../lambda/core/routes/match.ts';
import { routeOf } from '../../../support/provider.ts';

const FALLBACK = routeOf();

/** Without the steps that would make most of these patterns invalid, and with all. */
const someSteps = fc.constantFrom(
  STEPS.filter(({ name }) => name === 'decode'),
  STEPS.filter(({ name }) => ['decode', 'keepSlash', 'fold', 'suffix'].includes(name)),
  STEPS,
);

const document = fc.record({
  path: fc
    .array(fc.constantFrom('/', 'a', 'A', '*', '?', '%2F', '2F', '%3B', ';', '%25', '%C3%A9'), {
      maxLength: 4,
    })
    .map((parts) => `/r${parts.join('')}`.replace(/\*+/g, '*')),
  allowAnonymous: fc.boolean(),
});

/** In place of a wildcard, or at the end. */
const filling = fc.constantFrom('', '/', 'a', 'z', '%', '%2F', ';', 'a/z', '//');

test.each([
  ['a path without the escape', ['decode'], '/r?*', '/r%2F', '/r'],
  ['a path with the character itself', ['decode', 'fold'], '/r?3B', '/r%3B', '/r;'],
  ['a path without the empty segment', ['decode'], '/r//*', '/r', '/r/'],
])('%s takes a route whose escapes an earlier one covers', (_, names, first, second, path) => {
  const steps = STEPS.filter(({ name }) => names.includes(name));
  const rules = rulesOf(
    [first, second].map((one) => ({ path: one, allowAnonymous: false })),
    steps,
  );
  const judge = compilePathJudge({ rules, fallback: FALLBACK, steps });
  expect(judge('GET', path)).toBe(rules[1]?.route);
  expect(hiddenRoutes(rules)).toEqual([]);
});

test('no path takes a route that is called hidden, whatever escapes the two have', () => {
  fc.assert(
    fc.property(
      someSteps,
      fc.array(document, { minLength: 2, maxLength: 3 }),
      fc.array(fc.tuple(filling, filling), { minLength: 1, maxLength: 20 }),
      (steps, documents, fillings) => {
        const rules = rulesOf(documents, steps);
        const hidden = hiddenRoutes(rules).map(({ rule }) => rule);
        if (hidden.length === 0) return;
        const judge = compilePathJudge({ rules, fallback: FALLBACK, steps });
        const taken = hidden
          .flatMap(({ patterns }) => patterns.exact)
          .flatMap((pattern) => fillings.map(([wild, end]) => pattern.replaceAll(/[*?]/g, wild) + end))
          // A request has no others.
          .filter((path) => /^[\x21-\x7e]+$/.test(path))
          .map((path) => judge('GET', path));
        const routes = taken.filter((judged) => !isPathProblem(judged));
        expect(hidden.filter(({ route }) => routes.some((one) => one === route))).toEqual([]);
      },
    ),
    { numRuns: 5000 },
  );
});

/** The rules of those documents whose paths are valid. */
function rulesOf(
  documents: readonly { readonly path: string; readonly allowAnonymous: boolean }[],
  steps: typeof STEPS,
): RouteRule[] {
  return documents.flatMap(({ path, allowAnonymous }, index) => {
    const patterns = routePatterns(path, steps);
    if ('problems' in patterns) return [];
    return [
      { index, patterns: patterns.value, methods: undefined, route: routeOf({ path, allowAnonymous }) },
    ];
  });
}
