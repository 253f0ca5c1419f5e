import { describe, expect, test } from '@jest/globals';
import { albEvent } from '../../support/alb-event.ts';
import { underAttack } from '../../support/attack.ts';
import { createKey } from '../../support/keys.ts';
import { valuesOf } from '../../support/recording-upstream.ts';
import { expectRejected } from '../../support/rejection.ts';
import { mint } from '../../support/tokens.ts';

const attack = underAttack(createKey('ES256'));
const token = mint(attack.key);
const headers = { authorization: `Bearer ${token}` };

describe('a path that no upstream should ever see is a 400', () => {
  test.each([
    '/api/public/../admin',
    '/api/public/..',
    '/api/./admin',
    '/api/%2e%2e/admin',
    '/api/.%2E/admin',
    '/api/public%2f..%2fadmin',
    '/api/public/..%5cadmin',
    '/api/public/..\\admin',
    '/api/public/..;/admin',
    '/api/public/..%3bx/admin',
    '/api/public/..%20/admin',
    '/api/x%00.json',
    '/api/x%0d%0aHost:evil.example',
    '/api/x%250a',
    '/api/x%c2%85',
    '/api/%252e%252e/admin',
    '/api/%c0%ae%c0%ae/admin',
    '/api/..%e0%80%afadmin',
    '/api/..%f0%80%80%afadmin',
    '/api/..%f8%80%80%80%afadmin',
    '/api/..%fc%80%80%80%80%afadmin',
    '/api/..%25f8%2580%2580%2580%25afadmin',
    '/api/x%',
    '/api/x y',
    '/api/\u0000',
    '/api/é',
    '//evil.example/',
    '/\\evil.example',
    '/%2fevil.example/',
    '/%5cevil.example/',
    '@evil.example',
    '.evil.example',
    'http://evil.example/api/x',
    '*',
    '',
  ])('%j', async (path) => {
    const { world, upstream } = attack;
    for (const credentials of [headers, {}]) {
      const event = { ...albEvent({ headers: credentials }), path };
      const raw = await world.handle(event);
      const response = {
        status: raw.statusCode,
        headers: raw.multiValueHeaders as never,
        body: JSON.parse(raw.body ?? ''),
        raw,
      };
      expectRejected(response, 'path_invalid', { world, upstream, secrets: [token] });
    }
  });
});

describe('a path that an upstream might take for one with another route is a 400, whoever calls', () => {
  const rejected = [
    'Admin',
    'ADMIN/users',
    'admin%3F',
    'admin.',
    'admin%20',
    'admin;x',
    '/admin',
    'admin.json',
  ];
  test.each([
    ...rejected,
    '%61dmin%2fusers;x',
    '%61dmin',
    'admin%2f',
    '%2fadmin',
    'admin%252fusers',
    '\\admin',
    'adm%C4%B1n',
  ])('/api/%s, before one for /api/admin/*', async (rest) => {
    const { world, upstream } = attack;
    const policies = [
      [{ path: '/api/admin/*', scopes: ['admin'] }],
      [
        { path: '/api/admin/*', scopes: ['admin'] },
        { path: '/api/*', onUnauthenticatedRequest: 'allow' },
      ],
      // Never only reported, either.
      [
        { path: '/api/admin/*', scopes: ['admin'] },
        { path: '/api/*', mode: 'report-only' },
      ],
    ];
    for (const routes of policies) {
      world.parameters.policy = JSON.stringify({ routes });
      world.advance(60);
      for (const credentials of [headers, {}]) {
        const response = await world.call({ headers: credentials, target: `/api/${rest}` });
        expectRejected(response, 'path_invalid', {
          world,
          upstream,
          secrets: [token],
        });
      }
    }
  });

  test.each(['/api/admin', '/api/admin/', '/api/admin/%75sers'])(
    'and %s matches that route itself',
    async (target) => {
      const { world, upstream } = attack;
      world.parameters.policy = JSON.stringify({
        routes: [
          { path: '/api/admin/*', scopes: ['admin'] },
          { path: '/api/*', onUnauthenticatedRequest: 'allow' },
        ],
      });
      expect(await world.call({ target })).toMatchObject({ status: 401, body: { code: 'token_missing' } });
      expect(await world.call({ target, headers })).toMatchObject({
        status: 403,
        body: { code: 'scope_missing' },
      });
      expect(upstream.received).toEqual([]);
    },
  );

  test('and the log line names the reading and the two routes', async () => {
    const { world } = attack;
    world.parameters.policy = JSON.stringify({ routes: [{ path: '/api/admin/*', scopes: ['admin'] }] });
    await world.call({ headers, target: '/api/Admin/users' });
    expect(world.decisions.at(-1)?.reason).toMatch(
      /matches no route, but matches the route \/api\/admin\/\* when read as "\/api\/admin\/users" \(fold\)/,
    );
  });
});

describe('a request that no route matches, if the policy denies those,', () => {
  const policy = (more: object = {}) =>
    JSON.stringify({ unmatched: 'deny', routes: [{ path: '/api/orders/*' }], ...more });

  test('is a 403, whoever calls', async () => {
    const { world, upstream } = attack;
    world.parameters.policy = policy();
    for (const credentials of [headers, {}, { authorization: 'Bearer x' }]) {
      const response = await world.call({ headers: credentials, target: '/api/other' });
      expectRejected(response, 'route_missing', { world, upstream, secrets: [token] });
    }
    expect((await world.call({ headers, target: '/api/orders/1' })).status).toBe(200);
  });
  test('is only reported if the policy is report-only', async () => {
    const { world, upstream } = attack;
    world.parameters.policy = policy({ mode: 'report-only' });
    expect((await world.call({ headers, target: '/api/other' })).status).toBe(200);
    expect(world.decisions.at(-1)).toMatchObject({ code: 'allowed', reported: 'route_missing' });
    expect(valuesOf(upstream.received[0] as never, 'x-jwt-subject')).toEqual([]);
  });
  test('is rejected for its path first', async () => {
    const { world } = attack;
    world.parameters.policy = policy();
    expect(await world.call({ target: '/api/Orders/1' })).toMatchObject({
      status: 400,
      body: { code: 'path_invalid' },
    });
  });
});

describe('an upstream with a base path', () => {
  const sent = async (target: string) => {
    const response = await attack.world.call({ headers, target });
    const targets = attack.upstream.received.map((request) => request.target);
    return response.status === 200 ? targets.at(-1) : response.status;
  };
  test.each([
    ['/v2', '/api/x?y=1', '/v2/api/x?y=1'],
    ['/v2/', '/api/x/', '/v2/api/x/'],
    ['/a/b-c', '/', '/a/b-c/'],
  ])('%s gets %s as %s', async (base, target, expected) => {
    attack.world.parameters.upstream = attack.upstream.origin + base;
    expect(await sent(target)).toBe(expected);
  });
  test.each([
    ['/api/orders/1?a=/api', '/orders/1?a=/api'],
    ['/api/', '/'],
    ['/api', '/'],
    ['/api/a%2Fb;c', '/a%2Fb;c'],
    ['/api/api/x', '/api/x'],
    ['/api//evil.example/x', 400],
    ['/api/%2Fevil.example', 400],
    ['/api/\\evil.example', 400],
    ['/%61pi/x', 400],
    ['/API/x', 400],
    ['/apix/y', 400],
    ['/api;x/y', 400],
    ['/api%2Fx', 400],
    ['/other', 400],
  ])('and what is stripped before: %s is %s', async (target, expected) => {
    attack.world.parameters.policy = JSON.stringify({
      unmatched: 'deny',
      stripPrefix: '/api',
      routes: [{ path: '/api/*' }],
    });
    expect(await sent(target)).toBe(expected);
    attack.world.parameters.upstream = `${attack.upstream.origin}/base`;
    attack.world.advance(60);
    expect(await sent(target)).toBe(typeof expected === 'string' ? `/base${expected}` : expected);
  });
  test('by a route: instead of what the policy strips, or nothing', async () => {
    const routes = [
      { path: '/api/v1/*', stripPrefix: '/api/v1' },
      { path: '/api/raw/*', stripPrefix: '', upstream: `${attack.upstream.origin}/raw` },
      { path: '/api/*' },
    ];
    attack.world.parameters.policy = JSON.stringify({ unmatched: 'deny', stripPrefix: '/api', routes });
    expect(await sent('/api/v1/x')).toBe('/x');
    expect(await sent('/api/raw/x')).toBe('/raw/api/raw/x');
    expect(await sent('/api/x')).toBe('/x');
  });
});

describe('what reaches the upstream', () => {
  test.each([
    "/api/a%20b/!$&'()*+,=:@",
    '/api/caf%C3%A9/%e6%9d%b1',
    '/api/100%25',
    '/api/a..b/...',
    '/api/x.',
    '/api/[x]^|{}',
    '/api/pkg/@scope%2fname',
    '/api/pkg/%40scope%2Fname',
    '/api/o;jsessionid=1',
    '/api/q/50%25descuento',
    '/api/%7Euser/',
    '/api//orders/1',
    '/api/x\\y',
    '/api/x%252F%3F%23',
    '/api/x?a=1&a=2&b=%20',
    '/api/x?q=//evil.example/../%2e%2e;%00',
    '/api/x?a=b=c&d=',
  ])('is %s byte for byte', async (target) => {
    expect((await attack.world.call({ headers, target })).status).toBe(200);
    expect(attack.upstream.received.map((request) => request.target)).toEqual([target]);
  });
  test.each(
    [
      [{ host: 'evil.example' }],
      [{ host: ['evil.example', 'evil.example'] }],
      [{ host: 'evil.example', 'x-forwarded-host': 'evil.example' }],
      [{ forwarded: 'host=evil.example', 'x-original-host': 'evil.example' }],
      [{ 'x-original-url': '/admin', 'x-rewrite-url': '/admin', 'x-forwarded-uri': '/admin' }],
      [{ 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' }],
    ].flat(),
  )('has our origin, method and path whatever the headers %j', async (more) => {
    expect((await attack.world.call({ headers: { ...headers, ...more }, target: '/api/x' })).status).toBe(
      200,
    );
    const [request] = attack.upstream.received;
    expect(request).toMatchObject({ method: 'GET', target: '/api/x' });
    expect(request && valuesOf(request, 'host')).toEqual([new URL(attack.upstream.origin).host]);
    expect(JSON.stringify(request?.headers.filter(([name]) => name !== 'x-forwarded-host'))).not.toMatch(
      /evil|admin|DELETE/,
    );
  });
  test.each([
    [{}, ['api.example']],
    [
      {
        'x-forwarded-host': 'evil.example',
        X_Forwarded_Host: 'evil.example',
        forwarded: 'host=evil.example',
      },
      ['api.example'],
    ],
    [{ host: ['a.example', 'b.example'], 'x-forwarded-host': 'evil.example' }, []],
  ])('has the host that was called, and no other that the client names: %j', async (more, expected) => {
    await attack.world.call({ headers: { ...headers, host: 'api.example', ...more } });
    const [request] = attack.upstream.received;
    expect(request && valuesOf(request, 'x-forwarded-host')).toEqual(expected);
    expect(JSON.stringify(request)).not.toContain('evil');
  });
  test('has the host that a trusted proxy names, if the policy says so', async () => {
    attack.world.parameters.policy = '{"trustForwardedHost":true}';
    await attack.world.call({
      headers: { ...headers, host: 'alb.example', 'x-forwarded-host': 'www.example' },
    });
    const [request] = attack.upstream.received;
    expect(request && valuesOf(request, 'x-forwarded-host')).toEqual(['www.example']);
  });
  test.each([
    ['an anonymous request', { path: '/*', onUnauthenticatedRequest: 'allow' }, {}],
    ['a dry run', { path: '/*', mode: 'report-only' }, {}],
    ['an allowed request', { path: '/*' }, headers],
  ])(
    'has no other method or path in a header field of %s, unless the policy keeps them',
    async (_, route, credentials) => {
      const overrides = {
        'x-http-method-override': 'DELETE',
        X_Original_URL: '/admin',
        'x-rewrite-url': '/admin',
      };
      const sent = async (keepOverrides: boolean) => {
        attack.upstream.received.length = 0;
        attack.world.parameters.policy = JSON.stringify({ keepOverrides, routes: [route] });
        attack.world.advance(60);
        await attack.world.call({ headers: { ...credentials, ...overrides } });
        const names = attack.upstream.received[0]?.headers.map(([name]) => name.toLowerCase()) ?? [];
        return names.filter((name) => /^x-(?:http|rewrite)|^x_/.test(name));
      };
      expect(await sent(false)).toEqual([]);
      expect(await sent(true)).toHaveLength(3);
    },
  );
  test.each([
    ['anonymous', {}],
    ['authenticated', headers],
  ])('of a preflight, %s, has no body and no overrides, whatever the policy says', async (_, credentials) => {
    attack.world.parameters.policy = JSON.stringify({
      keepOverrides: true,
      routes: [{ path: '/api/*', corsPreflight: 'allow' }],
    });
    const preflight = {
      ...credentials,
      origin: 'https://app.example',
      'access-control-request-method': 'GET',
      'x-http-method-override': 'DELETE',
    };
    await attack.world.call({
      method: 'OPTIONS',
      headers: preflight,
      body: 'DELETE /admin HTTP/1.1\r\n\r\n',
    });
    const [request] = attack.upstream.received;
    expect(request?.body).toHaveLength(0);
    expect(request && valuesOf(request, 'x-http-method-override')).toEqual([]);
    expect(request && valuesOf(request, 'origin')).toEqual(['https://app.example']);
    expect(request && valuesOf(request, 'content-length')).toEqual([]);
  });
  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])(
    'has the method %s',
    async (method) => {
      expect((await attack.world.call({ headers, method })).status).toBe(200);
      expect(attack.upstream.received[0]?.method).toBe(method);
    },
  );
  test('has the method HEAD, whose response has no body', async () => {
    expect(await attack.world.call({ headers, method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });
  const binary = Uint8Array.from({ length: 1024 }, (_, index) => index % 256);
  test.each([
    ['binary', binary, {}],
    ['empty', new Uint8Array(), {}],
    ['1 MB', new Uint8Array(1024 * 1024).fill(0xe9), {}],
    ['with content-encoding', binary, { 'content-encoding': 'gzip', 'content-type': 'application/json' }],
    ['text', Buffer.from('é😀\r\n'), { 'content-type': 'text/plain' }],
  ])('has the bytes of a body that is %s', async (name, body, more) => {
    const text = name === 'text' ? Buffer.from(body).toString() : body;
    expect(
      (await attack.world.call({ headers: { ...headers, ...more }, method: 'POST', body: text })).status,
    ).toBe(200);
    const [request] = attack.upstream.received;
    expect(request?.body.equals(Buffer.from(body))).toBe(true);
    expect(request && valuesOf(request, 'content-length')).toEqual([String(body.length)]);
    for (const [field, value] of Object.entries(more))
      expect(request && valuesOf(request, field)).toEqual([value]);
  });
});

describe('a request that cannot be forwarded as it came is a 400', () => {
  test.each([
    [{ target: '/api/x?q=東京' }],
    [{ target: '/api/x?q=é' }],
    [{ target: '/api/x?q=a b' }],
    [{ target: '/api/x?q=a\r\nHost: evil.example' }],
    [{ target: '/api/x?q=\0' }],
    [{ method: 'get' }],
    [{ method: 'CONNECT' }],
    [{ method: 'TRACE' }],
    [{ method: 'GET /x HTTP/1.1\r\nHost: evil.example\r\n\r\nGET' }],
    [{ method: '' }],
  ])('%j', async (request) => {
    const { world, upstream } = attack;
    for (const credentials of [headers, {}]) {
      const response = await world.call({ ...request, headers: credentials });
      expectRejected(response, 'request_invalid', { world, upstream, secrets: [token] });
    }
  });
});

test('without multi-value headers the response has single ones, and a bad token is still rejected', async () => {
  const { multiValueHeaders: _h, multiValueQueryStringParameters: _q, ...event } = albEvent();
  const good = await attack.world.handle({ ...event, headers: { Authorization: `Bearer ${token}` } });
  expect(good).toMatchObject({ statusCode: 200, headers: { 'content-type': 'text/plain' } });
  const bad = await attack.world.handle({ ...event, headers: { authorization: `Bearer ${token}x` } });
  expect(bad).toMatchObject({ statusCode: 401, headers: { 'content-type': 'application/problem+json' } });
  const none = await attack.world.handle(event);
  expect(none).toMatchObject({ statusCode: 401 });
});
