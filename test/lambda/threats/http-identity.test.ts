import { describe, expect, test } from '@jest/globals';
import { underAttack } from '../../support/attack.ts';
import { createKey } from '../../support/keys.ts';
import { valuesOf } from '../../support/recording-upstream.ts';
import { CANARY, expectRejected } from '../../support/rejection.ts';
import { claimsOf, ISSUER, mint } from '../../support/tokens.ts';

const attack = underAttack(createKey('ES256'));
const received = () => {
  const [request] = attack.upstream.received;
  if (request === undefined) throw new Error('nothing has reached the upstream');
  return request;
};
const present = (headers: Record<string, string | string[]>, claims: object = claimsOf()) =>
  attack.world.present(mint(attack.key, claims), { headers });

/** Every identity header that the upstream got, however its name is spelled. */
const identityOf = () =>
  received()
    .headers.map(([name, value]) => [name.toLowerCase().replaceAll('_', '-'), value])
    .filter(([name]) => /^x-(jwt|amzn-oidc|amzn-ava)-/.test(String(name)));

const OURS = [
  ['x-jwt-provider', 'default'],
  ['x-jwt-issuer', ISSUER],
  ['x-jwt-subject', 'client-1'],
  ['x-jwt-client-id', 'client-1'],
  ['x-jwt-scope', 'read write'],
];

describe('what a client sends as identity (CVE-2025-64484, CVE-2025-48865) never reaches the upstream; ours does', () => {
  const cases: [string, Record<string, string | string[]>][] = [
    ['x-jwt-subject', { 'x-jwt-subject': CANARY }],
    ['X-JWT-Subject', { 'X-JWT-Subject': CANARY }],
    ['X_JWT_Subject', { X_JWT_Subject: CANARY }],
    ['a mixture of both', { 'X-Jwt_Subject': CANARY, x_jwt_scope: 'admin' }],
    ['it twice', { 'x-jwt-subject': [CANARY, CANARY], 'X-Jwt-Subject': [CANARY] }],
    ['one that we do not send', { 'x-jwt-admin': CANARY, 'x-jwt-': CANARY }],
    ['Connection: x-jwt-subject', { connection: 'x-jwt-subject, x-jwt-provider' }],
    ['both it and Connection', { connection: ['close', 'x-jwt-subject'], 'x-jwt-subject': CANARY }],
    ['x-amzn-oidc-identity', { 'x-amzn-oidc-identity': CANARY, 'x-amzn-oidc-accesstoken': CANARY }],
    ['x-amzn-oidc-data', { 'x-amzn-oidc-data': mint(attack.key), X_AMZN_OIDC_DATA: CANARY }],
    [
      'x-amzn-ava-user-context',
      { 'x-amzn-ava-user-context': mint(attack.key), 'x_amzn_ava-user_context': CANARY },
    ],
    ['Connection: x-amzn-oidc-data', { connection: 'x-amzn-oidc-data', 'x-amzn-oidc-data': CANARY }],
  ];
  test.each(cases)('%s', async (_, headers) => {
    expect((await present(headers)).status).toBe(200);
    expect(identityOf()).toEqual(OURS);
    expect(JSON.stringify(received())).not.toContain(CANARY);
  });
  test('nor if the token does not say who is calling', async () => {
    const { sub: _s, client_id: _c, scope: _, ...claims } = claimsOf();
    await present({ 'x-jwt-subject': CANARY, 'x-jwt-client-id': CANARY, 'x-jwt-scope': CANARY }, claims);
    expect(identityOf()).toEqual(OURS.slice(0, 2));
  });
});

describe('a claim value', () => {
  test.each([
    ['with CR LF', 'a\r\nx-jwt-scope: admin', "UTF-8''a%0D%0Ax-jwt-scope%3A%20admin"],
    ['with NUL', 'a\0b', "UTF-8''a%00b"],
    ['of emoji', '😀', "UTF-8''%F0%9F%98%80"],
    ['in Latin-1', 'Zoë', "UTF-8''Zo%C3%AB"],
    ['with a space at its end', 'a ', "UTF-8''a%20"],
    ['empty', '', ''],
  ])('%s is encoded, never split', async (_, sub, value) => {
    expect((await present({}, claimsOf({ sub }))).status).toBe(200);
    expect(valuesOf(received(), 'x-jwt-subject')).toEqual([value]);
    expect(valuesOf(received(), 'x-jwt-scope')).toEqual(['read write']);
  });
  test('with 5 KB is rejected, never cut', async () => {
    const response = await present({}, claimsOf({ sub: 'x'.repeat(5000) }));
    const { world, upstream } = attack;
    expectRejected(response, 'identity_unforwardable', { world, upstream });
    expect(world.decisions.at(-1)).toMatchObject({ provider: 'default', kid: attack.key.kid });
  });
  test('with an integer beyond 2^53 is rejected if a route maps it, never sent as its neighbour', async () => {
    const { world, upstream } = attack;
    world.parameters.policy = JSON.stringify({
      routes: [{ path: '/*', headers: { 'x-jwt-tenant': 'tenant' } }],
    });
    const claims = JSON.stringify(claimsOf()).replace('{', '{"tenant":1234567890123456789,');
    const response = await world.present(mint(attack.key, claims));
    expectRejected(response, 'identity_unforwardable', { world, upstream });
  });
  test('with 20 KB makes the token too long', async () => {
    const response = await present({}, claimsOf({ sub: 'x'.repeat(20_000) }));
    expectRejected(response, 'token_malformed', { world: attack.world, upstream: attack.upstream });
  });
});

describe('the other headers', () => {
  test('are forwarded in order, with every duplicate except Cookie, and with the token', async () => {
    const token = mint(attack.key);
    await attack.world.present(token, {
      headers: {
        accept: ['a', 'b'],
        cookie: ['a=1; b=2', 'c=3'],
        'x-forwarded-for': '192.0.2.1',
        'x-amzn-trace-id': 'Root=1',
        'x-amzn-requestid': '1',
      },
    });
    // Node.js 20 adds its own Connection field, which is not the client's.
    const added = /^(?:x-jwt-.*|x-request-id|host|x-forwarded-host|connection)$/i;
    expect(received().headers.filter(([name]) => !added.test(name))).toEqual([
      ['accept', 'a'],
      ['accept', 'b'],
      ['cookie', 'a=1; b=2; c=3'],
      ['x-forwarded-for', '192.0.2.1'],
      ['x-amzn-trace-id', 'Root=1'],
      ['x-amzn-requestid', '1'],
      ['authorization', `Bearer ${token}`],
    ]);
  });
  test('that are hop-by-hop are dropped, and the body is framed by us', async () => {
    const headers = {
      'transfer-encoding': 'chunked',
      'content-length': ['5', '999'],
      expect: '100-continue',
      upgrade: 'h2c',
      'http2-settings': 'x',
      trailer: 'x',
      te: 'trailers',
      'keep-alive': 'timeout=1',
      'proxy-authorization': 'Basic x',
      'proxy-authenticate': 'Basic',
      'proxy-connection': 'close',
      connection: 'close, x-private',
    };
    await attack.world.present(mint(attack.key), { headers, method: 'POST', body: 'hello' });
    const sent = received();
    const ours = [
      'host',
      'x-request-id',
      'x-forwarded-host',
      'authorization',
      'content-length',
      'connection',
    ];
    const others = sent.headers
      .map(([name]) => name.toLowerCase())
      .filter((name) => !name.startsWith('x-jwt-'));
    expect(others.filter((name) => !ours.includes(name))).toEqual([]);
    expect(valuesOf(sent, 'content-length')).toEqual(['5']);
    expect(valuesOf(sent, 'connection')).not.toContain('close, x-private');
    expect(sent.body.toString()).toBe('hello');
  });
  test('cannot be dropped by naming them in Connection', async () => {
    await present({
      connection: 'x-forwarded-for, authorization, cookie, x-amzn-trace-id, x-real-ip, via, content-type',
      'x-forwarded-for': '192.0.2.1',
      'x-amzn-trace-id': 'Root=1',
      'x-real-ip': '192.0.2.1',
      via: '1.1 edge',
      'content-type': 'text/plain',
      cookie: 'a=1',
    });
    for (const name of [
      'x-forwarded-for',
      'x-amzn-trace-id',
      'cookie',
      'authorization',
      'x-real-ip',
      'via',
      'content-type',
    ]) {
      expect([name, valuesOf(received(), name).length]).toEqual([name, 1]);
    }
  });
  test('in a script other than Latin are forwarded as UTF-8', async () => {
    expect((await present({ 'x-city': '東京' })).status).toBe(200);
    const [value] = valuesOf(received(), 'x-city');
    expect(Buffer.from(value ?? '', 'latin1').toString('utf8')).toBe('東京');
  });
  test.each([
    ['a control character', { 'x-city': 'a\u0001b' }],
    ['a line break', { 'x-city': 'a\r\nx-jwt-subject: root' }],
    ['NUL', { 'x-city': 'a\0' }],
    ['a name that is not a token', { 'x city': 'a' }],
    ['a line break in a name', { 'x-city: a\r\nx-jwt-subject': 'root' }],
    ['an empty name', { '': 'a' }],
  ])('with %s make the request a 400', async (_, headers) => {
    const { world, upstream } = attack;
    expectRejected(await present(headers), 'request_invalid', { world, upstream });
  });
  test('of that kind are not forwarded in a dry run either', async () => {
    const { world, upstream } = attack;
    world.parameters.policy = '{"mode":"report-only"}';
    const headers = { 'x-city': 'a\u0001b', authorization: 'Bearer a.\nb' };
    expectRejected(await world.call({ headers }), 'request_invalid', { world, upstream });
    expect(world.decisions.at(-1)).not.toHaveProperty('reported');
  });
});
