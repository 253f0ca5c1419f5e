import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PARAMETERS } from '../../../lambda/contract.ts';
import { createGuide, type Guide, statusesIn } from '../../support/guide.ts';
import { startTestStack, type TestStack } from '../../support/local-stack.ts';
import { ROOT } from '../../tools/run-tool.ts';

let stack: TestStack;
let guide: Guide;

beforeAll(async () => {
  stack = await startTestStack();
  // As on a fresh deployment.
  for (const name of ['issuer', 'audience', 'upstream'] as const) {
    stack.setParameter(name, PARAMETERS[name].initial);
  }
  const { loadBalancer, authorizationServer } = stack.urls;
  guide = createGuide('rollout', stack, {
    'https://login.example.com/oauth': authorizationServer,
    'https://login.example.com': authorizationServer,
    'https://api.example.com': loadBalancer,
    'https://orders.internal.example': stack.upstream.origin,
    'CLIENT_ID:CLIENT_SECRET': 'demo-client:demo-secret',
  });
});
afterAll(async () => {
  guide.close();
  await stack.close();
});

test('the guide leads from report-only to enforced routes and back, and its queries show when to continue', async () => {
  await guide.follow('1. Deploy it where nobody calls', ({ output }) => {
    expect(output).toContain('npx cdk deploy -c stage=production');
    expect(existsSync(join(ROOT, 'stages/production.json'))).toBe(true);
  });
  await guide.follow('2. Put the policy in report-only mode', ({ status, output }) => {
    expect({ status, output }).toEqual({ status: 0, output });
    expect(output).toContain('The given values are the stored ones.');
  });
  await guide.follow('3. Send it traffic', ({ output }) => {
    expect(statusesIn(output)).toEqual([200, 200]);
    expect(output.match(/x-jwt-subject/g)).toHaveLength(1);
  });

  const reader = await stack.token({ scope: 'orders:read' });
  for (let index = 0; index < 2; index++) await stack.call('/api/reports/1', reader);
  for (const path of ['/api/reports/1', '/api/other', '/api/Orders/1']) await stack.call(path);
  expect(await guide.query('would be refused')).toEqual([
    expect.objectContaining({
      route: '/api/reports/*',
      method: 'GET',
      reported: 'scope_missing',
      provider: 'default',
      requests: '2',
    }),
    ...[
      { route: '/api/orders/*', reported: 'token_missing' },
      { route: '/api/reports/*', reported: 'token_missing' },
      { reported: 'route_missing' },
    ].map((row) =>
      expect.objectContaining({
        ...row,
        method: 'GET',
        requests: '1',
        first: expect.stringMatching(/^\d{4}-/),
      }),
    ),
  ]);
  expect(await guide.query('refused')).toMatchObject([{ code: 'path_invalid', requests: '1' }]);
  expect(await guide.query('which requests')).toMatchObject([
    { path: '/api/reports/1', requestId: expect.any(String) },
  ]);
  expect(await guide.query('traffic')).toMatchObject([
    { method: 'GET', provider: 'default', requests: '2', rejected: '2' },
    { method: 'GET', requests: '1', rejected: '1' },
  ]);

  await guide.follow('5. Enforce one route', ({ status, output }, index) => {
    expect({ status, output }).toEqual({ status: 0, output });
    if (index === 1) return expect(statusesIn(output)).toEqual([401, 200]);
    const closed = output.split('No longer passes:')[1]?.split('Changed:')[0] ?? '';
    expect(closed).toContain('/api/reports/*');
    return expect(closed).not.toContain('/api/orders');
  });
  expect((await stack.call('/api/orders/1')).status).toBe(200);
  expect(await guide.query('refused')).toEqual(
    expect.arrayContaining([expect.objectContaining({ route: '/api/reports/*', code: 'token_missing' })]),
  );

  await guide.follow('6. The other routes, and the end', ({ status, output }) => {
    expect({ status, statuses: statusesIn(output) }).toEqual({ status: 0, statuses: [403] });
    expect(output).toContain('The given values are the stored ones.');
  });
  expect((await stack.call('/api/orders/1')).status).toBe(401);

  await guide.follow('Go back in a minute', async ({ status, output }, index) => {
    expect(status).toBe(0);
    if (index > 0) return;
    expect(output).toContain('In force since');
    expect((await stack.call('/api/orders/1')).status).toBe(200);
    expect((await stack.call('/api/reports/1')).status).toBe(401);
  });
  expect(guide.left()).toEqual([]);
});
