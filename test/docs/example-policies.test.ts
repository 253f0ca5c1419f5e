import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { isPathProblem, type JudgePath } from '../../lambda/core/paths/judge-path.ts';
import { checkParameters } from '../../tools/check-config/check.ts';
import { completeParameters, isOfStandIn } from '../../tools/check-config/complete-parameters.ts';
import { judgeOf, outcomeOf, problemsOf } from '../support/paths.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Policy {
  readonly providers?: object;
  readonly routes: readonly {
    readonly path: string;
    readonly onUnauthenticatedRequest?: string;
    readonly mode?: string;
  }[];
}

/** Every policy with routes in the docs. */
const EXAMPLES = ['README.md', ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })]
  .filter((name) => name.endsWith('.md'))
  .map((name) => (name === 'README.md' ? name : join('docs', name)))
  .flatMap((page): [string, Policy][] =>
    [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```json\n(.*?)^```/gms)].flatMap(
      ([, block = '']) => {
        const whole = block.replace(
          'arn:aws:ec2:…',
          'arn:aws:ec2:us-east-1:123456789012:verified-access-instance/vai-1',
        );
        const document = JSON.parse(whole) as Partial<Policy>;
        return document.routes === undefined ? [] : [[page, document as Policy]];
      },
    ),
  );

/** Other spellings of a path that a caller may try. */
const NEAR_MISSES: readonly ((path: string) => string)[] = [
  (path) => path.toUpperCase(),
  (path) => path.replace('/api/', '/api/%C2%AD'),
  (path) => path.replace('/api/', '/api//'),
  (path) => path.replace('/api/', '/api%2F'),
  (path) => path.replace('/api/', '/api\\'),
  (path) => path.replace('/api/', '/api/;x/'),
  (path) => path.replace('/api/', '/api/%2561/../'),
  ...['/', '.', '%20', ';x', '%3Bx', '%3F', '%23', '.json', '.a.b', '%2F', '%252F', '/.'].map(
    (end) => (path: string) => path + end,
  ),
];

const routeOf = (judge: JudgePath | undefined, method: string, path: string) => {
  const judged = judge?.(method, path);
  if (judged === undefined || isPathProblem(judged)) throw new Error(`${path} is refused`);
  return judged;
};

test('finds examples', () => expect(EXAMPLES.length).toBeGreaterThan(8));

/** What the load balancer sends to the function, if a page has other paths than the default. */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  'docs/guides/shared-load-balancer.md': ['/orders/*', '/reports/*'],
};

describe.each(EXAMPLES)('a policy in %s, verbatim,', (page, policy) => {
  test('is valid', async () => expect(await problemsOf(policy)).toEqual([]));

  test('causes no warnings, except about what it opens on purpose', async () => {
    const values = completeParameters({ policy: JSON.stringify(policy) });
    const checked = await checkParameters(values, { listenerPaths: PATHS[page] ?? ['/api/*'] });
    expect(checked.problems).toEqual([]);
    const warnings = checked.warnings.filter((warning) => !isOfStandIn(warning, checked.policy));
    const meant = ['anonymous-route', 'report-only-route', 'report-only-policy'];
    expect(warnings.filter(({ kind }) => !meant.includes(kind))).toEqual([]);
  });

  test('has no route that another spelling of a path avoids', async () => {
    const judge = await judgeOf(policy);
    for (const { path: pattern, onUnauthenticatedRequest, mode } of policy.routes) {
      if (onUnauthenticatedRequest === 'allow' || mode === 'report-only') continue;
      const path = pattern.replaceAll('*', 'x').replaceAll('?', '1');
      const route = outcomeOf(judge, path);
      for (const change of NEAR_MISSES) expect([route, 'rejected']).toContain(outcomeOf(judge, change(path)));
    }
  });

  test('reserves the bare path of administrators for administrators', async () => {
    if (!policy.routes.some(({ path }) => path === '/api/admin/*')) return;
    const judge = await judgeOf(policy);
    for (const path of ['/api/admin', '/api/admin/', '/api/admin/users']) {
      expect(routeOf(judge, 'GET', path).providers.map(({ name }) => name)).toEqual(['staff']);
    }
  });

  test('requires more for changing an order than for reading it', async () => {
    if (!policy.routes.some(({ path }) => path === '/api/orders/*')) return;
    const judge = await judgeOf(policy);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      for (const path of ['/api/orders', '/api/orders/1', '/api/orders/1/items']) {
        const { missing, scopes, claims } = routeOf(judge, method, path);
        const required = 'all' in scopes ? scopes.all : scopes.any;
        const roles = claims.flatMap(([, { contains = '', anyOf = [contains] }]) => anyOf);
        const changes = [required, roles].some(
          (wanted) => wanted.length > 0 && wanted.every((one) => /write|admin/i.test(String(one))),
        );
        expect([method, path, missing || changes]).toEqual([method, path, true]);
      }
    }
  });
});
