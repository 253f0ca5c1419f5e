import { beforeEach, describe, expect, test } from '@jest/globals';
import { createKey } from '../support/keys.ts';
import { codeOf, posted, rpc } from '../support/mcp.ts';
import { createWorld, type World } from '../support/world.ts';

const KEY = createKey();
let world: World;
beforeEach(() => {
  world = createWorld(KEY);
});
const put = (policy: object) => {
  world.parameters.policy = JSON.stringify(policy);
  world.advance(60);
};

const POLICY = {
  unmatched: 'deny',
  routes: [
    { path: '/mcp', mcp: { method: 'tools/call', name: 'delete_*' }, scopes: ['admin'] },
    { path: '/mcp', mcp: { method: 'tools/call', name: 'search' }, scopes: ['read'] },
    { path: '/mcp', mcp: { method: 'resources/read', name: 'file:///public/*' } },
    { path: '/mcp', mcp: { method: 'tools/list' } },
    { path: '/mcp', mcp: { method: 'initialize' } },
    { path: '/mcp', mcp: { method: 'notifications/*' } },
  ],
};

describe('a message gets the first route that matches it', () => {
  test.each([
    ['tools/call', { name: 'delete_all' }, 'none', 'scope_missing'],
    ['tools/call', { name: 'delete_all' }, 'admin', 'allowed'],
    ['tools/call', { name: 'delete_all' }, 'read', 'scope_missing'],
    ['tools/call', { name: 'search', arguments: { name: 'delete_all' } }, 'read', 'allowed'],
    ['tools/call', { name: 'Search' }, 'read admin', 'route_missing'],
    ['tools/call', { name: 'other' }, 'read admin', 'route_missing'],
    ['tools/call', {}, 'read admin', 'route_missing'],
    ['tools/list', undefined, 'none', 'allowed'],
    ['tools/list', { cursor: 'x' }, 'none', 'allowed'],
    ['Tools/List', undefined, 'none', 'route_missing'],
    ['notifications/initialized', undefined, 'none', 'allowed'],
    ['resources/read', { uri: 'file:///public/a' }, 'none', 'allowed'],
    ['resources/read', { uri: 'file:///secret/a' }, 'none', 'route_missing'],
  ])('%s of %j with the scope %j: %s', async (method, params, scope, code) => {
    put(POLICY);
    expect(await codeOf(world, posted(rpc(method, params)), scope)).toBe(code);
  });

  test('and a response gets the first route for requests of any kind', async () => {
    const response = posted({ jsonrpc: '2.0', id: 1, result: {} });
    put(POLICY);
    expect(await codeOf(world, response)).toBe('route_missing');
    put({ ...POLICY, routes: [...POLICY.routes, { path: '/mcp', methods: ['POST'] }] });
    expect(await codeOf(world, response)).toBe('allowed');
  });

  test('and one that no route matches is route_missing, if the default provider may not accept it', async () => {
    const routes = [{ path: '/mcp', mcp: { method: 'tools/list' }, scopes: ['read'] }];
    put({ routes });
    expect(await codeOf(world, posted(rpc('ping')))).toBe('allowed');
    put({ routes, unmatched: 'deny' });
    expect(await codeOf(world, posted(rpc('ping')))).toBe('route_missing');
  });
});

test('the caller is checked before the message', async () => {
  put(POLICY);
  const batch = posted('[]');
  expect((await world.call(batch)).body).toMatchObject({ code: 'token_missing' });
  expect((await world.present('a.b.c', batch)).body).toMatchObject({ code: 'token_malformed' });
  expect(await codeOf(world, batch)).toBe('mcp_request_invalid');
});

test('a request to other routes may have a body that is not a message', async () => {
  put({ routes: [...POLICY.routes, { path: '/upload' }] });
  expect(await codeOf(world, { ...posted('not JSON'), target: '/upload' })).toBe('allowed');
  expect(await codeOf(world, { ...posted('not JSON'), method: 'PUT' })).toBe('allowed');
});

test('even where anybody may call, a message that no route matches is rejected', async () => {
  const anyone = { path: '/mcp', onUnauthenticatedRequest: 'allow' };
  put({
    unmatched: 'deny',
    routes: [
      { ...anyone, mcp: { method: 'tools/list' } },
      { ...anyone, mcp: { name: 'search' } },
    ],
  });
  expect((await world.call(posted(rpc('tools/list')))).status).toBe(200);
  expect((await world.call(posted(rpc('tools/call', { name: 'search' })))).status).toBe(200);
  expect((await world.call(posted(rpc('ping')))).body).toMatchObject({ code: 'route_missing' });
  expect((await world.call(posted('[]'))).body).toMatchObject({ code: 'mcp_request_invalid' });
});

test('report-only routes let through requests that they would reject, and the log says so', async () => {
  put({ ...POLICY, mode: 'report-only' });
  for (const [message, code] of [
    [posted('[]'), 'mcp_request_invalid'],
    [posted(rpc('ping')), 'route_missing'],
    [posted(rpc('tools/call', { name: 'delete_all' })), 'scope_missing'],
  ] as const) {
    expect(await codeOf(world, message)).toBe('allowed');
    expect(world.decisions.at(-1)).toMatchObject({ code: 'allowed', reported: code });
  }
});

test('a dry run sends each message to the upstream of its own route, whoever is calling', async () => {
  const routes = [
    { path: '/mcp', mcp: { method: 'ping' }, upstream: 'https://127.0.0.1:1' },
    { path: '/mcp', mcp: { method: 'tools/list' } },
  ];
  for (const unmatched of ['authenticate', 'deny']) {
    put({ mode: 'report-only', unmatched, routes });
    expect((await world.call(posted(rpc('tools/list')))).status).toBe(200);
    expect((await world.call(posted(rpc('ping')))).body).toMatchObject({ code: 'upstream_error' });
    expect((await world.call(posted('[]'))).status).toBe(200);
  }
});

describe('the log names', () => {
  const logged = async (message: object, scope?: string) => {
    await codeOf(world, posted(message), scope);
    const { route, mcpMethod, mcpName } = world.decisions.at(-1) ?? {};
    return { route, mcpMethod, mcpName };
  };

  test('method and name if the matched route has patterns for them', async () => {
    put(POLICY);
    const path = '/mcp';
    const called = { route: path, mcpMethod: 'tools/call', mcpName: 'delete_all' };
    expect(await logged(rpc('tools/call', { name: 'delete_all' }), 'admin')).toEqual(called);
    expect(await logged(rpc('tools/call', { name: 'delete_all' }))).toEqual(called);
    expect(await logged(rpc('tools/list', { name: 'x' }))).toEqual({ route: path, mcpMethod: 'tools/list' });
    expect(await logged(rpc('secret', { name: 'x' }))).toEqual({ route: path });
  });

  test('nothing that could be a token or break a line', async () => {
    put({ routes: [{ path: '/mcp', mcp: { method: '*', name: '*' } }] });
    for (const text of ['x'.repeat(129), 'a b', 'a\u2028b', '"', 'é']) {
      expect(await logged(rpc(text, { name: text }))).toEqual({ route: '/mcp' });
    }
  });
});

describe('what a load balancer cannot forward', () => {
  const stream = { target: '/mcp', headers: { accept: 'text/event-stream' } };

  test('is a 405 for an event stream by GET, but a 401 first', async () => {
    put(POLICY);
    expect((await world.call(stream)).body).toMatchObject({ code: 'token_missing' });
    expect(await codeOf(world, stream)).toBe('method_not_allowed');
    put({ routes: [...POLICY.routes, { path: '/mcp', methods: ['GET'] }] });
    expect(await codeOf(world, stream)).toBe('method_not_allowed');
    expect(await codeOf(world, { target: '/mcp', headers: { accept: 'text/html' } })).toBe('allowed');
  });

  test('is left to the routes for GET if the MCP routes are report-only', async () => {
    const dryRun = { path: '/mcp', mcp: { method: '*' }, mode: 'report-only' };
    put({ unmatched: 'deny', routes: [dryRun, { path: '/mcp', methods: ['GET'], scopes: ['admin'] }] });
    expect(await codeOf(world, stream)).toBe('scope_missing');
    put({ unmatched: 'deny', routes: [dryRun] });
    expect(await codeOf(world, stream)).toBe('route_missing');
  });

  test('is rejected as subscriptions/listen, whatever the route', async () => {
    put({ routes: [{ path: '/mcp', mcp: { method: '*' } }] });
    expect(await codeOf(world, posted(rpc('subscriptions/listen')))).toBe('mcp_request_invalid');
    expect(world.decisions.at(-1)?.reason).toContain('stream');
  });

  test('leaves event streams of other paths alone', async () => {
    put({ routes: [...POLICY.routes, { path: '/events' }] });
    expect(await codeOf(world, { ...stream, target: '/events' })).toBe('allowed');
  });
});

test('each message goes to the upstream of its own route, with its own headers', async () => {
  put({
    routes: [
      { path: '/mcp', mcp: { method: 'tools/list' }, headers: { 'x-jwt-sub': 'sub' }, upstream: 'whoami' },
      { path: '/mcp', mcp: { method: 'ping' }, upstream: 'https://127.0.0.1:1' },
    ],
  });
  expect(await codeOf(world, posted(rpc('tools/list')))).toBe('allowed');
  expect(await codeOf(world, posted(rpc('ping')))).toBe('upstream_error');
});
