import dns from 'node:dns';
import { describe, expect, jest, test } from '@jest/globals';
import type { HttpRequest } from '../../../lambda/core/http/message.ts';
import { exchange } from '../../../lambda/io/http-client.ts';
import { forward } from '../../../lambda/io/upstream.ts';
import {
  type Connection,
  type Conversation,
  refusedUrl,
  respondingWith,
  response,
} from '../../support/raw-server.ts';
import { rawServersPerTest } from '../../support/raw-servers-per-test.ts';

const servers = rawServersPerTest();

const requestOf = (overrides: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  path: '/api/x',
  query: '',
  headers: [],
  body: Buffer.alloc(0),
  ...overrides,
});

const PATIENT = { remainingMs: 10_000, maxResponseBytes: 1000 };
/** 500 ms of the invocation are kept for the response, so this leaves the upstream 100 ms. */
const HASTY = { ...PATIENT, remainingMs: 600 };

/** Forwards one request to a server that has this conversation on every connection. */
async function forwardTo(conversation: Conversation, request: Partial<HttpRequest> = {}, options = PATIENT) {
  const { url } = await servers.start(conversation);
  return forward(requestOf(request), url, options);
}

const responseIn = (outcome: Awaited<ReturnType<typeof forward>>) => {
  if (outcome.kind !== 'response') throw new Error(`${outcome.code}: ${outcome.reason}`);
  return outcome.response;
};

test('all 2,500 header fields of a response arrive, in order', async () => {
  const headers = Array.from({ length: 2_500 }, (_, n) => `a: ${n}`);
  const outcome = await forwardTo(respondingWith(response('ok', { headers })));
  const values = responseIn(outcome).headers.filter(([name]) => name === 'a');
  expect(values.map(([, value]) => value)).toEqual(headers.map((field) => field.slice(3)));
});

describe('the request that the upstream gets', () => {
  test('has the request target byte for byte, our Host, and the header fields in order with every duplicate', async () => {
    await forwardTo(respondingWith(response('ok')), {
      path: "/api/a%2Cb/!$&'()*+,=:@/[]^|/caf%c3%a9",
      query: 'a=%20&a=+&b[]=1&c=%',
      headers: [
        ['x-b', '1'],
        ['X-a', 'one'],
        ['x-b', '2'],
        ['cookie', 'a=1; b=2'],
        ['cookie', 'c=3'],
      ],
    });
    expect(servers.latest().requests).toEqual([
      [
        "GET /api/a%2Cb/!$&'()*+,=:@/[]^|/caf%c3%a9?a=%20&a=+&b[]=1&c=% HTTP/1.1",
        `host: ${servers.latest().url.host}`,
        'x-b: 1',
        'X-a: one',
        'x-b: 2',
        'cookie: a=1; b=2',
        'cookie: c=3',
        '',
        '',
      ].join('\r\n'),
    ]);
  });
  test.each(['POST', 'PUT', 'PATCH'])('says so if a %s has no body', async (method) => {
    await forwardTo(respondingWith(response('ok')), { method });
    expect(servers.latest().requests[0]).toContain('\r\ncontent-length: 0\r\n');
  });
  test.each(['GET', 'HEAD', 'DELETE', 'OPTIONS'])('has no framing if a %s has no body', async (method) => {
    const ending = response('ok').slice(0, method === 'HEAD' ? -2 : undefined);
    await forwardTo(respondingWith(ending), { method });
    expect(servers.latest().requests[0]).not.toMatch(/content-length|transfer-encoding/i);
  });
  test.each(['GET', 'POST', 'DELETE'])('has the bytes of a %s body with its length', async (method) => {
    const body = Buffer.from(Array.from({ length: 1024 }, (_, index) => index % 256));
    await forwardTo(respondingWith(response('ok')), { method, body });
    const [head, sent] = (servers.latest().requests[0] ?? '').split(/\r\n\r\n(.*)/s);
    expect(head).toContain('\r\ncontent-length: 1024');
    expect(head).not.toMatch(/transfer-encoding/i);
    expect(Buffer.from(sent ?? '', 'latin1')).toEqual(body);
  });
});

describe('the response that comes back', () => {
  test('has every header field in order with every duplicate, names in lower case', async () => {
    const headers = [
      'X-B: 1',
      'Set-Cookie: a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT',
      'x-b: 2',
      'Set-Cookie: b=2',
    ];
    const { headers: got } = responseIn(await forwardTo(respondingWith(response('ok', { headers }))));
    expect(got).toEqual([
      ['x-b', '1'],
      ['set-cookie', 'a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT'],
      ['x-b', '2'],
      ['set-cookie', 'b=2'],
      ['content-length', '2'],
    ]);
  });
  test('has the bytes of the body, neither decoded nor decompressed', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    const head = 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 256\r\n\r\n';
    const { body } = responseIn(await forwardTo(respondingWith(Buffer.concat([Buffer.from(head), bytes]))));
    expect(body).toEqual(bytes);
  });
  test.each([
    [
      'chunked',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nX-Trailer: 1\r\n\r\n',
      'abc',
    ],
    ['after a 100', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc', 'abc'],
    [
      'after early hints',
      'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc',
      'abc',
    ],
    ['with a bare status line', 'HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nabc', 'abc'],
    ['empty', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', ''],
  ])('is complete if it is %s', async (_, bytes, body) => {
    expect(responseIn(await forwardTo(respondingWith(bytes)))).toMatchObject({
      status: 200,
      body: Buffer.from(body),
    });
  });
  test('is complete if only the end of the connection ends it', async () => {
    const outcome = await forwardTo(async ({ request, write, socket }) => {
      await request();
      write('HTTP/1.1 200 OK\r\n\r\nabc');
      socket.end();
    });
    expect(responseIn(outcome).body.toString()).toBe('abc');
  });
  test.each([
    ['HEAD', '200 OK', ['Content-Length: 5']],
    ['GET', '204 No Content', []],
    ['GET', '304 Not Modified', ['Content-Length: 5']],
  ])('to %s with status %s has no body', async (method, status, headers) => {
    const bytes = `HTTP/1.1 ${[status, ...headers].join('\r\n')}\r\n\r\n`;
    const { status: got, body } = responseIn(await forwardTo(respondingWith(bytes), { method }));
    expect(got).toBe(Number(status.slice(0, 3)));
    expect(body).toHaveLength(0);
  });
  test.each([301, 400, 401, 404, 500, 502, 503])('is forwarded with status %d', async (status) => {
    const bytes = response('x', { status: `${status} Any`, headers: ['Location: http://evil.example/'] });
    expect(responseIn(await forwardTo(respondingWith(bytes))).status).toBe(status);
    expect(servers.latest().requests).toHaveLength(1);
  });
});

describe('there is no usable response', () => {
  const failed = (code: string) => ({ kind: 'failed', code, reason: expect.any(String) });

  test('if the connection is refused', async () => {
    expect(await forward(requestOf(), await refusedUrl(), PATIENT)).toEqual(failed('upstream_error'));
  });
  test('if the name does not resolve', async () => {
    const missing = Object.assign(new Error('getaddrinfo ENOTFOUND upstream.invalid'), { code: 'ENOTFOUND' });
    // The real resolver may take longer to say so than a connection may.
    const lookup = jest.spyOn(dns, 'lookup').mockImplementation(((...args: unknown[]) => {
      (args.at(-1) as (error: Error) => void)(missing);
    }) as typeof dns.lookup);
    try {
      const url = new URL('http://upstream.invalid');
      expect(await forward(requestOf(), url, PATIENT)).toEqual(failed('upstream_error'));
      expect(lookup).toHaveBeenCalledTimes(1);
    } finally {
      lookup.mockRestore();
    }
  });
  const conversations: [string, (connection: Connection) => void | Promise<void>][] = [
    ['closes before the request', ({ socket }) => void socket.end()],
    ['resets before the request', ({ reset }) => reset()],
    [
      'closes without a byte',
      async ({ request, socket }) => {
        await request();
        socket.end();
      },
    ],
    [
      'resets without a byte',
      async ({ request, reset }) => {
        await request();
        reset();
      },
    ],
    [
      'closes within the head',
      async ({ request, write, socket }) => {
        await request();
        write('HTTP/1.1 200 OK\r\nContent-Le');
        socket.end();
      },
    ],
    [
      'closes within the body',
      async ({ request, write, socket }) => {
        await request();
        write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc');
        socket.end();
      },
    ],
    [
      'resets within the body',
      async ({ request, write, reset }) => {
        await request();
        write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc');
        setImmediate(reset);
      },
    ],
    [
      'closes within a chunk',
      async ({ request, write, socket }) => {
        await request();
        write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab');
        socket.end();
      },
    ],
    ['responds with no HTTP', respondingWith('SSH-2.0-OpenSSH_9.6\r\n')],
    ['responds with a bad status line', respondingWith('HTTP/1.1 OK 200\r\n\r\n')],
    [
      'responds with a bad header',
      respondingWith('HTTP/1.1 200 OK\r\nNo colon\r\nContent-Length: 0\r\n\r\n'),
    ],
    ['responds with a bad length', respondingWith('HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n')],
    [
      'responds with two lengths',
      respondingWith('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'),
    ],
    [
      'responds with a length and chunks',
      respondingWith('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
    ],
    [
      'responds with a bad chunk',
      respondingWith('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'),
    ],
  ];
  test.each(conversations)('if the upstream %s', async (_, conversation) => {
    expect(await forwardTo(conversation)).toEqual(failed('upstream_error'));
  });

  test.each([
    ['never responds', async ({ request }: Connection) => void (await request())],
    ['never ends the head', respondingWith('HTTP/1.1 200 OK\r\n')],
    ['never ends the body', respondingWith('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')],
    [
      'drips',
      async ({ request, write, socket }: Connection) => {
        await request();
        write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n');
        const timer = setInterval(() => write('x'), 10);
        socket.on('close', () => clearInterval(timer));
      },
    ],
    ['sends one interim response and no final one', respondingWith('HTTP/1.1 100 Continue\r\n\r\n')],
  ])('in time if the upstream %s', async (_, conversation) => {
    expect(await forwardTo(conversation, {}, HASTY)).toEqual(failed('upstream_timeout'));
  });
  test('in time if the invocation has no time left', async () => {
    const conversation = async ({ request }: Connection) => void (await request());
    expect(await forwardTo(conversation, {}, { ...PATIENT, remainingMs: 100 })).toEqual(
      failed('upstream_timeout'),
    );
  });
  test('if the upstream switches to a protocol that was not requested', async () => {
    const bytes = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n';
    expect(await forwardTo(respondingWith(bytes))).toEqual(failed('upstream_error'));
  });

  test('if it has a status that no caller could get', async () => {
    expect(await forwardTo(respondingWith('HTTP/1.1 999 Denied\r\nContent-Length: 0\r\n\r\n'))).toEqual(
      failed('upstream_error'),
    );
  });
  test('in time if no connection is established', async () => {
    const server = await servers.start(() => {});
    const silent = new URL(server.url.href.replace('http:', 'https:'));
    const headers = [['host', silent.host]] as const;
    const limits = { timeoutMs: 10_000, connectTimeoutMs: 50, maxBytes: 1 };
    await expect(exchange(silent, { method: 'GET', target: '/', headers, ...limits })).rejects.toMatchObject({
      kind: 'timeout',
      message: 'no connection within 50 ms',
    });
  });

  test.each([
    ['by its head, which has no end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`],
    ['by its length', `HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n${'x'.repeat(1001)}`],
    [
      'in chunks',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n${'x'.repeat(1001)}\r\n0\r\n\r\n`,
    ],
  ])('if it is too large %s', async (_, bytes) => {
    expect(await forwardTo(respondingWith(bytes))).toEqual(failed('upstream_response_too_large'));
  });
  test('if it is endless: the connection is dropped', async () => {
    const dropped = new Promise<void>((resolve) => {
      void forwardTo(async ({ request, write, socket }) => {
        socket.on('close', () => resolve());
        await request();
        write(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(2000)}`);
      }).then((outcome) => expect(outcome).toEqual(failed('upstream_response_too_large')));
    });
    await dropped;
  });
  test('but one of exactly the limit is usable', async () => {
    expect(responseIn(await forwardTo(respondingWith(response('x'.repeat(1000))))).body).toHaveLength(1000);
  });
});
