import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startTestStack, type TestStack } from '../support/local-stack.ts';
import { message, post, rejectionOf, tokenFor, toolCall } from '../support/mcp-requests.ts';

/** `list_orders`, encoded as revision 2026-07-28 encodes names that are not plain text. */
const LIST_IN_BASE64 = '=?base64?bGlzdF9vcmRlcnM=?=';

let stack: TestStack;
let url: string;
let reader: string;
let writer: string;
beforeAll(async () => {
  stack = await startTestStack({ mcp: true });
  url = stack.urls.mcp ?? '';
  reader = await tokenFor(stack, url, 'orders:read');
  writer = await tokenFor(stack, url, 'orders:read orders:write');
});
afterAll(() => stack.close());

const METADATA = () => `${stack.urls.loadBalancer}/.well-known/oauth-protected-resource/api/mcp`;
const challengeOf = (response: Response) => response.headers.get('www-authenticate');

/** The requests that reach the MCP server while some work runs. */
async function arrivalsOf(work: () => Promise<unknown>): Promise<number> {
  const arrivals = () =>
    stack.events.filter(({ part, kind }) => part === 'upstream' && kind === 'request').length;
  const before = arrivals();
  await work();
  return arrivals() - before;
}

describe('a token', () => {
  test('for another resource of the same issuer is rejected, and the challenge says where to get one', async () => {
    const foreign = await tokenFor(stack, `${stack.urls.loadBalancer}/api/other`, 'orders:read');
    for (const token of [foreign, await stack.token({ scope: 'orders:read' })]) {
      const response = await post(stack, message('tools/list'), token);
      expect(await rejectionOf(response)).toEqual([401, 'audience_mismatch']);
      expect(challengeOf(response)).toBe(
        `Bearer realm="alb-jwt-authorizer", error="invalid_token", resource_metadata="${METADATA()}"`,
      );
    }
  });

  test('for the resource is accepted nowhere else', async () => {
    expect(await rejectionOf(await stack.call('/api/anything', reader))).toEqual([401, 'audience_mismatch']);
  });

  test('without the scope of a tool gets a challenge with every scope that the tool needs', async () => {
    const response = await post(stack, toolCall('delete_order', { id: '1' }), reader);
    expect(await rejectionOf(response)).toEqual([403, 'scope_missing']);
    expect(challengeOf(response)).toBe(
      `Bearer realm="alb-jwt-authorizer", error="insufficient_scope", scope="orders:read orders:write", resource_metadata="${METADATA()}"`,
    );
  });

  test('to read cannot call a tool that the policy does not name, whether it exists or not', async () => {
    for (const name of ['drop_all_orders', 'LIST_ORDERS', 'list_orders ', 'list%5Forders', 'list_orders\n']) {
      expect((await post(stack, toolCall(name), reader)).status).toBeGreaterThanOrEqual(400);
    }
  });
});

describe('what does not reach the server', () => {
  const remove = toolCall('delete_order', { id: '2' });
  type Sent = { readonly body: string; readonly headers?: Record<string, string> };
  const LIES: [title: string, sent: Sent][] = [
    ['a header with another method', { body: remove, headers: { 'mcp-method': 'tools/list' } }],
    ['a header with another tool', { body: remove, headers: { 'mcp-name': 'list_orders' } }],
    ['a header with another tool in base64', { body: remove, headers: { 'mcp-name': LIST_IN_BASE64 } }],
    ['a batch', { body: `[${toolCall('list_orders')},${remove}]` }],
    ['a batch of one', { body: `[${remove}]` }],
    ['two methods', { body: remove.replace('{', '{"method":"tools/list",') }],
    ['a method in a case that some parsers take', { body: remove.replace('{', '{"Method":"tools/list",') }],
    ['two tools', { body: remove.replace('"params":{', '"params":{"name":"list_orders",') }],
    [
      'a tool in a letter case that some parsers accept',
      { body: remove.replace('"params":{', '"params":{"Name":"list_orders",') },
    ],
    ['two messages', { body: `${toolCall('list_orders')}${remove}` }],
    ['no JSON', { body: remove.slice(1) }],
    ['another charset', { body: remove, headers: { 'content-type': 'application/json; charset=utf-16' } }],
    ['a compressed body', { body: remove, headers: { 'content-encoding': 'gzip' } }],
    ['a stream to listen to', { body: message('subscriptions/listen', { notifications: {} }) }],
  ];

  test.each(LIES)('%s', async (_, { body, headers = {} }) => {
    const arrived = await arrivalsOf(async () => {
      const response = await post(stack, body, writer, headers);
      expect(await rejectionOf(response)).toEqual([400, 'mcp_request_invalid']);
      expect(challengeOf(response)).toBeNull();
    });
    expect(arrived).toBe(0);
  });

  test.each(LIES)('without a token, it gets a 401 first: %s', async (_, { body, headers = {} }) => {
    expect(await rejectionOf(await post(stack, body, undefined, headers))).toEqual([401, 'token_missing']);
  });
});

describe('what reaches the server', () => {
  test.each([
    ['without any header', {}],
    ['with headers that say the same', { 'mcp-method': 'tools/call', 'mcp-name': 'list_orders' }],
    ['with the tool in base64', { 'mcp-method': 'tools/call', 'mcp-name': LIST_IN_BASE64 }],
    ['with a header in another spelling, which the load balancer drops', { mcp_method: 'tools/list' }],
    ['with a charset', { 'content-type': 'application/json; charset=utf-8' }],
  ])('a call %s', async (_, headers) => {
    expect((await post(stack, toolCall('list_orders'), reader, headers)).status).toBe(200);
  });

  test('a message that calls no tool, and a notification', async () => {
    expect((await post(stack, message('ping'), reader)).status).toBe(200);
    const notification = '{"jsonrpc":"2.0","method":"notifications/initialized"}';
    expect((await post(stack, notification, reader)).status).toBe(202);
  });
});

describe.each(['GET', 'DELETE'])('%s, which older clients use for a session,', (method) => {
  const send = (token?: string) =>
    stack.call('/api/mcp', token, {
      method,
      headers: { accept: 'text/event-stream', 'mcp-session-id': '1' },
    });

  test('gets a 401 without a token', async () => {
    const response = await send();
    expect(await rejectionOf(response)).toEqual([401, 'token_missing']);
    expect(challengeOf(response)).toContain(`resource_metadata="${METADATA()}"`);
  });
  test('gets a 405 with one', async () => {
    expect((await send(reader)).status).toBe(405);
  });
});

describe('the document', () => {
  /** A request with exactly these header fields; `fetch` would set its own Host. */
  const fetchDocument = (path: string, headers: Record<string, string>) =>
    new Promise<{ status: number; headers: object; body: string }>((resolve, reject) => {
      const { hostname, port } = new URL(stack.urls.loadBalancer);
      const sent = request({ hostname, port, path, headers, agent: false }, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        const { date: _date, 'x-request-id': _id, connection: _connection, ...rest } = response.headers;
        resolve({ status: response.statusCode ?? 0, headers: rest, body: Buffer.concat(chunks).toString() });
      });
      sent.on('error', reject);
      sent.end();
    });
  const PATHS = ['', '/api/mcp'].map((end) => `/.well-known/oauth-protected-resource${end}`);

  test('says what clients need, at its path and, with a single resource, at the root', async () => {
    for (const path of PATHS) {
      const { status, headers, body } = await fetchDocument(path, {});
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        'access-control-allow-origin': '*',
      });
      expect(JSON.parse(body)).toEqual({
        resource: url,
        authorization_servers: [stack.urls.authorizationServer],
        scopes_supported: ['orders:read', 'orders:write'],
        bearer_methods_supported: ['header'],
        resource_name: 'Orders',
      });
    }
  });

  test('does not depend on anything in the request', async () => {
    const host = fc.constantFrom('evil.example', 'localhost:1', '127.0.0.1', 'evil.example:443', 'a.b.c');
    const fields = fc.record(
      {
        Host: host,
        'X-Forwarded-Host': host,
        'X-Forwarded-Proto': fc.constantFrom('https', 'http'),
        'X-Forwarded-Port': fc.constantFrom('443', '1'),
        'X-Forwarded-Prefix': fc.constantFrom('/evil', '/'),
        'X-Original-URL': fc.constantFrom('/evil', '/api/other'),
        Forwarded: host.map((name) => `host=${name};proto=https`),
        Origin: host.map((name) => `https://${name}`),
        Accept: fc.constantFrom('text/html', '*/*', 'application/xml'),
        'Accept-Language': fc.constantFrom('de', 'x'),
        'If-None-Match': fc.constantFrom('*', '"x"'),
        Range: fc.constantFrom('bytes=0-1'),
        Authorization: fc.constantFrom('Bearer x.y.z', 'Basic eA=='),
        'MCP-Protocol-Version': fc.constantFrom('2025-06-18', 'x'),
      },
      { requiredKeys: ['Host'] },
    );
    const plain = await Promise.all(PATHS.map((path) => fetchDocument(path, {})));
    await fc.assert(
      fc.asyncProperty(
        fields,
        fc.constantFrom(0, 1),
        fc.constantFrom('', '?a=b', '?resource=x'),
        async (sent, at, query) => {
          expect(await fetchDocument(PATHS[at] + query, sent)).toEqual(plain[at]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('is not served at any other path', async () => {
    for (const end of ['/api', '/api/mcp/x', '/api/mcpx', '/mcp', '/api%2Fmcp', '//api/mcp', '/API/mcp']) {
      expect((await fetchDocument(PATHS[0] + end, {})).status).not.toBe(200);
    }
  });
});
