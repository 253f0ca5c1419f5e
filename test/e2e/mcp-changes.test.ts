import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ordersPolicy } from '../../local/mcp/orders-policy.ts';
import { register, tokensFor } from '../support/interactive-client.ts';
import { startTestStack, type TestStack } from '../support/local-stack.ts';
import { eventually } from '../support/local-stack-fixtures.ts';
import { connectMcp, machine } from '../support/mcp-client.ts';
import { message, post, rejectionOf, tokenFor, toolCall } from '../support/mcp-requests.ts';

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

let stack: TestStack;
let url: string;
beforeAll(async () => {
  // One environment, so that a policy seen in force once is in force for all.
  stack = await startTestStack({ mcp: true, functions: { maxEnvironments: 1 } });
  url = stack.urls.mcp ?? '';
});
afterAll(() => stack.close());

const policy = () => ordersPolicy(stack.provider.issuer, url);
const put = (changed: object) => stack.setParameter('policy', JSON.stringify(changed));
const statusOf = async (path: string) => (await stack.call(path)).status;
const is = (wanted: number) => (status: number) => status === wanted;

describe('a resource added at run time', () => {
  const path = '/api/reports';
  const reports = () => `${stack.urls.loadBalancer}${path}`;

  test('has its document and its challenge, and the root document is gone', async () => {
    expect(await statusOf(WELL_KNOWN)).toBe(200);
    const { providers, resources = [], routes } = policy();
    put({
      providers: { ...providers, reports: { ...providers.mcp, audience: [reports()] } },
      resources: [...resources, { resource: reports(), path }],
      routes: [...routes, { path, providers: ['reports'] }],
    });
    await eventually(() => statusOf(WELL_KNOWN + path), is(200));
    expect(await (await stack.call(WELL_KNOWN + path)).json()).toMatchObject({ resource: reports() });
    expect(await (await stack.call(`${WELL_KNOWN}/api/mcp`)).json()).toMatchObject({ resource: url });
    expect(await statusOf(WELL_KNOWN)).not.toBe(200);

    const challenge = (await stack.call(path)).headers.get('www-authenticate');
    expect(challenge).toContain(`resource_metadata="${stack.urls.loadBalancer}${WELL_KNOWN}${path}"`);
  });

  test('accepts only tokens for itself', async () => {
    const token = await tokenFor(stack, reports(), 'orders:read');
    expect((await stack.call(path, token)).status).toBe(200);
    expect(await rejectionOf(await post(stack, message('tools/list'), token))).toEqual([
      401,
      'audience_mismatch',
    ]);
    const other = await tokenFor(stack, url, 'orders:read');
    expect(await rejectionOf(await stack.call(path, other))).toEqual([401, 'audience_mismatch']);
  });

  test('disappears with its document when it is removed, and the root document is back', async () => {
    put(policy());
    await eventually(() => statusOf(WELL_KNOWN), is(200));
    expect(await statusOf(WELL_KNOWN + path)).not.toBe(200);
  });
});

test('an invalid policy leaves the last good document in place', async () => {
  const before = await (await stack.call(WELL_KNOWN)).text();
  // Without a keeper, the function reads the parameters when it is called.
  const rejections = async () => {
    await stack.call(WELL_KNOWN);
    return stack.lines.filter(({ text }) => text.includes('configuration rejected')).length;
  };
  const already = await rejections();
  put({ ...policy(), resources: [{ resource: 'http://evil.example/api/mcp', path: '/api/mcp' }] });
  await eventually(rejections, (count) => count > already);
  expect(await (await stack.call(WELL_KNOWN)).text()).toBe(before);
  put(policy());
});

test('a route that requires a stronger login names it in the challenge and accepts it', async () => {
  const { routes, ...rest } = policy();
  const acr = 'urn:example:mfa';
  const [list, ...others] = routes;
  put({
    ...rest,
    routes: [list, ...others.map((route) => ({ ...route, acr: [acr], maxAuthAgeSeconds: 900 }))],
  });

  const issuer = stack.urls.authorizationServer;
  const client = await register(issuer, 'openid');
  const scope = 'openid orders:read orders:write';
  const login = async (extra: Record<string, string>) =>
    (await tokensFor(issuer, client, { scope, resource: url, extra })).access_token;
  const weak = await login({});
  const call = (token: string) => post(stack, toolCall('delete_order', { id: '1' }), token);
  const rejected = await eventually(() => call(weak), ({ status }) => status === 401); // biome-ignore format: one line
  const challenge = rejected.headers.get('www-authenticate') ?? '';
  expect(await rejectionOf(rejected)).toEqual([401, 'authentication_insufficient']);
  expect(challenge).toContain('error="insufficient_user_authentication"');
  expect(challenge).toContain(`resource_metadata="${stack.urls.loadBalancer}${WELL_KNOWN}/api/mcp"`);
  expect((await post(stack, toolCall('list_orders'), weak)).status).toBe(200);

  const [, values = ''] = /acr_values="([^"]*)"/.exec(challenge) ?? [];
  const [, age = ''] = /max_age=(\d+)/.exec(challenge) ?? [];
  expect([values, age]).toEqual([acr, '900']);
  expect((await call(await login({ acr_values: values, max_age: age }))).status).toBe(200);

  // A machine has no login.
  const bare = await tokenFor(stack, url, 'orders:read orders:write');
  expect(await rejectionOf(await call(bare))).toEqual([401, 'authentication_insufficient']);
  put(policy());
  await eventually(async () => (await call(bare)).status, is(200));
});

describe('while the authorization server is down', () => {
  test('clients with a token continue; clients without one learn where to get one, and fail there', async () => {
    const session = await connectMcp(url, '2025-11-25', machine(stack.urls.authorizationServer));
    await session.call('list_orders');
    stack.authorizationServer.setOutage(true);
    try {
      await session.call('list_orders');
      expect(await statusOf(WELL_KNOWN)).toBe(200);
      const response = await post(stack, message('tools/list'));
      expect(await rejectionOf(response)).toEqual([401, 'token_missing']);
      await expect(connectMcp(url, '2025-11-25', machine(stack.urls.authorizationServer))).rejects.toThrow();
      // Nor can they get more scope.
      await expect(session.call('delete_order', { id: '2' })).rejects.toThrow();
    } finally {
      stack.authorizationServer.setOutage(false);
    }
    expect(await session.call('delete_order', { id: '2' })).toHaveProperty('caller');
    await session.client.close();
  });
});
