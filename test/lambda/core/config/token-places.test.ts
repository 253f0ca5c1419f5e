import { describe, expect, test } from '@jest/globals';
import { parseAccess } from '../../../../lambda/core/config/parse.ts';
import { warningLine } from '../../../../lambda/core/config/warning.ts';

/** Problems of a policy whose only provider has its tokens in these places. */
async function problemsOf(tokenFrom: readonly object[], policy: object = {}, cached = false) {
  const parsed = await parse(tokenFrom, policy, cached);
  return 'problems' in parsed ? parsed.problems.map(({ message }) => message) : [];
}

/** Warnings of the same policy, for one route. */
async function warningsOf(tokenFrom: readonly object[], route: object) {
  const parsed = await parse(tokenFrom, { routes: [{ providers: ['app'], ...route }] });
  return 'value' in parsed
    ? parsed.value.warnings.map(warningLine)
    : parsed.problems.map(({ message }) => message);
}

function parse(tokenFrom: readonly object[], policy: object, cached = false) {
  const providers = { app: { type: 'jwks', issuer: 'https://idp.example', audience: 'api', tokenFrom } };
  const routes = [{ path: '/api/*', providers: ['app'] }];
  return parseAccess(
    { issuer: 'none', upstream: 'whoami', policy: JSON.stringify({ providers, routes, ...policy }) },
    { egress: true, cached, bodies: true },
  );
}

describe('a header field with another meaning cannot hold a token', () => {
  test.each([
    ...['Connection', 'host', 'Content-Type', 'content-length', 'transfer-encoding', 'proxy-authorization'],
    ...['cookie', 'origin', 'sec-websocket-protocol', 'sec-fetch-site', 'x-forwarded-for', 'via'],
    ...[
      'x-jwt-subject',
      'X-JWT-Assertion',
      'x_forwarded_for',
      'Content.Type',
      'x-request-id',
      'x_jwt_subject',
      'x-amzn-oidc-identity',
      'x-amzn-mtls-clientcert',
    ],
    ...['x-amzn-trace-id', 'x-original-url', 'x-http-method-override', 'access-control-request-method'],
  ])('%s', async (header) => {
    expect(await problemsOf([{ header }])).toEqual([
      expect.stringContaining(
        `providers.app.tokenFrom.0: the header field ${header.toLowerCase()} cannot hold a token: use `,
      ),
    ]);
  });
  test.each([
    ['Cookie', '{"cookie": NAME}'],
    ['Sec-WebSocket-Protocol', '{"webSocketProtocol": NAME}'],
    ['Host', 'another one'],
  ])('the message for %s says what to use instead', async (header, instead) => {
    expect(await problemsOf([{ header }])).toEqual([
      expect.stringMatching(`cannot hold a token: use ${instead}$`),
    ]);
  });
  test.each([
    ['x-amzn-oidc-data', 'alb-oidc'],
    ['X-Amzn-Ava-User-Context', 'verified-access'],
  ])('%s, which is for providers of the type %s', async (header, type) => {
    expect(await problemsOf([{ header }])).toEqual([
      expect.stringContaining(`only providers of the type ${type} read`),
    ]);
  });
  test('a scheme whose tokens need a proof', async () => {
    expect(await problemsOf([{ header: 'authorization', scheme: 'DPoP' }])).toEqual([
      'providers.app.tokenFrom.0: the scheme DPoP is not supported, because proofs of possession are not checked',
    ]);
  });
  test('but a proxy in front may add a field of its own', async () => {
    for (const header of [
      'cf-access-jwt-assertion',
      'X-Goog-IAP-JWT-Assertion',
      'authorization',
      'x-api-token',
    ]) {
      expect(await problemsOf([{ header }])).toEqual([]);
    }
  });
});

describe('a cookie', () => {
  test('needs the origins of the pages that may send it', async () => {
    expect(await problemsOf([{ cookie: '__Host-a' }])).toEqual([
      'providers.app.tokenFrom: a cookie needs "publicOrigins", or "cors" with "credentials": true, to list the pages that may send it',
    ]);
    expect(
      await problemsOf([{ cookie: '__Host-a' }], { publicOrigins: ['https://app.example.com'] }),
    ).toEqual([]);
  });
  test.each([
    ['https://app.example.com/', 'must be https://app.example.com, as browsers send it'],
    ['https://app.example.com/path', 'must be https://app.example.com, as browsers send it'],
    ['https://App.example.com', 'must be https://app.example.com, as browsers send it'],
    ['https://app.example.com:443', 'must be https://app.example.com, as browsers send it'],
    ['http://app.example.com', 'must be https (http is for loopback only)'],
    ['*', 'must be one origin such as https://app.example.com, without wildcards'],
    ['null', 'must be one origin such as https://app.example.com, without wildcards'],
    ['app.example.com', 'must be one origin such as https://app.example.com, without wildcards'],
    ['file:///tmp', 'must be one origin such as https://app.example.com, without wildcards'],
    ['https://*.example.com', 'must be one origin such as https://app.example.com, without wildcards'],
  ])('and %s is no such origin', async (origin, message) => {
    expect(
      await problemsOf([{ cookie: '__Host-a' }], { publicOrigins: ['https://a.example', origin] }),
    ).toEqual([`publicOrigins.1: ${message}`]);
  });
  test('may come from a page on this machine', async () => {
    const publicOrigins = ['http://localhost:3000', 'http://127.0.0.1:8080', 'http://[::1]:1'];
    expect(await problemsOf([{ cookie: '__Host-a' }], { publicOrigins })).toEqual([]);
  });
});

test('each kind of place is recognized by its member, and two in one are a problem', async () => {
  for (const bad of [
    {},
    { header: 'a', cookie: 'b' },
    { cookie: '' },
    { query: 'a b' },
    { cookie: 'a;b' },
    { scheme: 'Bearer' },
  ]) {
    expect(await problemsOf([bad], { publicOrigins: ['https://a.example'] })).toHaveLength(1);
  }
});

describe('tokens that can come only with the opening of a WebSocket', () => {
  const PLACES = [{ query: 'token' }, { webSocketProtocol: 'access_token' }];
  test.each(['/api/*', '/connect', '/'])('cannot come to the route %s, which is a warning', async (path) => {
    expect(await warningsOf(PLACES, { path })).toEqual([
      `policy: routes.0 (${path}): its providers accept tokens only on a WebSocket's $connect, so every request is rejected: give one of them another place in "tokenFrom"`,
    ]);
  });
  test.each(['/$connect', '/*', '/$*', '/?connect'])('can come to the route %s', async (path) => {
    expect(await warningsOf(PLACES, { path })).toEqual([]);
  });
  test('are no problem if a route has another place, or lets requests through without an identity', async () => {
    expect(await warningsOf([...PLACES, { header: 'x-token' }], { path: '/api/*' })).toEqual([]);
    expect(await warningsOf([{ query: 'token', everywhere: true }], { path: '/api/*' })).toHaveLength(1);
    expect(await warningsOf(PLACES, { path: '/api/*', onUnauthenticatedRequest: 'allow' })).toEqual([]);
  });
});

describe('if an API caches the responses of an authorizer by Authorization', () => {
  test.each([
    [[{ header: 'authorization', scheme: 'Bearer' }], true],
    [[{ header: 'Authorization', scheme: 'bearer' }], true],
    [[{ header: 'x-token' }], false],
    [[{ header: 'authorization' }], false],
    [[{ header: 'authorization', scheme: 'Bearer' }, { query: 'token' }], false],
    [[{ webSocketProtocol: 'access_token' }], false],
  ])('tokens from %j are accepted: %s', async (tokenFrom, accepted) => {
    const problems = await problemsOf(tokenFrom, {}, true);
    expect(problems).toEqual(accepted ? [] : [expect.stringContaining('deploy with authorizerCache=false')]);
    expect(await problemsOf(tokenFrom, {}, false)).toEqual([]);
  });
});
