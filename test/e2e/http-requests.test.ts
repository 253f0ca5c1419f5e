import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DEMO } from '../../local/identity/authorization-server.ts';
import { startTestStack, type TestStack } from '../support/local-stack.ts';
import { eventually } from '../support/local-stack-fixtures.ts';
import { rawCall } from '../support/raw-client.ts';
import { type RecordedRequest, startRecordingUpstream, valuesOf } from '../support/recording-upstream.ts';

/** The client's request reaches the upstream, through the load balancer, the bundle and both HTTP clients. */
let stack: TestStack;
let upstream: Awaited<ReturnType<typeof startRecordingUpstream>>;
let bearer: string;

const POLICY = {
  routes: [
    { path: '/api/public/*', onUnauthenticatedRequest: 'allow' },
    { path: '/api/dry/*', mode: 'report-only', scopes: ['nobody-has-it'] },
  ],
};

beforeAll(async () => {
  upstream = await startRecordingUpstream();
  stack = await startTestStack({ functions: { maxEnvironments: 1 } });
  stack.setParameter('upstream', upstream.origin);
  stack.setParameter('policy', JSON.stringify(POLICY));
  await stack.settle();
  bearer = `Authorization: Bearer ${await stack.token()}`;
});
afterAll(async () => {
  await stack.close();
  await upstream.close();
});
beforeEach(() => {
  upstream.received.length = 0;
});

const call = (target: string, headers: readonly string[] = [], method = 'GET', body?: Uint8Array) =>
  rawCall(stack.loadBalancer.port, [`${method} ${target} HTTP/1.1`, ...headers], body);

/** What the upstream received of an allowed request. */
async function received(...request: Parameters<typeof call>): Promise<RecordedRequest> {
  const { status } = await call(...request);
  expect(status).toBe(200);
  const [got] = upstream.received;
  expect(upstream.received).toHaveLength(1);
  return got as RecordedRequest;
}

describe('a path', () => {
  test.each([
    '/api/public/../admin',
    '/api/public/%2e%2e/admin',
    '/api/public/.%2E/admin',
    '/api//public/x',
    '/api/public%2f..%2fadmin',
    '/api/x%5c..%5cadmin',
    '/api/x\\..\\admin',
    '/api/public;a=b/x',
    '/api/Public/x',
    '/api/x%00',
    '/api/x%0d%0aevil',
    '/api/%252e%252e/x',
    '/api/%c0%af',
    '/api/x%',
    '/api/./x',
  ])('with two readings is rejected: %s', async (path) => {
    const { status, body } = await call(path, [bearer]);
    expect(status).toBe(400);
    expect(JSON.parse(body.toString())).toMatchObject({ code: 'path_invalid' });
    expect(upstream.received).toEqual([]);
  });

  test.each(['//evil.example/', '/\\evil.example', '@evil.example', '/%2e%2e/api/x'])(
    'that no rule matches never reaches the function: %s',
    async (path) => {
      const { status } = await call(path, [bearer]);
      expect([400, 404]).toContain(status);
      expect(upstream.received).toEqual([]);
    },
  );

  test.each(['/api/a%20b', '/api/%C3%A9', '/api/a:b@c,d', "/api/!$&'()*+=~", '/api/x/'])(
    'with one reading arrives byte for byte: %s',
    async (path) => {
      expect((await received(path, [bearer])).target).toBe(path);
    },
  );

  test('in absolute form names no other upstream', async () => {
    const got = await received('http://evil.example:1/api/x?y=1', [bearer]);
    expect(got.target).toBe('/api/x?y=1');
    expect(valuesOf(got, 'host')).toEqual([new URL(upstream.origin).host]);
  });
});

describe('a query', () => {
  test.each(['a=1&a=%31&b=+&c=%20', 'x=%', 'q=a=b', 'q=', '%5B%5D=1', "a='&b=(!)"])(
    'arrives as sent: ?%s',
    async (query) => {
      expect((await received(`/api/x?${query}`, [bearer])).target).toBe(`/api/x?${query}`);
    },
  );

  test('keeps the order of values within a name, although the event keeps no order of names', async () => {
    expect((await received('/api/x?b=1&a=2&b=3', [bearer])).target).toBe('/api/x?b=1&b=3&a=2');
  });

  test('with a second token is ambiguous', async () => {
    expect((await call('/api/x?access_token=x', [bearer])).status).toBe(400);
  });
});

describe('headers', () => {
  test('of one name stay a list, in order', async () => {
    const got = await received('/api/x', [bearer, 'X-List: a', 'x-list: b, c']);
    expect(valuesOf(got, 'x-list')).toEqual(['a', 'b, c']);
  });

  test('named Cookie are joined into one (RFC 9113 §8.2.3)', async () => {
    const got = await received('/api/x', [bearer, 'Cookie: a=1', 'Cookie: b=2']);
    expect(valuesOf(got, 'cookie')).toEqual(['a=1; b=2']);
  });

  test('that are hop-by-hop are not forwarded, and Connection cannot remove any others', async () => {
    const got = await received('/api/x', [
      bearer,
      'Connection: x-secret, x-jwt-subject',
      'X-Secret: 1',
      'Keep-Alive: timeout=5',
      'TE: trailers',
      'Trailer: X-T',
      'Proxy-Authorization: Basic x',
      'Proxy-Connection: keep-alive',
      'Expect: 100-continue',
    ]);
    const names = got.headers.map(([name]) => name.toLowerCase());
    expect(valuesOf(got, 'x-secret')).toEqual(['1']);
    for (const name of ['keep-alive', 'te', 'trailer', 'proxy-authorization', 'proxy-connection']) {
      expect(names).not.toContain(name);
    }
    expect(names).not.toContain('expect');
    expect(valuesOf(got, 'x-jwt-subject')).toEqual([DEMO.clientId]);
  });

  test('that say where a request came from cannot be dropped through Connection', async () => {
    const got = await received('/api/x', [
      bearer,
      'Connection: x-forwarded-for, authorization, x-amzn-trace-id',
      'X-Forwarded-For: 203.0.113.9',
      'X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678',
    ]);
    expect(valuesOf(got, 'x-forwarded-for')).toEqual(['203.0.113.9, 127.0.0.1']);
    expect(valuesOf(got, 'x-forwarded-proto')).toEqual(['http']);
    expect(valuesOf(got, 'x-forwarded-port')).toEqual([String(stack.loadBalancer.port)]);
    expect(valuesOf(got, 'x-amzn-trace-id')[0]).toContain('Root=1-67891233-abcdef012345678912345678');
    expect(valuesOf(got, 'authorization')).toEqual([bearer.slice('Authorization: '.length)]);
  });

  test.each(['/api/x', '/api/public/x', '/api/dry/x'])(
    'that claim an identity never arrive, on %s (CVE-2025-64484, CVE-2025-48865)',
    async (path) => {
      const forged = [
        'x-jwt-subject: root',
        'X-JWT-Subject: root',
        'X_JWT_Subject: root',
        'x-jwt-anything: root',
        'x-amzn-oidc-identity: root',
        'x-amzn-oidc-data: root',
        'x-amzn-oidc-accesstoken: root',
        'x-amzn-ava-user-context: root',
        'Connection: x-jwt-provider',
      ];
      const anonymous = path === '/api/public/x';
      const got = await received(path, anonymous ? forged : [...forged, bearer]);
      expect(JSON.stringify(got.headers)).not.toContain('root');
      const identified = path === '/api/x';
      expect(valuesOf(got, 'x-jwt-subject')).toEqual(identified ? [DEMO.clientId] : []);
    },
  );

  test('that name another host or path change neither the upstream nor the policy', async () => {
    const got = await received('/api/public/x', [
      'X-Forwarded-Host: evil.example',
      'Forwarded: host=evil.example',
      'X-Original-URL: /api/admin',
      'X-Rewrite-URL: /api/admin',
      'X-Forwarded-Uri: /api/admin',
      'X-HTTP-Method-Override: DELETE',
    ]);
    expect(got).toMatchObject({ method: 'GET', target: '/api/public/x' });
    expect(valuesOf(got, 'host')).toEqual([new URL(upstream.origin).host]);
    expect(valuesOf(got, 'x-forwarded-host')).toEqual(['localhost']);
    expect(JSON.stringify(got.headers)).not.toMatch(/evil|admin|DELETE/);
    for (const name of ['x-original-url', 'x-rewrite-url', 'x-forwarded-uri']) {
      const { status } = await call('/api/x', [`${name}: /api/public/x`]);
      expect(status).toBe(401);
    }
  });

  test('of a health check do not bypass the check', async () => {
    expect((await call('/api/x', ['User-Agent: ELB-HealthChecker/2.0'])).status).toBe(401);
  });

  test('with two Authorization fields are ambiguous', async () => {
    expect((await call('/api/x', [bearer, bearer])).status).toBe(400);
    expect((await call('/api/x', [bearer, 'authorization: Bearer other'])).status).toBe(400);
  });
});

describe('a body', () => {
  const post = (headers: readonly string[], body: Buffer) =>
    received('/api/x', [bearer, ...headers, `Content-Length: ${body.length}`], 'POST', body);

  test('of 1 MB arrives whole, and the load balancer rejects one byte more', async () => {
    const body = Buffer.alloc(1024 * 1024, 'é');
    expect((await post(['Content-Type: text/plain'], body)).body.equals(body)).toBe(true);
    const over = await call(
      '/api/x',
      [bearer, `Content-Length: ${body.length + 1}`],
      'POST',
      Buffer.alloc(body.length + 1),
    );
    expect(over.status).toBe(413);
    expect(upstream.received).toHaveLength(1);
  });

  test('in chunks, with a trailer, arrives with a known length', async () => {
    const chunks = Buffer.from('3\r\nabc\r\n2\r\nde\r\n0\r\nX-Jwt-Subject: root\r\n\r\n');
    const got = await received('/api/x', [bearer, 'Transfer-Encoding: chunked'], 'POST', chunks);
    expect(got.body.toString()).toBe('abcde');
    expect(valuesOf(got, 'content-length')).toEqual(['5']);
    expect(valuesOf(got, 'transfer-encoding')).toEqual([]);
    expect(JSON.stringify(got.headers)).not.toContain('root');
  });

  test.each(['GET', 'DELETE', 'OPTIONS', 'PUT', 'PATCH'])('is forwarded with %s', async (method) => {
    const got = await received('/api/x', [bearer, 'Content-Length: 2'], method, Buffer.from('hi'));
    expect(got).toMatchObject({ method, body: Buffer.from('hi') });
  });
});

const anyBody = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }),
  fc.string({ unit: 'binary', maxLength: 1000 }).map((text) => Buffer.from(text)),
  fc.json().map((text) => Buffer.from(text)),
);
const anyType = fc.constantFrom(
  undefined,
  'text/plain',
  'text/html; charset=iso-8859-1',
  'application/json',
  'APPLICATION/JSON; charset=utf-8',
  'application/problem+json',
  'application/xml',
  'application/javascript',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/octet-stream',
  'image/png',
);
const anyEncoding = fc.constantFrom(undefined, undefined, 'gzip', 'identity', 'br');
/** Names that are not array indexes, which JavaScript objects reorder. */
const queryCharacter = fc.constantFrom(..."abcXYZ019-._~!$'()*+,;:@/?[]%20%C3".split(''));
const anyQuery = fc
  .uniqueArray(fc.string({ unit: queryCharacter, maxLength: 8 }), { maxLength: 5 })
  .chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        fc
          .array(fc.string({ unit: queryCharacter, maxLength: 8 }), { minLength: 1, maxLength: 3 })
          .map((values) => values.map((value) => `n${name}=${value}`).join('&')),
      ),
    ),
  )
  .map((parts) => parts.join('&'));

test('any body, content type, encoding and query arrive byte for byte', async () => {
  const head = (type: string | undefined, encoding: string | undefined) => [
    ...(type === undefined ? [] : [`Content-Type: ${type}`]),
    ...(encoding === undefined ? [] : [`Content-Encoding: ${encoding}`]),
  ];
  await fc.assert(
    fc.asyncProperty(anyBody, anyType, anyEncoding, anyQuery, async (body, type, encoding, query) => {
      upstream.received.length = 0;
      const target = query === '' ? '/api/x' : `/api/x?${query}`;
      const lines = [bearer, ...head(type, encoding), `Content-Length: ${body.length}`];
      const got = await received(target, lines, 'POST', body);
      expect(got.target).toBe(target);
      expect(got.body.equals(body)).toBe(true);
      expect(valuesOf(got, 'content-type')).toEqual(type === undefined ? [] : [type]);
      expect(valuesOf(got, 'content-encoding')).toEqual(encoding === undefined ? [] : [encoding]);
    }),
    { numRuns: 100 },
  );
});

describe('the policy may say', () => {
  /** Calls until the new policy is in force, which takes a second. */
  const underPolicy = async (
    policy: object,
    path: string,
    holds: (got: RecordedRequest | undefined) => boolean,
  ) => {
    stack.setParameter('policy', JSON.stringify(policy));
    return eventually(async () => {
      upstream.received.length = 0;
      await call(path, [bearer, 'X-Forwarded-Host: evil.example']);
      return upstream.received[0];
    }, holds);
  };

  test("that the client's Host is preserved", async () => {
    const got = await underPolicy({ preserveHost: true }, '/api/x', (seen) => {
      return seen !== undefined && valuesOf(seen, 'host').includes('localhost');
    });
    expect(valuesOf(got as RecordedRequest, 'host')).toEqual(['localhost']);
  });

  test('that a route has its own upstream, which nothing in a request can change', async () => {
    const other = await startRecordingUpstream();
    try {
      const routes = [{ path: '/api/orders/*', upstream: other.origin }];
      await underPolicy(
        { routes },
        '/api/orders/1',
        (seen) => seen === undefined && other.received.length > 0,
      );
      other.received.length = 0;
      await received('/api/x', [bearer]);
      expect(other.received).toEqual([]);
    } finally {
      await other.close();
    }
  });
});

test('without multi-value headers, the last value of each counts, and a second token goes unseen', async () => {
  const single = await startTestStack({
    functions: { maxEnvironments: 1 },
    adjust: (deployment) => ({
      ...deployment,
      targetGroups: new Map(
        [...deployment.targetGroups].map(([arn, group]) => [arn, { ...group, multiValueHeaders: false }]),
      ),
    }),
  });
  try {
    single.setParameter('upstream', upstream.origin);
    await single.settle();
    const token = `Authorization: Bearer ${await single.token()}`;
    const lines = ['GET /api/x?a=1&a=2&b=%20 HTTP/1.1', token, 'X-List: a', 'X-List: b'];
    const response = await rawCall(single.loadBalancer.port, lines);
    expect(response.status).toBe(200);
    const [got] = upstream.received as [RecordedRequest];
    expect(got.target).toBe('/api/x?a=2&b=%20');
    expect(valuesOf(got, 'x-list')).toEqual(['b']);
    expect(valuesOf(got, 'x-jwt-subject')).toEqual([DEMO.clientId]);
  } finally {
    await single.close();
  }
});
