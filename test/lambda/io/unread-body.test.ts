import { describe, expect, test } from '@jest/globals';
import { forward } from '../../../lambda/io/upstream.ts';
import { type Conversation, response } from '../../support/raw-server.ts';
import { rawServersPerTest } from '../../support/raw-servers-per-test.ts';

const servers = rawServersPerTest();

/** A request in place of a body, as an attacker would write it. */
const SMUGGLED = 'GET /admin HTTP/1.1\r\nHost: upstream\r\nx-jwt-subject: admin\r\n\r\n';

/**
 * A server that never reads a body, so that it takes what follows a header section for the next one. It responds to each
 * with its request line. It keeps connections, except those that are to be closed (RFC 9112 §9.6).
 */
function readingNoBodies(seen: string[]): Conversation {
  return ({ socket, write }) => {
    let pending = '';
    let closing = false;
    socket.on('data', (chunk: Buffer) => {
      pending += chunk.toString('latin1');
      for (let end = pending.indexOf('\r\n\r\n'); end !== -1 && !closing; end = pending.indexOf('\r\n\r\n')) {
        const head = pending.slice(0, end);
        pending = pending.slice(end + 4);
        const [line = ''] = head.split('\r\n');
        seen.push(line);
        write(response(line));
        closing = /^connection: *close$/im.test(head);
        if (closing) socket.end();
      }
    });
  };
}

const requestOf = (method: string, path: string, body = '') => ({
  method,
  path,
  query: '',
  headers: [['x-jwt-subject', 'mallory']] as const,
  body: Buffer.from(body),
});
const OPTIONS = { remainingMs: 5_000, maxResponseBytes: 1_000 };
const textOf = (outcome: Awaited<ReturnType<typeof forward>>): string =>
  outcome.kind === 'response' ? Buffer.from(outcome.response.body).toString() : outcome.code;

describe.each(['GET', 'DELETE', 'OPTIONS', 'HEAD', 'PROPFIND'])('the body of a %s', (method) => {
  test('is not a second request to a server that does not read it, and the response goes to nobody else', async () => {
    const seen: string[] = [];
    const { url, connections } = await servers.start(readingNoBodies(seen));
    const send = async (...request: Parameters<typeof requestOf>) =>
      textOf(await forward(requestOf(...request), url, OPTIONS));

    expect(await send('GET', '/before')).toBe('GET /before HTTP/1.1');
    await send(method, '/api/public/logo', SMUGGLED);
    // It had its own connection; the kept one continues to serve.
    expect(connections()).toBe(2);
    expect(await send('GET', '/after')).toBe('GET /after HTTP/1.1');
    expect(seen).toEqual([
      'GET /before HTTP/1.1',
      `${method} /api/public/logo HTTP/1.1`,
      'GET /after HTTP/1.1',
    ]);
    expect(connections()).toBe(2);
  });
});

test('a request without a body shares the connection, whatever its method', async () => {
  const seen: string[] = [];
  const { url, connections } = await servers.start(readingNoBodies(seen));
  for (const method of ['GET', 'DELETE', 'OPTIONS']) await forward(requestOf(method, '/x'), url, OPTIONS);
  expect(connections()).toBe(1);
});

test.each(['POST', 'PUT', 'PATCH'])('a %s with a body shares the connection', async (method) => {
  const server = await servers.start(async ({ request, write }) => {
    while ((await request()).length > 0) write(response('ok'));
  });
  for (let i = 0; i < 2; i++) await forward(requestOf(method, '/x', 'hello'), server.url, OPTIONS);
  expect(server.connections()).toBe(1);
  expect(server.requests[1]).toContain('\r\ncontent-length: 5\r\n');
  expect(server.requests[1]).not.toMatch(/connection: close/i);
});
