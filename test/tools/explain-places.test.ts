import { describe, expect, test } from '@jest/globals';
import { render } from '../../tools/explain/render.ts';
import { claimsOf, ISSUER, mint } from '../support/tokens.ts';
import { ask, KEYS, type Question } from './explain-world.ts';

const jwks = { type: 'jwks', issuer: ISSUER, jwksUri: `${ISSUER}/jwks` };
const POLICY = {
  publicOrigins: ['https://app.example.com'],
  providers: {
    web: { ...jwks, audience: 'web', tokenFrom: [{ cookie: '__Host-session' }] },
    live: {
      ...jwks,
      audience: 'web',
      tokenFrom: [{ query: 'token' }, { webSocketProtocol: 'access_token' }],
    },
    proxy: { ...jwks, audience: 'web', tokenFrom: [{ header: 'cf-access-jwt-assertion' }] },
    access: {
      ...jwks,
      audience: 'web',
      audienceClaim: 'client_id',
      requiredClaims: { token_use: { equals: 'access' } },
    },
    id: { ...jwks, audience: 'web', requiredClaims: { token_use: { equals: 'id' } } },
  },
  routes: [
    { path: '/api/web/*', providers: ['web'] },
    { path: '/api/proxy/*', providers: ['proxy'] },
    { path: '/api/pool/*', providers: ['access', 'id'] },
    { path: '/api/live/*', providers: ['live'] },
    { path: '/api/open/*', onUnauthenticatedRequest: 'allow' },
    { path: '/api/mixed/*', onUnauthenticatedRequest: 'allow', providers: ['web'] },
    { path: '/$connect', providers: ['live', 'web'] },
  ],
};
const token = (claims: object = {}) => mint(KEYS.issuer, claimsOf({ aud: 'web', ...claims }));
const explanationFor = async (question: Partial<Question>) => {
  const explanation = await ask({
    token: token(),
    policy: POLICY,
    parameters: { issuer: 'none', audience: '', 'jwks-uri': '' },
    ...question,
  });
  return { text: render(explanation), ...explanation };
};

describe('puts the token where the route looks first', () => {
  test.each([
    ['GET /api/web/x', 'a token of', 'the cookie __Host-session'],
    ['GET /api/proxy/x', 'a token of', 'cf-access-jwt-assertion'],
    ['GET /$connect', 'a token of', 'the query parameter token'],
  ])('%s', async (request, ...texts) => {
    const { text, verdict } = await explanationFor({ request });
    for (const each of texts) expect(text).toContain(each);
    expect(verdict).toMatchObject({ allowed: true });
  });
  test('or where the option says', async () => {
    const elsewhere = await explanationFor({
      request: 'GET /$connect',
      carrier: 'websocket-protocol:access_token',
    });
    expect(elsewhere.verdict.allowed).toBe(true);
    const { text, verdict } = await explanationFor({ request: 'GET /api/web/x', carrier: 'authorization' });
    expect(verdict).toMatchObject({ code: 'token_missing' });
    expect(text).toContain('the token is in authorization, where this route does not look');
  });
});

test('rejects a cookie without an origin for an unsafe method, and says what to send', async () => {
  const { text, verdict } = await explanationFor({ request: 'POST /api/web/x' });
  expect(verdict).toMatchObject({ code: 'origin_not_allowed', status: 403 });
  expect(text).toContain('a cookie with this method needs an Origin header');
  expect(text).toContain('pages of https://app.example.com may send it; add one with --header "Origin: …"');
  const headers = [['origin', 'https://app.example.com']] as const;
  expect((await explanationFor({ request: 'POST /api/web/x', headers })).verdict.allowed).toBe(true);
});

describe('for providers that share an issuer', () => {
  test('names the one that accepts the token, and why the others do not', async () => {
    const { text, verdict } = await explanationFor({
      request: 'GET /api/pool/x',
      token: token({ token_use: 'id', client_id: undefined }),
    });
    expect(verdict.allowed).toBe(true);
    expect(text).toContain(
      'the token may belong to access and id, which are tried in this order; id accepts it',
    );
    expect(text).toContain('access rejects it: "client_id" is missing');
  });
  test('explains the one that the token gets furthest with, if none accepts it', async () => {
    const claims = { token_use: 'refresh', client_id: undefined };
    const { text, verdict } = await explanationFor({ request: 'GET /api/pool/x', token: token(claims) });
    expect(verdict).toMatchObject({ code: 'claim_not_accepted' });
    expect(text).toContain('but none accepts it; it gets furthest with id');
    expect(text).toContain('the rule for "token_use"');
  });
});

test('rejects a cookie that opens a WebSocket without an Origin', async () => {
  const { text } = await explanationFor({ request: 'GET /$connect', carrier: 'cookie:__Host-session' });
  expect(text).toContain('a cookie on a WebSocket needs an Origin header, but there is none');
});

test('says that a provider accepts tokens only on $connect', async () => {
  const { text, verdict } = await explanationFor({ request: 'GET /api/live/x', carrier: 'query:token' });
  expect(verdict).toMatchObject({ code: 'token_missing' });
  expect(text).toContain(
    "no credential: the route accepts tokens only on a WebSocket's $connect [token_missing]",
  );
});

describe('a route that lets requests through without an identity', () => {
  test('looks for no credential if it names no provider', async () => {
    const { text, verdict, upstream } = await explanationFor({ request: 'GET /api/open/x' });
    expect(verdict).toMatchObject({ allowed: true });
    expect(upstream).toMatchObject({ token: false, identity: [] });
    expect(text).toContain('routes.4 (/api/open/*) is the first that matches; required: no credential\n');
    expect(text).toContain(
      'no provider, so no credential is looked for, and none that was sent is forwarded',
    );
    expect(text).not.toContain('FAIL');
  });
  test('says where it did not look for the token', async () => {
    const { text, verdict } = await explanationFor({ request: 'GET /api/mixed/x', carrier: 'authorization' });
    expect(verdict).toMatchObject({ allowed: true });
    expect(text).toContain('the token is in authorization, where this route does not look');
  });
});

test('says that a path without a route is denied because there is no default provider', async () => {
  const { text, verdict } = await explanationFor({ request: 'GET /elsewhere' });
  expect(verdict).toMatchObject({ code: 'route_missing' });
  expect(text).toContain('there is no default provider: "issuer" is "none"');
  expect(text.match(/FAIL/g)).toHaveLength(1);
});

test('moves a token in a pasted request to where --carrier says, or says that it found none', async () => {
  const moved = { request: 'GET /api/web/x', carrier: 'cookie:__Host-session' };
  const { text, verdict } = await explanationFor({ ...moved, token: `Authorization: Bearer ${token()}` });
  expect(text).toContain('Note     the token was moved from where it was pasted to where --carrier says');
  expect(verdict).toMatchObject({ allowed: true });
  const none = await explanationFor({ ...moved, token: 'Authorization: Basic bWU6c2VjcmV0' });
  expect(none.text).toContain('Note     no token was seen in it that --carrier could move');
  expect(none.verdict.code).toBe('token_missing');
});
