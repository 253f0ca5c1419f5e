import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PARAMETERS } from '../../../lambda/contract.ts';
import { type Action, compileRules } from '../../../local/load-balancer/listener-rules.ts';
import { blocksOf, createGuide, type Guide, type Ran, statusesIn } from '../../support/guide.ts';
import { startTestStack, type TestStack } from '../../support/local-stack.ts';

const PAGE = readFileSync('docs/guides/shared-load-balancer.md', 'utf8');

/** A stage of the page, as the command line would give it. */
function contextOf(name: string): Record<string, string> {
  const block = blocksOf(PAGE).find(
    ({ kind, name: file }) => kind === 'file' && file === `stages/${name}.json`,
  );
  const { $schema: _, ...options } = JSON.parse(block?.text ?? '{}') as Record<string, unknown>;
  return Object.fromEntries(Object.entries(options).map(([option, value]) => [option, String(value)]));
}

/** The rules that are on the listener now, of all stacks. */
const onListener = new Map<string, TestStack>();

/** The stack whose rule takes a request, or none. */
function takerOf(host: string, path: string): string | undefined {
  const nobody: Action = { type: 'fixed-response', statusCode: 404 };
  const rules = [...onListener].flatMap(([stackName, { deployment }]) =>
    deployment.listener.rules.map((rule) => ({
      ...rule,
      action: { type: 'forward' as const, targetGroup: stackName },
    })),
  );
  const action = compileRules(
    rules,
    nobody,
  )({ method: 'GET', path, query: '', headers: [['host', host]], sourceIp: '203.0.113.7' });
  return action.type === 'forward' ? action.targetGroup : undefined;
}

/** The shared listener: passes a request on to the load balancer of the stack whose rule takes it. */
function pass(incoming: IncomingMessage, response: ServerResponse): void {
  const { url = '/', method, headers } = incoming;
  const stack = onListener.get(takerOf(String(headers.host), url) ?? '');
  if (stack === undefined) {
    response.writeHead(404).end();
    return;
  }
  request(`${stack.urls.loadBalancer}${url}`, { method, headers }, (incoming) => {
    response.writeHead(incoming.statusCode ?? 500, incoming.headers);
    incoming.pipe(response);
  }).end();
}

/** The status of the response to a request through the shared listener. */
const statusOf = (host: string, path: string, token: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    const headers = { host, authorization: `Bearer ${token}`, connection: 'close' };
    request({ port: portOf(listener), path, headers }, (response) =>
      response.resume().on('end', () => resolve(response.statusCode)),
    )
      .on('error', reject)
      .end();
  });

const portOf = (server: Server) => (server.address() as AddressInfo).port;

let listener: Server;
let orders: TestStack;
let reports: TestStack;
let guide: Guide;

beforeAll(async () => {
  listener = createServer(pass);
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  orders = await startTestStack({ context: contextOf('orders') });
  reports = await startTestStack({ context: contextOf('reports') });
  for (const stack of [orders, reports]) {
    // As on a fresh deployment.
    for (const name of ['issuer', 'audience', 'upstream'] as const) {
      stack.setParameter(name, PARAMETERS[name].initial);
    }
  }
  const issuer = orders.urls.authorizationServer;
  guide = createGuide('shared-load-balancer', orders, {
    'https://login.example.com/oauth': issuer,
    'https://login.example.com': issuer,
    'https://api.example.com': `--connect-to ::127.0.0.1:${portOf(listener)} http://api.example.com`,
    'https://orders.internal.example': orders.upstream.origin,
    'https://reports.internal.example': reports.upstream.origin,
    '--stack Reports': `--stack Reports --endpoint-url ${reports.urls.ssm}`,
    'CLIENT_ID:CLIENT_SECRET': 'demo-client:demo-secret',
  });
});
afterAll(async () => {
  guide.close();
  await orders.close();
  await reports.close();
  listener.close();
  listener.closeAllConnections();
});

const succeeds = ({ status, output }: Ran) => expect({ status, output }).toMatchObject({ status: 0 });

test('the guide puts two teams on one listener, changes one, and removes the other', async () => {
  await guide.follow('1. Prepare the load balancer, once', succeeds);

  onListener.set('Orders', orders);
  await guide.follow('2. Give the first team a stack', (ran, index) => {
    succeeds(ran);
    if (index === 3) expect(statusesIn(ran.output)).toEqual([200, 401, 404]);
  });

  onListener.set('Reports', reports);
  await guide.follow('3. Add another team', (ran, index) => {
    succeeds(ran);
    if (index !== 1) return;
    expect(statusesIn(ran.output)).toEqual([200, 401]);
    expect(ran.output).toContain('"code":"audience_mismatch"');
  });
  const own = await orders.token({ scope: 'reports:read', resource: 'https://reports.example.com' });
  expect(await statusOf('reports.example.com', '/reports/1', own)).toBe(200);
  expect(await statusOf('api.example.com', '/orders/1', own)).toBe(401);

  const reader = await orders.token({ scope: 'orders:read', resource: 'https://orders.example.com' });
  const asAdmin = () => statusOf('api.example.com', '/orders/admin/users', reader);
  expect(await asAdmin()).toBe(200);
  await guide.follow('5. Change one team, and go back', async (ran, index) => {
    succeeds(ran);
    expect(await asAdmin()).toBe(index === 0 ? 403 : 200);
    expect(await statusOf('api.example.com', '/reports/1', own)).toBe(200);
  });

  for (const status of [403, 200]) {
    succeeds(await guide.run('npm run policy -- rollback --stack Orders'));
    expect(await asAdmin()).toBe(status);
  }

  onListener.delete('Reports');
  await guide.follow('Remove a team', (ran, index) => {
    succeeds(ran);
    if (index === 1) expect(statusesIn(ran.output)).toEqual([404, 200]);
    if (index === 1) return;
    const deleted = Object.keys(PARAMETERS).map((name) => `/Reports/${name}`);
    expect(ran.output).toContain(`delete-parameters --names ${deleted.join(' ')}\n`);
  });
  expect(guide.left()).toEqual([]);
});

test('each stage of the page has a range of its own, and each command a stage of the page', () => {
  const stages = blocksOf(PAGE).flatMap(({ name }) => /^stages\/(.+)\.json$/.exec(name)?.[1] ?? []);
  expect(stages.length).toBeGreaterThan(1);
  const starts = stages.map((name) => Number(contextOf(name).rulePriority));
  expect(starts).toEqual(stages.map((_, index) => 1000 * (index + 1)));
  const named = [...PAGE.matchAll(/-c stage=(\S+)/g)].map(([, name]) => name);
  expect(new Set(named)).toEqual(new Set(stages));
});

test('the page says who gets which request', () => {
  for (const [name, stack] of Object.entries({ Orders: orders, Reports: reports }))
    onListener.set(name, stack);
  const table = PAGE.split('<!-- requests -->')[1]?.split('\n\n')[1] ?? '';
  const rows = [...table.matchAll(/^\| `([^/`]+)(\/[^`]*)` \| (\w+) \|/gm)];
  expect(rows.length).toBeGreaterThan(5);
  for (const [, host = '', path = '', taker = ''] of rows) {
    expect([host, path, takerOf(host, path) ?? 'nobody']).toEqual([host, path, taker]);
  }
});
