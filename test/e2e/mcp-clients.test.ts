import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEMO } from '../../local/identity/authorization-server.ts';
import { DEMO_USER } from '../../local/identity/sign-in.ts';
import { startTestStack, type TestStack } from '../support/local-stack.ts';
import { connectMcp, isModern, machine, person, REVISIONS } from '../support/mcp-client.ts';
import { JSON_TYPES, message, tokenFor } from '../support/mcp-requests.ts';
import { SEND_REQUEST } from '../support/send-request.ts';

let stack: TestStack;
let url: string;
beforeAll(async () => {
  stack = await startTestStack({ mcp: true });
  url = stack.urls.mcp ?? '';
});
afterAll(() => stack.close());

const RESOURCE_METADATA = 'GET /.well-known/oauth-protected-resource/api/mcp 200';
const SERVER_METADATA = 'GET /.well-known/oauth-authorization-server 200';

/** What a client of an older revision does besides its requests, at some time. */
const isAside = (line: string) =>
  line === 'GET /api/mcp 405' || line === 'POST notifications/initialized 202';

describe.each(REVISIONS)('the official client of revision %s, which knows only the URL,', (revision) => {
  const first = isModern(revision) ? 'server/discover' : 'initialize';

  test('discovers, as a machine, where to get a token and that a tool needs more scope', async () => {
    const { client, call, exchanges } = await connectMcp(
      url,
      revision,
      machine(stack.urls.authorizationServer),
    );
    expect(client.getNegotiatedProtocolVersion()).toBe(revision);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['list_orders', 'delete_order']);
    const [order] = (await call('list_orders')).orders as { id: string }[];
    // Four revisions share three orders: whether the order still exists does not affect who may delete it.
    expect(await call('delete_order', { id: order?.id ?? '1' })).toMatchObject({
      caller: {
        'x-jwt-client-id': DEMO.clientId,
        'x-jwt-provider': 'mcp',
        'x-jwt-scope': 'orders:read orders:write',
      },
    });
    await client.close();
    expect(exchanges.map(({ line }) => line).filter((line) => !isAside(line))).toEqual([
      `POST ${first} 401`,
      RESOURCE_METADATA,
      SERVER_METADATA,
      'POST /token 200',
      `POST ${first} 200`,
      'POST tools/list 200',
      'POST tools/call 200',
      'POST tools/call 403',
      RESOURCE_METADATA,
      SERVER_METADATA,
      'POST /token 200',
      'POST tools/call 200',
    ]);
  });

  test('registers itself for a user, who signs in once for each scope', async () => {
    const { client, call, exchanges } = await connectMcp(url, revision, person());
    expect(await call('list_orders')).toMatchObject({ caller: { 'x-jwt-subject': DEMO_USER } });
    expect(await call('delete_order', { id: 'none' })).toMatchObject({
      caller: { 'x-jwt-subject': DEMO_USER, 'x-jwt-scope': 'orders:read orders:write' },
    });
    await client.close();
    expect(exchanges.map(({ line }) => line).filter((line) => !isAside(line))).toEqual([
      `POST ${first} 401`,
      RESOURCE_METADATA,
      SERVER_METADATA,
      'POST /reg 201',
      'POST /token 200',
      `POST ${first} 200`,
      'POST tools/call 200',
      'POST tools/call 403',
      'POST /token 200',
      'POST tools/call 200',
    ]);
  });
});

test('an older client that requests a stream gets a 405 and continues without one', async () => {
  const { client, call, exchanged } = await connectMcp(
    url,
    '2025-11-25',
    machine(stack.urls.authorizationServer),
  );
  await exchanged('GET /api/mcp 405');
  expect(await call('list_orders')).toHaveProperty('orders');
  await client.close();
});

test('the playground shows the decision on a message, and what the server received', async () => {
  const body = message('ping');
  const response = await fetch(`${stack.urls.playground}/api/send`, {
    method: 'POST',
    headers: { 'x-playground': '1' },
    body: JSON.stringify({
      ...SEND_REQUEST,
      method: 'POST',
      target: '/api/mcp',
      headers: [...Object.entries(JSON_TYPES)],
      body,
      token: await tokenFor(stack, url, 'orders:read'),
    }),
  });
  expect(await response.json()).toMatchObject({
    answer: { status: 200 },
    logged: { line: { code: 'allowed', route: '/api/mcp', provider: 'mcp' } },
    received: { method: 'POST', body },
  });
});

test('no output of the stack contains a token', () => {
  expect(stack.lines.filter(({ text }) => /eyJ[\w-]+\.[\w-]+\.[\w-]+/.test(text))).toEqual([]);
});
