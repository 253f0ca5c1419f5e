import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compileCondition } from '../../../../lambda/core/mcp/mcp-condition.ts';
import { bare, compileRoutes, type RouteRule } from '../../../../lambda/core/routes/match.ts';
import { matchesPattern } from '../../../../lambda/core/routes/pattern.ts';
import { areSame, type Route } from '../../../../lambda/core/routes/route.ts';
import { routeOf } from '../../../support/provider.ts';

const FALLBACK = routeOf();
const METHODS = ['GET', 'POST'] as const;
const MCP = compileCondition({ method: '*' });

const rule = fc.record({
  pattern: fc
    .array(fc.constantFrom('/', 'a', 'b', '*', '?'), { maxLength: 6 })
    .map((parts) => `/${parts.join('')}`.replace(/\/+/g, '/').replace(/\*+/g, '*')),
  methods: fc.option(fc.subarray([...METHODS], { minLength: 1 }), { nil: undefined }),
  allowAnonymous: fc.boolean(),
  mcp: fc.boolean(),
});
const path = fc.array(fc.constantFrom('/', 'a', 'b'), { maxLength: 6 }).map((parts) => `/${parts.join('')}`);

test("the route is the first match in the policy's order, or the fallback; an MCP route has the ones after it as well", () => {
  fc.assert(
    fc.property(
      fc.array(rule, { maxLength: 8 }),
      path,
      fc.constantFrom(...METHODS),
      (documents, text, method) => {
        const rules = documents.map(({ pattern, methods, allowAnonymous, mcp }, index): RouteRule => {
          return {
            index,
            patterns: { named: pattern, exact: [pattern], folded: [] },
            methods: methods && new Set(methods),
            route: routeOf({ path: pattern, allowAnonymous, mcp: mcp ? MCP : undefined }),
          };
        });
        const plainly = rules.filter(({ patterns, methods, route }) => {
          const withoutSlash = text.replace(/(?<=.)\/+$/, '');
          const { named } = patterns;
          // A route that is written with the slash names both.
          const matches =
            route.allowAnonymous && !named.endsWith('/')
              ? matchesPattern(named, text) && matchesPattern(named, withoutSlash)
              : bare(named).some((pattern) => matchesPattern(pattern, withoutSlash));
          return (methods?.has(method) ?? true) && matches;
        });
        const all = [...plainly.map(({ route }) => route), FALLBACK];
        const [first, ...others] = all.slice(0, all.findIndex(({ mcp }) => mcp === undefined) + 1);
        const taken = compileRoutes(rules, 'exact', FALLBACK)(method, text);
        if (others.length === 0) expect(taken).toBe(first);
        else {
          expect({ ...taken, candidates: undefined }).toEqual(first);
          expect(taken.candidates).toHaveLength(others.length + 1);
          expect(areSame(taken, { ...routeOf(), candidates: [first as Route, ...others] })).toBe(true);
        }
      },
    ),
    { numRuns: 5000 },
  );
});

test('a route matches whatever its pattern does, with and without a slash at the end', () => {
  fc.assert(
    fc.property(rule, path, ({ pattern }, parts) => {
      const text = parts.replace(/\/+/g, '/');
      const route = routeOf({ path: pattern });
      const patterns = { named: pattern, exact: [pattern], folded: [] };
      const match = compileRoutes([{ index: 0, patterns, methods: undefined, route }], 'exact', FALLBACK);
      expect(match('GET', `${text}/`)).toBe(match('GET', text));
      // `?` does not stand for the slash at a path's end, which may be left out.
      if (matchesPattern(pattern, text) && !(text.endsWith('/') && pattern.includes('?'))) {
        expect(match('GET', text)).toBe(route);
      }
    }),
    { numRuns: 5000 },
  );
});
