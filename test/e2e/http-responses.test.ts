import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TestStack } from '../support/local-stack.ts';
import { type RawResponse, rawCall } from '../support/raw-client.ts';
import { response } from '../support/raw-server.ts';
import { startScriptedStack } from '../support/scripted-stack.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';

/** The upstream's response reaches the client, through the load balancer, the bundle and both HTTP clients. */
let stack: TestStack;
let upstream: ScriptedUpstream;
let bearer: string;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ stack, upstream, bearer, close } = await startScriptedStack({ functions: { maxEnvironments: 1 } }));
});
afterAll(() => close());
beforeEach(() => upstream.reset());

const call = (method = 'GET') => rawCall(stack.loadBalancer.port, [`${method} /api/x HTTP/1.1`, bearer]);

/** The client's view of this response from the upstream. */
async function responseFor(bytes: string | Uint8Array, method?: string): Promise<RawResponse> {
  upstream.say(bytes);
  return call(method);
}

const MEGABYTE = 1024 * 1024;
const withHeaders = (...headers: string[]) => response('ok', { headers });

describe('a header', () => {
  test('of the upstream arrives unchanged, each Set-Cookie separately', async () => {
    const { status, values } = await responseFor(
      withHeaders(
        'Set-Cookie: a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT',
        'X-A: 1',
        'Set-Cookie: b=2',
        'X-A: 2',
      ),
    );
    expect(status).toBe(200);
    expect(values('set-cookie')).toEqual(['a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT', 'b=2']);
    expect(values('x-a')).toEqual(['1', '2']);
  });

  test.each(['', 'tab\tinside', '"quoted", and more', 'caf\xe9', '\xff\xfe', 'x'.repeat(10_000)])(
    'with the value %j arrives byte for byte',
    async (value) => {
      const { status, values } = await responseFor(Buffer.from(withHeaders(`X-A: ${value}`), 'latin1'));
      expect(status).toBe(200);
      expect(values('x-a')).toEqual([value]);
    },
  );

  test('named __proto__ or constructor is an ordinary header', async () => {
    const { values } = await responseFor(withHeaders('__proto__: 1', 'constructor: 2'));
    expect([values('__proto__'), values('constructor')]).toEqual([['1'], ['2']]);
  });

  test('that is hop-by-hop is not forwarded, nor are the headers that Connection names', async () => {
    const headers = [
      'Connection: keep-alive, X-Secret',
      'X-Secret: 1',
      'Keep-Alive: timeout=5',
      'Upgrade: h2c',
    ];
    const { headers: got } = await responseFor(
      withHeaders(...headers, 'Proxy-Authenticate: Basic', 'Trailer: X-T'),
    );
    const names = got.map(([name]) => name.toLowerCase());
    for (const name of ['x-secret', 'keep-alive', 'upgrade', 'proxy-authenticate', 'trailer']) {
      expect(names).not.toContain(name);
    }
  });

  test.each([
    ['a control character in a value', 'X-A: a\x01b'],
    ['a NUL in a value', 'X-A: a\0b'],
    ['a bare CR in a value', 'X-A: a\rX-B: b'],
    ['a space in a name', 'X A: a'],
    ['no name', ': a'],
    ['a name that is not an HTTP token', 'X(A): a'],
  ])('with %s makes this response unusable and affects no other', async (_, header) => {
    const { status, body } = await responseFor(withHeaders(header));
    expect(status).toBe(502);
    expect(JSON.parse(body.toString())).toMatchObject({ code: 'upstream_error' });
    upstream.reset();
    expect((await call()).status).toBe(200);
  });

  test('over the limit of the load balancer becomes our 502, not its own', async () => {
    const lines = Array.from({ length: 5 }, (_, index) => `X-${index}: ${'x'.repeat(8000)}`);
    const { status, body } = await responseFor(withHeaders(...lines));
    expect(status).toBe(502);
    expect(JSON.parse(body.toString())).toMatchObject({ code: 'upstream_response_too_large' });
  });
});

describe('a status', () => {
  test.each([
    200, 201, 202, 206, 226, 300, 301, 302, 307, 308, 400, 401, 403, 404, 409, 418, 429, 500, 502, 503, 504,
    599,
  ])('%i is forwarded; a redirect is not followed', async (status) => {
    const headers = ['Location: http://evil.example/', 'WWW-Authenticate: Basic'];
    const got = await responseFor(response('x', { status: `${status} Any`, headers }));
    expect(got.status).toBe(status);
    expect(got.values('location')).toEqual(['http://evil.example/']);
    expect(got.values('www-authenticate')).toEqual(['Basic']);
    expect(got.values('server')).toEqual([]);
    expect(upstream.requests).toHaveLength(1);
  });

  test.each(['100 Continue', '102 Processing', '103 Early Hints'])(
    '%s is dropped, and the final response arrives',
    async (status) => {
      const got = await responseFor(`HTTP/1.1 ${status}\r\nX-Interim: 1\r\n\r\n${withHeaders('X-A: 1')}`);
      expect(got.status).toBe(200);
      expect(got.values('x-interim')).toEqual([]);
      expect(got.values('x-a')).toEqual(['1']);
    },
  );

  test.each(['101 Switching Protocols', '600 Odd', '999 Denied', '000 None'])(
    '%s, which no client requested or can receive, becomes our 502',
    async (status) => {
      const got = await responseFor(
        `HTTP/1.1 ${status}\r\nConnection: upgrade\r\nUpgrade: x\r\nContent-Length: 0\r\n\r\n`,
      );
      expect(got.status).toBe(502);
      expect(JSON.parse(got.body.toString())).toMatchObject({ code: 'upstream_error' });
    },
  );

  test.each([
    ['GET', '204 No Content', []],
    ['GET', '304 Not Modified', ['Content-Length: 5', 'ETag: "a"']],
    ['HEAD', '200 OK', ['Content-Length: 5', 'ETag: "a"']],
  ])('in response to %s with %s has no body', async (method, status, headers) => {
    const got = await responseFor(`HTTP/1.1 ${[status, ...headers].join('\r\n')}\r\n\r\n`, method);
    expect(got.status).toBe(Number(status.slice(0, 3)));
    expect(got.body).toHaveLength(0);
    expect(got.values('etag')).toEqual(headers.length > 0 ? ['"a"'] : []);
  });
});

describe('a body', () => {
  test('stays compressed', async () => {
    const bytes = gzipSync('hello '.repeat(100));
    const head = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\nContent-Length: ${bytes.length}\r\n\r\n`;
    const got = await responseFor(Buffer.concat([Buffer.from(head), bytes]));
    expect(got.values('content-encoding')).toEqual(['gzip']);
    expect(got.body.equals(bytes)).toBe(true);
  });

  test('in chunks arrives with a known length, without the trailer', async () => {
    const chunks = '3\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n';
    const got = await responseFor(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`);
    expect(got.body.toString()).toBe('abcde');
    expect(got.values('content-length')).toEqual(['5']);
    expect([...got.values('x-trailer'), ...got.values('transfer-encoding')]).toEqual([]);
  });

  test('that ends with the connection arrives whole', async () => {
    upstream.sayAndClose('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nabc');
    expect((await call()).body.toString()).toBe('abc');
  });

  test.each([
    ['text', 'text/plain', 'x', 1, 1],
    ['text that JSON escapes', 'text/plain', '"', 2, 1],
    ['text with several bytes per character', 'text/plain', '€', 3, 3],
    ['bytes', 'image/png', 'x', 4, 3],
  ])(
    'of %s may be as long as the load balancer allows; a longer one becomes our 502',
    async (_, type, unit, size, per) => {
      // The rest of the JSON is far smaller than 1,000 bytes.
      const fits = Math.floor(((MEGABYTE - 1000) * per) / size);
      const text = (length: number) => unit.repeat(length / Buffer.byteLength(unit));
      const small = await responseFor(response(text(fits), { headers: [`Content-Type: ${type}`] }));
      expect(small.status).toBe(200);
      expect(small.body.equals(Buffer.from(text(fits)))).toBe(true);
      const large = await responseFor(response(text(fits + 1000), { headers: [`Content-Type: ${type}`] }));
      expect(large.status).toBe(502);
      expect(JSON.parse(large.body.toString())).toMatchObject({ code: 'upstream_response_too_large' });
    },
  );

  test('of 2 MB, or an endless one, becomes our 502, and the next request works', async () => {
    const big = await responseFor(response('x'.repeat(2 * MEGABYTE)));
    expect(JSON.parse(big.body.toString())).toMatchObject({ code: 'upstream_response_too_large' });
    upstream.act(({ socket, write }) => {
      write('HTTP/1.1 200 OK\r\n\r\n');
      const pour = () => {
        while (socket.writable && socket.write('x'.repeat(65_536))) {}
      };
      socket.on('drain', pour);
      pour();
    });
    const endless = await call();
    expect(JSON.parse(endless.body.toString())).toMatchObject({ code: 'upstream_response_too_large' });
    upstream.reset();
    expect((await call()).status).toBe(200);
  });
});

const anyStatus = fc.integer({ min: 200, max: 599 }).filter((status) => ![204, 205, 304].includes(status));
const anyBody = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }),
  fc.string({ unit: 'binary', maxLength: 1000 }).map((text) => Buffer.from(text)),
);
const anyType = fc.constantFrom(
  'text/plain',
  'TEXT/HTML; charset=iso-8859-1',
  'application/json',
  'application/vnd.api+json',
  'application/jsonish',
  'application/xml',
  'image/svg+xml',
  'application/octet-stream',
  '',
  'nonsense',
);
/** VCHAR, space, tab and obs-text (RFC 9110 §5.5), without white space at the ends. */
const anyValue = fc
  .string({
    unit: fc
      .integer({ min: 0x20, max: 0xff })
      .filter((code) => code !== 0x7f)
      .map((code) => String.fromCharCode(code)),
    maxLength: 50,
  })
  .map((value) => value.replace(/^[ \t\xa0]+|[ \t\xa0]+$/g, ''));

test('any status, type, encoding, header value and body of the upstream arrive byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyStatus,
      anyType,
      fc.boolean(),
      anyValue,
      anyBody,
      async (status, type, encoded, value, body) => {
        const lines = [
          `HTTP/1.1 ${status} Any`,
          `Content-Type: ${type}`,
          `X-A: ${value}`,
          ...(encoded ? ['Content-Encoding: gzip'] : []),
          `Content-Length: ${body.length}`,
        ];
        const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
        const got = await responseFor(Buffer.concat([head, body]));
        expect(got.status).toBe(status);
        expect(got.body.equals(body)).toBe(true);
        expect(got.values('x-a')).toEqual([value]);
        expect(got.values('content-type')).toEqual([type]);
        expect(got.values('content-encoding')).toEqual(encoded ? ['gzip'] : []);
      },
    ),
    { numRuns: 100 },
  );
});
