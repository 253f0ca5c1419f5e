import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import {
  type LoopbackServer,
  PortUnavailableError,
  startLoopbackServer,
} from '../../local/loopback-server.ts';
import { freePort } from '../support/free-port.ts';
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
    exchange(port, 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', host);
  expect(await get('127.0.0.1')).toContain(origin);
  expect(await get('::1')).toContain(origin);
  expect(await (await fetch(origin)).text()).toBe(origin);
});

test('a page whose own host name resolves to this machine reads nothing, unless the part serves any host', async () => {
  const { port } = await start();
  const open = await startLoopbackServer(
    { name: 'open part', port: 0, anyHost: true },
    () => (_, response) => {
      response.end('open');
    },
  );
  opened.push(open);
  const get = (to: number, host: string) =>
    exchange(to, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  for (const host of [
    `evil.example:${port}`,
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example#localhost',
  ]) {
    expect(await get(port, host)).toMatch(/^HTTP\/1.1 421 .*Call the part under test by the name localhost/s);
    expect(await get(open.port, host)).toContain('open');
  }
  for (const host of ['localhost', `localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
    expect(await get(port, host)).toMatch(/^HTTP\/1.1 200 /);
  }
});

test('a client that disconnects while it sends only ends its own request', async () => {
  let ended: (how: string) => void = () => {};
  const end = new Promise<string>((resolve) => {
    ended = resolve;
  });
  const server = await startLoopbackServer(
    { name: 'part under test', port: 0 },
    () => async (request, response) => {
      response.on('close', () => ended('closed'));
      for await (const _ of request);
      response.end();
    },
  );
  opened.push(server);
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n1', () => socket.destroy());
  expect(await end).toBe('closed');
  expect((await fetch(server.origin)).status).toBe(200);
});

test('a taken port is an error that names the part and the port', async () => {
  const { port } = await start();
  const error = await start(port).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(PortUnavailableError);
  expect(error).toMatchObject({
    port,
    message: `Port ${port}, which the part under test needs, is in use by another process.`,
  });
});

test('closes with open connections, and restarts on its port', async () => {
  const server = await start(await freePort());
  const idle = exchange(server.port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const pending = exchange(server.port, 'GET / HTTP/1.1\r\n', '::1').catch(() => '');
  await fetch(server.origin);
  await server.close();
  await Promise.all([idle.catch(() => ''), pending]);
  await expect(fetch(server.origin)).rejects.toThrow();
  await server.restart();
  expect((await fetch(server.origin)).status).toBe(200);
});
