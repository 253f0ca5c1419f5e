import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { TestRequest } from '../../support/alb-event.ts';
import { httpApiV2Event, restRequestEvent, webSocketEvent } from '../../support/authorizer-events.ts';
import { createKey } from '../../support/keys.ts';
import { startRecordingUpstream, valuesOf } from '../../support/recording-upstream.ts';
import { expectRejected, secretsOf } from '../../support/rejection.ts';
import { claimsOf, ISSUER, mint, NOW } from '../../support/tokens.ts';
import { createWorld, JWKS_URI, type World } from '../../support/world.ts';

const KEY = createKey('ES256', 'key-1');
const TOKEN = mint(KEY);
const EXPIRED = mint(KEY, claimsOf({ exp: NOW - 100 }));
const PAGE = 'https://app.example.com';

let upstream: Awaited<ReturnType<typeof startRecordingUpstream>>;
let world: World;
beforeEach(async () => {
  upstream = await startRecordingUpstream();
  world = createWorld(KEY);
  world.parameters.issuer = 'none';
  world.parameters.upstream = upstream.origin;
});
afterEach(() => upstream.close());

const APP = { type: 'jwks', issuer: ISSUER, jwksUri: JWKS_URI, audience: 'api.example.com' };

/** Has the tokens of `app` sent in these places, on one route or on all. */
function put(tokenFrom: readonly object[], route: object = {}, policy: object = {}): void {
  world.parameters.policy = JSON.stringify({
    publicOrigins: [PAGE],
    providers: {
      app: { ...APP, tokenFrom },
      other: { ...APP, issuer: 'https://other.example', jwksUri: JWKS_URI },
    },
    routes: [
      { path: '/api/other/*', providers: ['other'], onUnauthenticatedRequest: 'allow' },
      { path: '/api/*', providers: ['app'], ...route },
    ],
    ...policy,
  });
}
const sent = () => {
  const [request] = upstream.received.splice(0);
  if (request === undefined) throw new Error('Nothing reached the upstream.');
  return request;
};

/** How a client puts a token in each kind of place. */
const PLACES: readonly (readonly [object, (token: string) => TestRequest, field: string])[] = [
  [{ header: 'Authorization' }, (token) => ({ headers: { authorization: token } }), 'authorization'],
  [
    { header: 'authorization', scheme: 'JWT' },
    (token) => ({ headers: { authorization: `jwt ${token}` } }),
    'authorization',
  ],
  [
    { header: 'Cf-Access-Jwt-Assertion' },
    (token) => ({ headers: { 'cf-access-jwt-assertion': token } }),
    'cf-access-jwt-assertion',
  ],
  [
    { header: 'x-token', scheme: 'Token' },
    (token) => ({ headers: { 'x-token': `Token ${token}` } }),
    'x-token',
  ],
  [
    { cookie: '__Host-session' },
    (token) => ({ headers: { cookie: `a=1; __Host-session=${token}; b=2` } }),
    'cookie',
  ],
];
const QUERY = { query: 'token', everywhere: true };
const inQuery = (token: string): TestRequest => ({ target: `/api/x?a=1&token=${token}&b=%2F` });

describe.each(PLACES)('a token in %j', (place, carrying, field) => {
  test('is accepted there, and forwarded unchanged', async () => {
    put([place]);
    expect((await world.call(carrying(TOKEN))).status).toBe(200);
    const request = sent();
    expect(valuesOf(request, field)).toEqual([carrying(TOKEN).headers?.[field]]);
    expect(valuesOf(request, 'x-jwt-provider')).toEqual(['app']);
  });
  test('is dropped if the route strips it, and the rest of the field is forwarded', async () => {
    put([place], { stripToken: true });
    expect((await world.call(carrying(TOKEN))).status).toBe(200);
    expect(valuesOf(sent(), field)).toEqual(field === 'cookie' ? ['a=1; b=2'] : []);
  });
  test('is rejected there if it is bad, without being repeated', async () => {
    put([place]);
    for (const [bad, code] of [
      [EXPIRED, 'token_expired'],
      [`${TOKEN.slice(0, -4)}AAAA`, 'signature_invalid'],
      ['no-token-at-all', 'token_malformed'],
    ] as const) {
      const response = await world.call(carrying(bad));
      expectRejected(response, code, { world, upstream, secrets: secretsOf(bad) });
    }
  });
  test('is rejected beside a token in another place of the route, whichever is good', async () => {
    put([place, QUERY]);
    for (const other of [TOKEN, 'x']) {
      const response = await world.call({ ...carrying(TOKEN), target: `/api/x?token=${other}` });
      expectRejected(response, 'token_ambiguous', { world, upstream, secrets: secretsOf(TOKEN) });
    }
  });
  test('is rejected beside "access_token" in the query', async () => {
    put([place]);
    const response = await world.call({ ...carrying(TOKEN), target: '/api/x?access_token=x' });
    expectRejected(response, 'token_ambiguous', { world, upstream });
  });
  test('is rejected if the place appears twice', async () => {
    put([place]);
    const headers = Object.fromEntries(
      Object.entries(carrying(TOKEN).headers ?? {}).map(([name, value]) => [
        name,
        [String(value), String(value)],
      ]),
    );
    expectRejected(await world.call({ headers }), 'token_ambiguous', { world, upstream });
  });
  test('is not a credential in Authorization, nor is a bearer token in its place', async () => {
    put([place]);
    const response = await world.present(TOKEN);
    expectRejected(response, 'token_missing', { world, upstream, secrets: secretsOf(TOKEN) });
  });
  test('never reaches an upstream through a route that does not verify it, in any spelling of a field', async () => {
    put([place]);
    const request = { ...carrying(TOKEN), target: '/api/other/x' };
    expect((await world.call(request)).status).toBe(200);
    const { headers } = sent();
    expect(JSON.stringify(headers)).not.toContain(TOKEN);
    if (field === 'authorization' || field === 'cookie') return;
    const spelled = field.replaceAll('-', '_');
    expect((await world.call({ target: '/api/other/x', headers: { [spelled]: TOKEN } })).status).toBe(200);
    expect(JSON.stringify(sent().headers)).not.toContain(TOKEN);
    expect((await world.call({ headers: { ...carrying(TOKEN).headers, [spelled]: 'forged' } })).status).toBe(
      200,
    );
    expect(JSON.stringify(sent().headers)).not.toContain('forged');
  });
  test('is forwarded unverified in a dry run, which changes nothing', async () => {
    put([place], { mode: 'report-only' });
    expect((await world.call(carrying(EXPIRED))).status).toBe(200);
    const request = sent();
    expect(valuesOf(request, field)).toEqual([carrying(EXPIRED).headers?.[field]]);
    expect(valuesOf(request, 'x-jwt-provider')).toEqual([]);
  });
});

describe('a token in the query', () => {
  test('is accepted if the provider reads it everywhere, and never forwarded', async () => {
    put([QUERY]);
    expect((await world.call(inQuery(TOKEN))).status).toBe(200);
    expect(sent().target).toBe('/api/x?a=1&b=%2F');
  });
  test.each(['token', 'tok%65n', '%74oken'])('is recognized under the name %s', async (name) => {
    put([QUERY]);
    expect((await world.call({ target: `/api/x?${name}=${TOKEN}` })).status).toBe(200);
    expect(sent().target).toBe('/api/x');
    const twice = await world.call({ target: `/api/x?token=${TOKEN}&${name}=${TOKEN}` });
    expectRejected(twice, 'token_ambiguous', { world });
  });
  test('is ignored if the provider reads it only on $connect, and still not forwarded', async () => {
    put([{ query: 'token' }], { onUnauthenticatedRequest: 'allow' });
    expect((await world.call(inQuery(TOKEN))).status).toBe(200);
    const request = sent();
    expect(request.target).toBe('/api/x?a=1&b=%2F');
    expect(valuesOf(request, 'x-jwt-provider')).toEqual([]);
  });
  test('is forwarded neither by another route nor in a dry run', async () => {
    put([QUERY], { mode: 'report-only' });
    for (const target of ['/api/other/x', '/api/x']) {
      expect((await world.call({ target: `${target}?token=${EXPIRED}` })).status).toBe(200);
      expect(sent().target).toBe(target);
    }
  });
  test('is rejected without being repeated', async () => {
    put([QUERY]);
    for (const bad of [EXPIRED, 'x.y.z', '%ff.%zz', 'a%20b']) {
      const response = await world.call({ target: `/api/x?token=${bad}` });
      expect(response.status).toBe(401);
      expect(JSON.stringify([response.raw, world.decisions, world.events])).not.toContain(bad);
    }
    expect(upstream.received).toEqual([]);
  });
});

describe('a token in a cookie', () => {
  const cookie = { cookie: `__Host-session=${TOKEN}` };
  beforeEach(() => put([{ cookie: '__Host-session' }, { header: 'authorization', scheme: 'Bearer' }]));

  test.each(['GET', 'HEAD', 'OPTIONS'])('needs no Origin with %s', async (method) => {
    for (const headers of [cookie, { ...cookie, origin: 'https://evil.example' }]) {
      expect((await world.call({ method, headers })).status).toBe(200);
    }
  });
  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'SEARCH'])(
    'with %s may come from one of our pages',
    async (method) => {
      expect((await world.call({ method, headers: { ...cookie, origin: PAGE } })).status).toBe(200);
    },
  );
  test.each<[string, Record<string, string | string[]>]>([
    ['no Origin', {}],
    ['null', { origin: 'null' }],
    ['another host', { origin: 'https://evil.example' }],
    ['a host with the same ending', { origin: 'https://evil-app.example.com' }],
    ['a host with the same beginning', { origin: 'https://app.example.com.evil.example' }],
    ['another scheme', { origin: 'http://app.example.com' }],
    ['another port', { origin: 'https://app.example.com:8443' }],
    ['upper case', { origin: 'https://APP.example.com' }],
    ['a slash at the end', { origin: 'https://app.example.com/' }],
    ['two origins in one field', { origin: `${PAGE}, https://evil.example` }],
    ['two fields', { origin: [PAGE, PAGE] }],
    ['only a Referer', { referer: `${PAGE}/page` }],
    ['no Origin, although a browser says that it is the same', { 'sec-fetch-site': 'same-origin' }],
  ])('with POST is rejected with %s', async (_, fields) => {
    const response = await world.call({ method: 'POST', headers: { ...cookie, ...fields } });
    expectRejected(response, 'origin_not_allowed', { world, upstream, secrets: secretsOf(TOKEN) });
  });
  test('a bearer token needs no Origin, because no browser adds it', async () => {
    expect((await world.present(TOKEN, { method: 'POST' })).status).toBe(200);
  });
  test.each([
    ['twice in one field', `__Host-session=${TOKEN}; __Host-session=x`],
    ['twice, once empty', `__Host-session=; __Host-session=${TOKEN}`],
    ['twice, once quoted', `__Host-session="x";__Host-session=${TOKEN}`],
  ])('is rejected %s', async (_, value) => {
    expectRejected(await world.call({ headers: { cookie: value } }), 'token_ambiguous', { world, upstream });
  });
  test.each([
    ['in quotes', `__Host-session="${TOKEN}"`],
    ['without a space between', `a=1;__Host-session=${TOKEN};b`],
    ['between others that are not pairs', `x; __Host-session=${TOKEN}; =y`],
  ])('is found %s', async (_, value) => {
    expect((await world.call({ headers: { cookie: value } })).status).toBe(200);
  });
  test.each([
    ['empty', '__Host-session='],
    ['under a name in another case', `__host-session=${TOKEN}`],
    ['under a name with the same ending', `x__Host-session=${TOKEN}`],
    ['as the value of another', `a=__Host-session=${TOKEN}`],
  ])('is not found %s', async (_, value) => {
    expectRejected(await world.call({ headers: { cookie: value } }), 'token_missing', { world, upstream });
  });
});

describe('on the $connect of a WebSocket', () => {
  const connect = { path: '/$connect' };
  const event = (changes: object) => ({
    ...webSocketEvent('x'),
    headers: {},
    multiValueHeaders: {},
    ...changes,
  });
  const outcomeOf = async (changes: object) => {
    const result = await world.ask(event(changes)).catch((error: Error) => error.message);
    return typeof result === 'string'
      ? result
      : JSON.stringify(result).includes('"Allow"')
        ? 'allowed'
        : 'denied';
  };
  const inParameters = (parameters: Record<string, string[]>) => ({
    multiValueQueryStringParameters: parameters,
    queryStringParameters: {},
  });
  const offering = (...values: string[]) => ({ multiValueHeaders: { 'Sec-WebSocket-Protocol': values } });

  test('a token may be in the query', async () => {
    put([{ query: 'token' }], connect);
    expect(await outcomeOf(inParameters({ token: [TOKEN], a: ['1'] }))).toBe('allowed');
    expect(await outcomeOf(inParameters({ token: [EXPIRED] }))).toBe('Unauthorized');
    expect(await outcomeOf(inParameters({ Token: [TOKEN] }))).toBe('Unauthorized');
    expect(await outcomeOf(inParameters({ token: [TOKEN, TOKEN] }))).toBe('denied');
    expect(JSON.stringify([world.decisions, world.events])).not.toMatch(/eyJ/);
  });
  test.each([
    ['after its marker', ['access_token', TOKEN], 'allowed'],
    ['in one field', [`graphql-ws, access_token, ${TOKEN}`], 'allowed'],
    ['in fields of their own', ['graphql-ws', 'access_token', TOKEN], 'allowed'],
    ['not after its marker', [TOKEN, 'access_token'], 'Unauthorized'],
    ['without its marker', [TOKEN], 'Unauthorized'],
    ['after a marker in another case', ['Access_Token', TOKEN], 'Unauthorized'],
    ['after two markers', ['access_token', TOKEN, 'access_token', TOKEN], 'denied'],
  ])('a token may be a subprotocol: %s', async (_, values, verdict) => {
    put([{ webSocketProtocol: 'access_token' }], connect);
    expect(await outcomeOf(offering(...values))).toBe(verdict);
  });
  test('a subprotocol and a token in the query are two credentials', async () => {
    put([{ webSocketProtocol: 'access_token' }, { query: 'token' }], connect);
    const both = { ...offering('access_token', TOKEN), ...inParameters({ token: [TOKEN] }) };
    expect(await outcomeOf(both)).toBe('denied');
    expect(world.decisions.at(-1)).toMatchObject({ code: 'token_ambiguous' });
  });
  test.each([
    [PAGE, 'allowed'],
    [undefined, 'denied'],
    ['null', 'denied'],
    ['https://evil.example', 'denied'],
  ])('a cookie from the page %s: %s', async (origin, verdict) => {
    put([{ cookie: '__Host-session' }], connect);
    const headers = {
      Cookie: [`__Host-session=${TOKEN}`],
      ...(origin === undefined ? {} : { Origin: [origin] }),
    };
    expect(await outcomeOf({ multiValueHeaders: headers })).toBe(verdict);
    if (verdict === 'denied') expect(world.decisions.at(-1)).toMatchObject({ code: 'origin_not_allowed' });
  });
  test('a bearer token is still a credential', async () => {
    put([{ header: 'authorization', scheme: 'Bearer' }], connect);
    expect(await outcomeOf({ multiValueHeaders: { Authorization: [`Bearer ${TOKEN}`] } })).toBe('allowed');
  });
});

describe('an ordinary authorizer', () => {
  test('finds a cookie where an HTTP API puts it', async () => {
    put([{ cookie: '__Host-session' }], { path: '/orders/*' });
    const event = httpApiV2Event(undefined, { cookies: ['a=1', `__Host-session=${TOKEN}`] });
    expect(await world.ask(event)).toMatchObject({ isAuthorized: true, context: { provider: 'app' } });
  });
  test('ignores a token in the query of a request that opens no WebSocket', async () => {
    put([{ query: 'token' }], { path: '/orders/*' });
    const event = restRequestEvent(undefined, { queryStringParameters: { token: TOKEN } });
    await expect(world.ask(event)).rejects.toThrow('Unauthorized');
  });
});
