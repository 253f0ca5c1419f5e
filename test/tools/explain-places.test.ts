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
    { path: '/$connect', providers: ['live'] },
  ],
};
const token = (claims: object = {}) => mint(KEYS.issuer, claimsOf({ aud: 'web', ...claims }));
const asked = async (question: Partial<Question>) => {
  const explanation = await ask({
    token: token(),
    policy: POLICY,
    parameters: { issuer: 'none', audience: '', 'jwks-uri': '' },
    ...question,
  });
  return { text: render(explanation), ...explanation };
};

describe('the token is put where the route takes it', () => {
  test.each([
    ['GET /api/web/x', 'a token of', 'the cookie __Host-session'],
    ['GET /api/proxy/x', 'a token of', 'cf-access-jwt-assertion'],
    ['GET /$connect', 'a token of', 'the query parameter token'],
  ])('%s', async (request, ...texts) => {
    const { text, verdict } = await asked({ request });
    for (const each of texts) expect(text).toContain(each);
    expect(verdict).toMatchObject({ allowed: true });
  });
  test('or where the argument says', async () => {
    const elsewhere = await asked({ request: 'GET /$connect', carrier: 'websocket-protocol:access_token' });
    expect(elsewhere.verdict.allowed).toBe(true);
    const { text, verdict } = await asked({ request: 'GET /api/web/x', carrier: 'authorization' });
    expect(verdict).toMatchObject({ code: 'token_missing' });
    expect(text).toContain('the token is in authorization, where this route does not look');
  });
});

test('a cookie from nowhere is refused with an unsafe method, and what to send is said', async () => {
  const { text, verdict } = await asked({ request: 'POST /api/web/x' });
  expect(verdict).toMatchObject({ code: 'origin_not_allowed', status: 403 });
  expect(text).toContain('a cookie with this method needs an Origin header');
  expect(text).toContain('"publicOrigins" has https://app.example.com; --header "Origin: …" sends one');
  const headers = [['origin', 'https://app.example.com']] as const;
  expect((await asked({ request: 'POST /api/web/x', headers })).verdict.allowed).toBe(true);
});

describe('of providers that share an issuer', () => {
  test('the one that accepts the token is named, and why the others do not', async () => {
    const { text, verdict } = await asked({
      request: 'GET /api/pool/x',
      token: token({ token_use: 'id', client_id: undefined }),
    });
    expect(verdict.allowed).toBe(true);
    expect(text).toContain('the token can be of access and id, which are tried in this order; id accepts it');
    expect(text).toContain('access refuses it: "client_id" is missing');
  });
  test('the one that it comes furthest with is explained where none accepts it', async () => {
    const claims = { token_use: 'refresh', client_id: undefined };
    const { text, verdict } = await asked({ request: 'GET /api/pool/x', token: token(claims) });
    expect(verdict).toMatchObject({ code: 'claim_not_accepted' });
    expect(text).toContain('none accepts it; it comes furthest with id');
    expect(text).toContain('the rule for "token_use"');
  });
});

test('a path without a route is denied because there is no default provider', async () => {
  const { text, verdict } = await asked({ request: 'GET /elsewhere' });
  expect(verdict).toMatchObject({ code: 'route_missing' });
  expect(text).toContain('there is no default provider: "issuer" is "none"');
});
