import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { LoopbackServer } from '../../../local/loopback-server.ts';
import { createOrdersServer } from '../../../local/mcp/orders-server.ts';
import { startUpstream } from '../../../local/upstream.ts';

let upstream: LoopbackServer;
let client: Client;
beforeAll(async () => {
  upstream = await startUpstream({ port: 0, onServed: () => {}, respond: createOrdersServer() });
  client = new Client({ name: 'test', version: '1.0.0' });
  const requestInit = { headers: { 'X-JWT-Subject': 'someone', Authorization: 'Bearer x.y.z' } };
  await client.connect(new StreamableHTTPClientTransport(new URL(upstream.origin), { requestInit }));
});
afterAll(async () => {
  await client.close();
  await upstream.close();
});

const call = async (name: string, args: Record<string, unknown> = {}) => {
  const { content, isError = false } = await client.callTool({ name, arguments: args });
  const [part] = content as { text: string }[];
  return { isError, found: JSON.parse(part?.text ?? '') as Record<string, unknown> };
};

test('a deleted order is no longer listed and cannot be deleted again', async () => {
  const { found: before } = await call('list_orders');
  const [{ id }, ...rest] = before.orders as [{ id: string }, ...object[]];
  expect(await call('delete_order', { id })).toMatchObject({ isError: false, found: { deleted: id } });
  expect((await call('list_orders')).found.orders).toEqual(rest);
  expect(await call('delete_order', { id })).toMatchObject({
    isError: true,
    found: { error: `There is no order ${id}: list them.` },
  });
});

test('each response has the identity headers of its request, and no other header', async () => {
  expect((await call('list_orders')).found.caller).toEqual({ 'x-jwt-subject': 'someone' });
});
