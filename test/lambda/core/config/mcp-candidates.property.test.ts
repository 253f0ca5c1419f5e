import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isPathProblem } from '../../../../lambda/core/paths/judge-path.ts';
import type { Route } from '../../../../lambda/core/routes/route.ts';
import { judgeOf } from '../../../support/paths.ts';
import { rarely } from '../../../support/rarely.ts';

const partner = { type: 'jwks', issuer: 'https://p.example', audience: 'a', jwksUri: 'https://p.example/j' };

const PATHS = [
  '/a/mcp',
  '/a/*',
  '/a/m*',
  '/a/?cp',
  '/a/mcp/*',
  '/a/Mcp',
  '/a/*/x',
  '/a/mcp.json',
  '/a/mcp/',
  '/a/x/',
  // An open one matches /a/xxx and /a/xxx/, but not /a/xxx//.
  '/a/*x?',
  '/a/xxx/',
  '/*',
];

/** Usually absent, so that many of the policies are valid. */
const seldom = <T>(...values: T[]) => rarely(fc.constantFrom(...values));

const routeOf = (paths: readonly string[]) =>
  fc
    .record({
      path: fc.constantFrom(...paths),
      mcp: fc.option(fc.record({ method: fc.constantFrom('*', 'tools/*', 'tools/call', 'ping') }), {
        nil: undefined,
        freq: 2,
      }),
      methods: seldom(['GET'], ['POST', 'DELETE']),
      providers: seldom(['partner']),
      onUnauthenticatedRequest: seldom('allow'),
      mode: seldom('report-only'),
      stripPrefix: seldom('/a'),
    })
    .map(({ methods, ...document }) => ({ ...document, ...(document.mcp === undefined && { methods }) }));

/** Few paths, so that routes share them. In half of the policies, most routes are open. */
const routes = fc
  .shuffledSubarray(PATHS, { minLength: 2, maxLength: 4 })
  .chain((paths) => fc.tuple(fc.array(routeOf(paths), { minLength: 2, maxLength: 5 }), fc.boolean()))
  .map(([list, isTurned]) =>
    list.map(({ onUnauthenticatedRequest: open, ...one }) => ({
      ...one,
      onUnauthenticatedRequest: (open === 'allow') === isTurned ? undefined : 'allow',
    })),
  );

const policy = fc.record({
  routes,
  unmatched: fc.constantFrom('deny', 'deny', 'authenticate'),
  paths: fc.constantFrom({}, { readings: ['decode'] }),
  providers: fc.constant({ partner }),
});

const demands = ({ providers, allowAnonymous, reportOnly, stripPrefix }: Route) =>
  JSON.stringify([providers.map(({ name }) => name), allowAnonymous, reportOnly, stripPrefix]);

test('in every valid policy, all routes that a message decides between require the same identity', async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(
      policy,
      fc.array(fc.tuple(fc.constantFrom(...PATHS), fc.constantFrom('', '/', '//')), { maxLength: 6 }),
      async (document, paths) => {
        const judge = await judgeOf(document);
        if (judge === undefined) return;
        const own = document.routes.flatMap((one) => ['', '//'].map((end) => [one.path, end] as const));
        for (const [pattern, end] of [...paths, ...own]) {
          const judged = judge('POST', pattern.replace(/[*?]/g, 'x') + end);
          if (isPathProblem(judged) || judged.candidates === undefined) continue;
          const reachable = judged.candidates.filter(({ missing }) => !missing);
          if (reachable.length > 1) compared += 1;
          expect(new Set(reachable.map(demands)).size).toBe(1);
        }
      },
    ),
    { numRuns: 10_000 },
  );
  expect(compared).toBeGreaterThan(50);
});
