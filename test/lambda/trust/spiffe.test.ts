import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { trustDomainOf } from '../../../lambda/core/jwt/spiffe-id.ts';
import { createKey } from '../../support/keys.ts';
import { expectRejected } from '../../support/rejection.ts';
import { AUDIENCE, ISSUER, mint, NOW } from '../../support/tokens.ts';
import { createWorld, type World } from '../../support/world.ts';

/** https://github.com/spiffe/spiffe/blob/main/standards/JWT-SVID.md, and SPIFFE-ID.md beside it. */
const BUNDLE = 'https://spire.example.org/bundle.json';
const KEY = createKey('ES256', 'svid-1');
const X509 = createKey('ES256', 'x509-1');

let world: World;
beforeEach(() => {
  world = createWorld(KEY);
  world.parameters.issuer = 'none';
  world.documents.set(BUNDLE, {
    keys: [
      { ...X509.jwk, alg: undefined, use: 'x509-svid', x5c: ['MIIB…'] },
      { ...KEY.jwk, alg: undefined, use: 'jwt-svid' },
    ],
    spiffe_sequence: 12,
    spiffe_refresh_hint: 300,
  });
  put();
});

function put(changes: object = {}, others: object = {}): void {
  world.parameters.policy = JSON.stringify({
    providers: {
      mesh: { type: 'spiffe', trustDomain: 'example.org', audience: AUDIENCE, jwksUri: BUNDLE, ...changes },
      ...others,
    },
    routes: [{ path: '/api/*', providers: ['mesh', ...Object.keys(others)] }],
  });
}
const svid = (claims: object = {}, header: object = {}, key = KEY) =>
  mint(
    key,
    { sub: 'spiffe://example.org/ns/orders/sa/worker', aud: [AUDIENCE], exp: NOW + 300, iat: NOW, ...claims },
    { typ: 'JWT', ...header },
  );

describe('a JWT-SVID of the trust domain', () => {
  test.each([
    ['without an issuer', {}],
    ['with an issuer, which is ignored', { iss: 'https://oidc.example.org' }],
    ['without an issue time', { iat: undefined }],
  ])('is accepted %s', async (_, claims) => {
    expect((await world.present(svid(claims))).body).toMatchObject({
      provider: 'mesh',
      issuer: 'example.org',
      subject: 'spiffe://example.org/ns/orders/sa/worker',
    });
  });
  test.each(['JOSE', undefined])('is accepted with the type %s', async (typ) => {
    expect((await world.present(svid({}, { typ }))).status).toBe(200);
  });
  test.each<[string, object, object, string]>([
    ['another trust domain', { sub: 'spiffe://example.com/ns/orders/sa/worker' }, {}, 'issuer_mismatch'],
    ['a trust domain with the same ending', { sub: 'spiffe://evil-example.org/x' }, {}, 'issuer_mismatch'],
    ['a trust domain with the same beginning', { sub: 'spiffe://example.org.evil/x' }, {}, 'issuer_mismatch'],
    ['a trust domain in upper case', { sub: 'spiffe://EXAMPLE.ORG/x' }, {}, 'issuer_mismatch'],
    ['no subject', { sub: undefined }, {}, 'issuer_mismatch'],
    ['a subject that is a list', { sub: ['spiffe://example.org/x'] }, {}, 'issuer_mismatch'],
    ['an https subject', { sub: 'https://example.org/x' }, {}, 'issuer_mismatch'],
    ['the trust domain alone', { sub: 'spiffe://example.org' }, {}, 'issuer_mismatch'],
    ['a user in the authority', { sub: 'spiffe://example.org@evil.example/x' }, {}, 'issuer_mismatch'],
    ['a port', { sub: 'spiffe://example.org:443/x' }, {}, 'issuer_mismatch'],
    ['a query', { sub: 'spiffe://example.org/x?y' }, {}, 'issuer_mismatch'],
    ['dots in the path', { sub: 'spiffe://example.org/ns/../x' }, {}, 'issuer_mismatch'],
    [
      'the issuer of the trust domain, but no SPIFFE ID',
      { iss: 'example.org', sub: 'x' },
      {},
      'issuer_mismatch',
    ],
    ['no audience', { aud: undefined }, {}, 'claim_missing'],
    ['another audience', { aud: ['other'] }, {}, 'audience_mismatch'],
    ['no expiry', { exp: undefined }, {}, 'claim_missing'],
    ['an expiry in the past', { exp: NOW - 100 }, {}, 'token_expired'],
    ['the type of an access token', {}, { typ: 'at+jwt' }, 'type_not_allowed'],
    ['a key that is not in the bundle', {}, { kid: 'svid-2' }, 'key_unknown'],
    ['a key for X.509 certificates', {}, { kid: X509.kid }, 'key_unknown'],
  ])('is rejected with %s', async (_, claims, header, code) => {
    const key = 'kid' in header && header.kid === X509.kid ? X509 : KEY;
    expectRejected(await world.present(svid(claims, header, key)), code, { world });
  });
  test('is rejected with an algorithm that JWT-SVIDs do not allow', async () => {
    const key = createKey('EdDSA', 'ed-1');
    world.documents.set(BUNDLE, { keys: [{ ...key.jwk, use: 'jwt-svid' }] });
    expectRejected(await world.present(svid({}, {}, key)), 'algorithm_not_allowed', { world });
  });
  test('is revoked under the trust domain, whatever its issuer says', async () => {
    world.parameters.revocations = JSON.stringify({
      'example.org': { sub: ['spiffe://example.org/ns/orders/sa/worker'] },
    });
    expectRejected(await world.present(svid({ iss: 'https://oidc.example.org' })), 'token_revoked', {
      world,
    });
    expect((await world.present(svid({ sub: 'spiffe://example.org/other' }))).status).toBe(200);
  });
});

test('a token that may be from an issuer or from a trust domain is tried with both, in the order of the route', async () => {
  const sso = { type: 'jwks', issuer: ISSUER, jwksUri: 'https://issuer.example/jwks', audience: AUDIENCE };
  put({}, { sso });
  world.documents.set('https://issuer.example/jwks', { keys: [KEY.jwk] });
  expect((await world.present(svid({ iss: ISSUER }))).body).toMatchObject({ provider: 'mesh' });
  put({ audience: 'other' }, { sso });
  world.advance(60);
  expect((await world.present(svid({ iss: ISSUER }))).body).toMatchObject({
    provider: 'sso',
    issuer: ISSUER,
  });
});

test('a token can be from at most eight providers, by its issuer and its trust domain together', async () => {
  const sso = (audience: string) => ({
    type: 'jwks',
    issuer: ISSUER,
    jwksUri: 'https://issuer.example/jwks',
    audience,
  });
  const named = (names: string) => Object.fromEntries([...names].map((name) => [name, sso(name)]));
  put({}, named('abcdefg'));
  expect((await world.present(svid())).status).toBe(200);
  const crowded = createWorld(KEY);
  put({}, named('abcdefgh'));
  Object.assign(crowded.parameters, { issuer: 'none', policy: world.parameters.policy });
  await crowded.call();
  expect(JSON.stringify(crowded.events)).toContain(
    `8 share the issuer ${ISSUER} and 1 share the issuer example.org, but a token is tried with at most 8`,
  );
});

test('a trust domain and its keys must have the right form', async () => {
  for (const [changes, problem] of [
    [
      { trustDomain: 'spiffe://example.org' },
      'providers.mesh.trustDomain: must be a name such as example.org',
    ],
    [{ trustDomain: 'Example.org' }, 'providers.mesh.trustDomain'],
    [
      { jwksUri: undefined },
      "providers.mesh.jwksUri: is missing: give the URL of the trust domain's bundle, or the keys themselves as jwks",
    ],
    [{ jwksUri: 'discover' }, 'as there is no discovery for a trust domain'],
    [
      { jwks: { keys: [KEY.jwk] } },
      'providers.mesh.jwks: cannot be combined with jwksUri: remove one of them',
    ],
    [{ audience: null }, 'providers.mesh.audience'],
    [{ algorithms: ['EdDSA'] }, 'providers.mesh.algorithms'],
  ] as const) {
    const fresh = createWorld(KEY);
    Object.assign(fresh.parameters, { issuer: 'none' });
    put(changes);
    fresh.parameters.policy = world.parameters.policy;
    await fresh.call();
    expect(JSON.stringify(fresh.events)).toContain(problem);
  }
});

test("only a workload's SPIFFE ID has a trust domain, which comes right after the scheme", () => {
  const part = fc.constantFrom(
    'spiffe://',
    'example.org',
    '/',
    '/ns',
    '/..',
    '/.',
    '//',
    '@',
    ':1',
    '?',
    '#',
    'A',
    '%2e',
    ' ',
    '\n',
    'é',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(part, { maxLength: 6 }).map((parts) => parts.join('')),
      ),
      (id) => {
        const trustDomain = trustDomainOf(id);
        const url = URL.canParse(id) ? new URL(id) : undefined;
        const segments = url?.pathname.slice(1).split('/') ?? [];
        const isWorkload =
          /^spiffe:\/\/[a-z0-9._-]+\/[A-Za-z0-9._/-]+$/.test(id) &&
          // An ID that a URL parser would change does not meet the standard.
          url?.href === id &&
          segments.every(
            (segment) => /^[A-Za-z0-9._-]+$/.test(segment) && segment !== '.' && segment !== '..',
          );
        expect(trustDomain).toBe(isWorkload ? id.split('/')[2] : undefined);
      },
    ),
  );
});
