import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { handle } from '../../lambda/core/handle.ts';
import { completeResponse } from '../../lambda/core/respond.ts';
import { createTokenMemory } from '../../lambda/core/token-memory.ts';
import type { TestRequest } from '../support/alb-event.ts';
import { httpApiV2Event, webSocketEvent } from '../support/authorizer-events.ts';
import { createKey } from '../support/keys.ts';
import { parsePolicy } from '../support/paths.ts';
import { refusedUrl } from '../support/raw-server.ts';
import { type RecordingUpstream, startRecordingUpstream, valuesOf } from '../support/recording-upstream.ts';
import { claimsOf, mint } from '../support/tokens.ts';
import { createWorld, JWKS_URI, type World } from '../support/world.ts';

const APP = 'https://app.example.com';
const EVIL = 'https://evil.example';
const KEY = createKey();
const TOKEN = mint(KEY);
const ORIGIN = 'access-control-allow-origin';
const EXPOSED = 'WWW-Authenticate, X-Request-Id, DPoP-Nonce, Retry-After';

/** What a careless upstream tells everybody. */
const THEIRS: Readonly<Record<string, string>> = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Credentials': 'true',
  'Access-Control-Allow-Methods': 'DELETE',
  'Access-Control-Expose-Headers': 'Secret',
  'Access-Control-Max-Age': '86400',
  Vary: 'Accept-Encoding',
};

let upstream: RecordingUpstream;
let world: World;
beforeEach(async () => {
  upstream = await startRecordingUpstream((_request, response) => {
    for (const [name, value] of Object.entries(THEIRS)) response.setHeader(name, value);
    response.setHeader('ETag', '"1"').end('ok');
  });
  world = createWorld(KEY);
  world.parameters.upstream = upstream.origin;
});
afterEach(() => upstream.close());

const under = (policy: object, cors: object = { origins: [APP] }) => {
  world.parameters.policy = JSON.stringify({ cors, ...policy });
};
const from = (origin: string | readonly string[], headers: TestRequest['headers'] = {}) => ({
  headers: { ...headers, origin },
});
const bearing = { authorization: `Bearer ${TOKEN}` };
const preflightOf = (origin: string | readonly string[], method = 'PUT'): TestRequest => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': method,
    'access-control-request-headers': 'authorization,content-type',
  },
});
/** What a response tells browsers. */
const corsFields = ({ headers }: Awaited<ReturnType<World['call']>>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => /^(?:vary|access-control-.*)$/.test(name)));

describe('each response says that a listed page may read it, and says nothing to others', () => {
  test.each<[string, number, object, TestRequest, () => unknown]>([
    ['the upstream’s', 200, {}, { headers: bearing }, () => {}],
    ['whoami’s', 200, { routes: [{ path: '/*', upstream: 'whoami' }] }, { headers: bearing }, () => {}],
    [
      'to an anonymous request',
      200,
      { routes: [{ path: '/*', onUnauthenticatedRequest: 'allow' }] },
      {},
      () => {},
    ],
    ['of a dry run', 200, { mode: 'report-only' }, {}, () => {}],
    ['without a token', 401, {}, {}, () => {}],
    ['to a bad token', 401, {}, { headers: { authorization: `Bearer ${TOKEN}x` } }, () => {}],
    ['without a scope', 403, { routes: [{ path: '/*', scopes: ['admin'] }] }, { headers: bearing }, () => {}],
    ['without a route', 403, { unmatched: 'deny' }, { headers: bearing }, () => {}],
    ['to an ambiguous path', 400, {}, { target: '/api/../x', headers: bearing }, () => {}],
    ['to a method that cannot be forwarded', 400, {}, { method: 'get', headers: bearing }, () => {}],
    ['without keys', 503, {}, { headers: bearing }, () => world.documents.set(JWKS_URI, new Error('down'))],
    [
      'of an unreachable upstream',
      502,
      {},
      { headers: bearing },
      async () => {
        world.parameters.upstream = (await refusedUrl()).origin;
      },
    ],
    [
      'in place of one that is too large',
      502,
      {},
      { headers: bearing },
      async () => {
        await upstream.close();
        upstream = await startRecordingUpstream((_request, response) => response.end(Buffer.alloc(900_000)));
        world.parameters.upstream = upstream.origin;
      },
    ],
  ])('%s (%i)', async (_, status, policy, request, prepare) => {
    under(policy);
    await prepare();
    const varies = { vary: [expect.stringMatching(/^(?:Accept-Encoding, )?Origin$/)] };
    const page = await world.call({ ...request, ...from(APP, request.headers) });
    expect([page.status, corsFields(page)]).toEqual([
      status,
      { ...varies, [ORIGIN]: [APP], 'access-control-expose-headers': [EXPOSED] },
    ]);
    expect(page.headers['x-request-id']).toHaveLength(1);
    for (const other of [[EVIL], ['null'], [APP, APP], []]) {
      const response = await world.call({ ...request, ...from(other, request.headers) });
      expect([response.status, corsFields(response)]).toEqual([status, varies]);
    }
    expect(world.bugs).toEqual([]);
  });

  test('so does the response to a bug', async () => {
    const parsed = await parsePolicy({ cors: { origins: [APP] } });
    if ('problems' in parsed) throw new Error('the policy is not valid');
    const bugs: unknown[] = [];
    const handled = await handle(
      {
        method: 'GET',
        path: '/api/x',
        query: '',
        headers: [
          ['origin', APP],
          ['authorization', `Bearer ${TOKEN}`],
        ],
        body: Buffer.of(),
      },
      'request-1',
      {
        config: async () => ({ kind: 'config', config: parsed.config }),
        memory: createTokenMemory(),
        now: () => 0,
        resolveKeys: () => {
          throw new Error('a bug');
        },
        forward: async () => ({ kind: 'failed', code: 'upstream_error', reason: 'none' }),
        onBug: (error) => bugs.push(error),
      },
    );
    const { status, headers } = completeResponse(handled);
    expect([status, bugs]).toEqual([500, [new Error('a bug')]]);
    expect(headers).toContainEqual([ORIGIN, APP]);
  });

  test('but not before there is a configuration, because nothing else lists pages', async () => {
    world.parameters.issuer = undefined;
    under({});
    const response = await world.call(from(APP));
    expect([response.status, corsFields(response)]).toEqual([503, {}]);
  });
});

describe('the function itself responds to a preflight', () => {
  test('from a listed page, and grants what it announces', async () => {
    under({ unmatched: 'deny' }, { origins: [APP], credentials: true, maxAgeSeconds: 60 });
    const response = await world.call(preflightOf(APP));
    expect([response.status, response.raw.body, corsFields(response)]).toEqual([
      204,
      '',
      {
        vary: ['Origin, Access-Control-Request-Method, Access-Control-Request-Headers'],
        [ORIGIN]: [APP],
        'access-control-allow-credentials': ['true'],
        'access-control-allow-methods': ['PUT'],
        'access-control-allow-headers': ['authorization, content-type'],
        'access-control-max-age': ['60'],
      },
    ]);
    expect(response.headers['cache-control']).toEqual(['no-store']);
    expect(world.decisions.at(-1)).toMatchObject({ code: 'allowed', status: 204 });
    expect(upstream.received).toEqual([]);
  });
  test.each<[string, object]>([
    ['enforced', {}],
    ['report-only', { mode: 'report-only' }],
    ['open to all', { routes: [{ path: '/*', onUnauthenticatedRequest: 'allow' }] }],
  ])('from another page, and rejects it, with the policy %s', async (_, policy) => {
    under(policy);
    for (const origin of [EVIL, 'null', `${APP}.evil.example`]) {
      const response = await world.call(preflightOf(origin));
      expect(response.body).toMatchObject({ code: 'origin_not_allowed' });
      expect([response.status, corsFields(response)]).toEqual([403, { vary: ['Origin'] }]);
    }
    expect(upstream.received).toEqual([]);
    expect(JSON.stringify(world.decisions)).not.toContain('evil.example');
  });
  test('unless its method or its path could not be forwarded', async () => {
    under({ unmatched: 'deny' });
    expect((await world.call({ ...preflightOf(APP), target: '/api/%2e%2e/x' })).body).toMatchObject({
      code: 'path_invalid',
    });
    expect((await world.call({ ...preflightOf(APP), method: 'options' })).body).toMatchObject({
      code: 'request_invalid',
    });
  });
  test('an OPTIONS with fields missing or doubled is a request like any other', async () => {
    under({});
    const { 'access-control-request-method': _, ...without } = preflightOf(APP).headers ?? {};
    for (const headers of [without, preflightOf([APP, APP]).headers ?? {}]) {
      const response = await world.call({ method: 'OPTIONS', headers });
      expect(response.body).toMatchObject({ code: 'token_missing' });
      const sent = await world.call({ method: 'OPTIONS', headers: { ...headers, ...bearing } });
      expect(sent.status).toBe(200);
    }
  });
});

test('without "cors", only the upstream responds to browsers, and to preflights that a route lets through', async () => {
  world.parameters.policy = JSON.stringify({ routes: [{ path: '/*', corsPreflight: 'allow' }] });
  const theirs = Object.fromEntries(
    Object.entries(THEIRS).map(([name, value]) => [name.toLowerCase(), [value]]),
  );
  expect(corsFields(await world.call(from(EVIL, bearing)))).toEqual(theirs);
  expect(corsFields(await world.call(preflightOf(EVIL)))).toEqual(theirs);
  expect(upstream.received.map(({ method }) => method)).toEqual(['GET', 'OPTIONS']);
});

test('the request goes to the upstream unchanged', async () => {
  under({});
  await world.call(from(APP, bearing));
  expect(upstream.received.flatMap((request) => valuesOf(request, 'origin'))).toEqual([APP]);
});

describe('a cookie', () => {
  const web = { type: 'jwks', issuer: 'https://issuer.example', audience: 'web', jwksUri: JWKS_URI };
  const cookie = `__Host-a=${mint(KEY, claimsOf({ aud: 'web' }))}`;
  const policy = {
    providers: { web: { ...web, tokenFrom: [{ cookie: '__Host-a' }] } },
    routes: [{ path: '/*', providers: ['web'] }],
  };
  const post = (origin: string) => world.call({ method: 'POST', ...from(origin, { cookie }) });
  test('may change something from a page that may call', async () => {
    under(policy, { origins: [APP], credentials: true });
    expect((await post(APP)).status).toBe(200);
    expect((await post(EVIL)).body).toMatchObject({ code: 'origin_not_allowed' });
  });
  test('but not from one that may send no cookies, not even to open a WebSocket that it could read', async () => {
    under({ ...policy, publicOrigins: ['https://api.example.com'] }, { origins: [APP] });
    for (const origin of [APP, EVIL]) {
      expect((await post(origin)).body).toMatchObject({ code: 'origin_not_allowed' });
      const opening = { ...webSocketEvent(''), multiValueHeaders: { Cookie: [cookie], Origin: [origin] } };
      expect(JSON.stringify(await world.ask(opening))).toContain('"Effect":"Deny"');
      expect(world.decisions.at(-1)).toMatchObject({ code: 'origin_not_allowed' });
    }
  });
  test('but not from every page, even if every page may call', async () => {
    under({ ...policy, publicOrigins: ['https://api.example.com'] }, { origins: ['*'] });
    expect((await post('https://api.example.com')).status).toBe(200);
    const response = await post(EVIL);
    expect([response.status, corsFields(response)[ORIGIN]]).toEqual([403, ['*']]);
  });
});

test('an authorizer treats a preflight like any other request, because its API responds to preflights', async () => {
  const event = (origin: string, path: string) =>
    httpApiV2Event(undefined, {
      headers: { origin, 'access-control-request-method': 'PUT' },
      rawPath: path,
      requestContext: {
        apiId: 'abcdef123',
        domainName: 'abcdef123.execute-api.us-east-1.amazonaws.com',
        stage: '$default',
        http: { method: 'OPTIONS', path },
      },
    });
  under({ routes: [{ path: '/open/*', onUnauthenticatedRequest: 'allow' }] });
  for (const origin of [APP, EVIL]) {
    await expect(world.ask(event(origin, '/orders/7'))).rejects.toThrow('Unauthorized');
    expect(world.decisions.at(-1)).toMatchObject({ code: 'token_missing' });
    expect(await world.ask(event(origin, '/open/7'))).toMatchObject({ isAuthorized: true });
  }
});

test('whatever the origin and the path, the response is only for a listed page', async () => {
  under({ mode: 'report-only', routes: [{ path: '/api/a/*', mode: 'enforce' }] });
  const origin = fc.constantFrom(APP, EVIL, 'null', '', '*', `${APP}/`, `${APP}, ${EVIL}`);
  await fc.assert(
    fc.asyncProperty(
      fc.array(origin, { maxLength: 2 }),
      fc.constantFrom('GET', 'OPTIONS', 'PUT', 'HEAD', 'connect'),
      fc.constantFrom('/api/a/x', '/api/b', '/api/%2e%2e', '/api/A/x'),
      fc.constantFrom({}, bearing, { 'access-control-request-method': 'PUT' }),
      async (origins, method, target, headers) => {
        const response = await world.call({ method, target, ...from(origins, headers) });
        expect(response.headers[ORIGIN]).toEqual(
          origins.length === 1 && origins[0] === APP ? [APP] : undefined,
        );
        expect(response.headers.vary).toHaveLength(1);
        expect(response.headers['access-control-allow-credentials']).toBe(undefined);
        const granted = response.headers['access-control-allow-methods'] !== undefined;
        expect(granted).toBe(response.status === 204);
      },
    ),
    { numRuns: 100 },
  );
  expect(world.bugs).toEqual([]);
});
