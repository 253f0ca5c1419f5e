import { describe, expect, test } from '@jest/globals';
import { createKey } from '../../support/keys.ts';
import { type Connection, type Conversation, refusedUrl, response } from '../../support/raw-server.ts';
import { rawServersPerTest } from '../../support/raw-servers-per-test.ts';
import { mint } from '../../support/tokens.ts';
import { createWorld } from '../../support/world.ts';

const KEY = createKey('ES256');
const token = mint(KEY);
const servers = rawServersPerTest();

async function worldWith(conversation: Conversation) {
  const server = await servers.start(conversation);
  const world = createWorld(KEY);
  world.parameters.upstream = server.url.origin;
  return world;
}
/** Responds to the first request of a connection with these bytes, and to the others with 200. */
const respondingWith =
  (bytes: string | Uint8Array) =>
  async ({ request, write }: Connection) => {
    for (let next = bytes; (await request()).length > 0; next = response('ok')) write(next);
  };
const ending =
  (bytes: string) =>
  async ({ request, socket }: Connection) => {
    await request();
    socket.end(bytes);
  };

const UPSTREAM_CODES: [string, number, string, Conversation][] = [
  ['closes before the head', 502, 'upstream_error', ({ socket }) => void socket.end()],
  ['closes within the head', 502, 'upstream_error', ending('HTTP/1.1 200')],
  ['closes after the head', 502, 'upstream_error', ending('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc')],
  ['never responds', 504, 'upstream_timeout', async ({ request }) => void (await request())],
  ['sends a bad head', 502, 'upstream_error', respondingWith('HTTP/9 what\r\n\r\n')],
  ['sends 2 MB', 502, 'upstream_response_too_large', respondingWith(response('x'.repeat(2_000_000)))],
  [
    'sends 900 KB that are over 1 MB as the event has them',
    502,
    'upstream_response_too_large',
    respondingWith(response('x'.repeat(900_000), { headers: ['Content-Type: application/octet-stream'] })),
  ],
];

test.each(UPSTREAM_CODES)('an upstream that %s is %d %s', async (_, status, code, conversation) => {
  const world = await worldWith(conversation);
  const response = await world.present(token, {}, status === 504 ? { remainingMs: 800 } : {});
  expect(response).toMatchObject({
    status,
    body: { type: 'about:blank', status, code, detail: expect.any(String) },
  });
  expect(response.headers).toEqual({
    'content-type': ['application/problem+json'],
    'cache-control': ['no-store'],
    'x-request-id': ['request-1'],
  });
  expect(world.decisions).toMatchObject([{ code, status, provider: 'default' }]);
  expect(JSON.stringify(world.decisions)).not.toContain(token);
  expect(world.bugs).toEqual([]);
});

test('an upstream that refuses the connection is a 502', async () => {
  const world = createWorld(KEY);
  world.parameters.upstream = (await refusedUrl()).origin;
  expect(await world.present(token)).toMatchObject({ status: 502, body: { code: 'upstream_error' } });
});

describe('the response of the upstream', () => {
  test('comes back with its status and every Set-Cookie, without hop-by-hop fields', async () => {
    const headers = [
      'Set-Cookie: a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT',
      'Content-Type: text/plain',
      'Set-Cookie: b=2',
      'Connection: x-private, close',
      'X-Private: 1',
      'Keep-Alive: timeout=5',
      'Proxy-Authenticate: Basic',
      'Trailer: x',
    ];
    const world = await worldWith(respondingWith(response('made', { status: '201 Created', headers })));
    const { raw } = await world.present(token);
    expect(raw).toEqual({
      statusCode: 201,
      multiValueHeaders: {
        'set-cookie': ['a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT', 'b=2'],
        'x-request-id': ['request-1'],
        'content-type': ['text/plain'],
      },
      body: 'made',
      isBase64Encoded: false,
    });
    expect(world.decisions).toMatchObject([{ code: 'allowed', status: 201, upstreamStatus: 201 }]);
  });
  test.each([204, 304, 404, 500, 503])('with status %d is not ours to judge', async (status) => {
    const bytes = `HTTP/1.1 ${status} Any\r\n${status === 204 ? '' : 'Content-Length: 0\r\n'}\r\n`;
    const world = await worldWith(respondingWith(bytes));
    const response = await world.present(token);
    expect([response.status, response.body]).toEqual([status, '']);
    expect(response.headers['retry-after']).toBeUndefined();
  });
  test('after an interim response is the final one', async () => {
    const world = await worldWith(
      respondingWith(`HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${response('ok')}`),
    );
    expect((await world.present(token)).status).toBe(200);
  });
  test('comes back compressed as it is, in base64', async () => {
    const bytes = Buffer.from([0x1f, 0x8b, 0, 0xff]);
    const head =
      'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n';
    const world = await worldWith(respondingWith(Buffer.concat([Buffer.from(head), bytes])));
    const { raw } = await world.present(token);
    expect(raw).toMatchObject({ isBase64Encoded: true, body: bytes.toString('base64') });
  });
});

test.each(UPSTREAM_CODES)(
  'after one that %s the next request is unharmed',
  async (_, _status, _code, conversation) => {
    const world = await worldWith((connection) =>
      connection.number === 1 ? conversation(connection) : respondingWith(response('ok'))(connection),
    );
    await world.present(token, {}, { remainingMs: 600 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await world.present(token)).status).toBe(200);
  },
);
