import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import type { HttpRequest } from '../../../lambda/core/http/message.ts';
import { forward } from '../../../lambda/io/upstream.ts';

const sockets = new Set<Socket>();
let server: Server;
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

const request = (method: string): HttpRequest => ({
  method,
  path: '/',
  query: '',
  headers: [],
  body: new Uint8Array(),
});

/** Responds to the first request of each socket with a header section and, a little later, a whole response as its body. */
async function listen(head: string): Promise<URL> {
  const poison = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nPOISON';
  let served = 0;
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => {
      served += 1;
      if (served > 1) return void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood');
      socket.write(`${head}\r\n\r\n`);
      setTimeout(() => socket.write(poison), 10);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return new URL(`http://127.0.0.1:${(server.address() as { port: number }).port}`);
}

test.each([
  ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 47'],
  ['GET', 'HTTP/1.1 204 No Content'],
  ['GET', 'HTTP/1.1 304 Not Modified'],
])(
  'a late body after a response to %s that must have none is not taken for the next response: %s',
  async (method, head) => {
    const origin = await listen(head);
    const options = { remainingMs: 5000, maxResponseBytes: 1000 };
    expect(await forward(request(method), origin, options)).toMatchObject({ kind: 'response' });
    const next = await forward(request('GET'), origin, options);
    expect(next.kind === 'response' && Buffer.from(next.response.body).toString()).toBe('good');
  },
);
