import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compileRoutes, type RouteRule } from '../../../../lambda/core/routes/match.ts';
import { matchesPattern } from '../../../../lambda/core/routes/pattern.ts';
import { routeOf } from '../../../support/provider.ts';

const FALLBACK = routeOf();
const METHODS = ['GET', 'POST'] as const;

const rule = fc
  .record({
    path: fc
      .array(fc.constantFrom('/', 'a', 'b', '*', '?'), { maxLength: 6 })
      .map((parts) => `/${parts.join('')}`),
    methods: fc.option(fc.subarray([...METHODS], { minLength: 1 }), { nil: undefined }),
  })
  .map(
    ({ path, methods }): RouteRule => ({
      path,
      methods: methods && new Set(methods),
      route: routeOf({ path }),
    }),
  );
const path = fc.array(fc.constantFrom('/', 'a', 'b'), { maxLength: 6 }).map((parts) => `/${parts.join('')}`);

test('the route is the first in the order of the policy that matches, or the one for all else', () => {
  fc.assert(
    fc.property(
      fc.array(rule, { maxLength: 8 }),
      path,
      fc.constantFrom(...METHODS),
      (rules, text, method) => {
        const plainly = rules.find(
          ({ path: pattern, methods }) => (methods?.has(method) ?? true) && matchesPattern(pattern, text),
        );
        expect(compileRoutes(rules, FALLBACK)(method, text)).toBe(plainly?.route ?? FALLBACK);
      },
    ),
    { numRuns: 5000 },
  );
});
