import { afterEach, expect, test } from '@jest/globals';
import {
  type LoopbackServer,
  PortUnavailableError,
  startLoopbackServer,
} from '../../local/loopback-server.ts';
import { exchange } from '../support/local-stack-fixtures.ts';

const opened: LoopbackServer[] = [];
const start = async (port = 0) => {
  const server = await startLoopbackServer({ name: 'part under test', port }, (origin) => (_, response) => {
    response.end(origin);
  });
  opened.push(server);
  return server;
};
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});

test('serves localhost on both address families', async () => {
  const { origin, port } = await start();
  const get = (host: string) =>
    exchange(port, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', host);
  expect(await get('127.0.0.1')).toContain(origin);
  expect(await get('::1')).toContain(origin);
  expect(await (await fetch(origin)).text()).toBe(origin);
});

test('a taken port is an error that names the part and the port', async () => {
  const { port } = await start();
  const error = await start(port).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(PortUnavailableError);
  expect(error).toMatchObject({
    port,
    message: `Port ${port}, wanted by the part under test, is in use by another process.`,
  });
});

test('closes with open connections, and restarts on its port', async () => {
  const server = await start();
  const idle = exchange(server.port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const pending = exchange(server.port, 'GET / HTTP/1.1\r\n', '::1').catch(() => '');
  await fetch(server.origin);
  await server.close();
  await Promise.all([idle.catch(() => ''), pending]);
  await expect(fetch(server.origin)).rejects.toThrow();
  await server.restart();
  expect((await fetch(server.origin)).status).toBe(200);
});
