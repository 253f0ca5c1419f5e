import { beforeEach, describe, expect, test } from '@jest/globals';
import { authenticate } from '../../../lambda/core/authenticate.ts';
import { parseKeySet } from '../../../lambda/core/keys/key-set.ts';
import { createTokenMemory } from '../../../lambda/core/token-memory.ts';
import { createKey, jwksOf } from '../../support/keys.ts';
import { bearerSource, providerOf } from '../../support/provider.ts';
import { expectRejected } from '../../support/rejection.ts';
import { createSignedHeaderWorld, signedHeader, VERIFIED_ACCESS } from '../../support/signed-headers.ts';
import { claimsOf, ISSUER, mint, NOW } from '../../support/tokens.ts';
import { createWorld, JWKS_URI, type World } from '../../support/world.ts';

/** Past the refresh age of keys and of the configuration, in seconds. */
const KEYS_DUE = 300;
const CONFIG_DUE = 60;

const key = createKey('ES256', 'first');
const other = createKey('ES256', 'second');

let world: World;
let token: string;
beforeEach(async () => {
  world = createWorld(key);
  token = mint(key);
  expect((await world.present(token)).status).toBe(200);
});
const remembered = () => world.decisions.at(-1)?.remembered;

describe('a token that is presented again', () => {
  test('is remembered, as the log says', async () => {
    expect(remembered()).toBeFalsy();
    expect((await world.present(token)).status).toBe(200);
    expect(remembered()).toBe(true);
  });
  test('does not have its signature verified again', async () => {
    const set = await parseKeySet(jwksOf(key));
    if ('problem' in set) throw new Error(set.problem);
    let verifications = 0;
    const resolution = {
      kind: 'keys' as const,
      set,
      // The keys are read only to verify with them.
      get keys() {
        verifications += 1;
        return set.keys;
      },
    };
    const context = {
      revocations: new Map(),
      resolveKeys: async () => resolution,
      memory: createTokenMemory(),
      now: () => NOW * 1000,
    };
    const credential = { source: bearerSource([providerOf()]), token };
    for (let i = 0; i < 5; i++) {
      expect(await authenticate(credential, context)).toMatchObject({ kind: 'authenticated' });
    }
    expect(verifications).toBe(1);
    expect(context.memory.size()).toBe(1);
  });
  test('is remembered by its whole text: another signature is verified separately', async () => {
    const forged = `${token.slice(0, -4)}AAAA`;
    expectRejected(await world.present(forged), 'signature_invalid', { world });
    expect((await world.present(mint(key))).status).toBe(200);
    expect(remembered()).toBeFalsy();
  });
  test('was not remembered if it was rejected', async () => {
    const expired = mint(key, claimsOf({ exp: NOW - 100 }));
    for (let i = 0; i < 2; i++) {
      expectRejected(await world.present(expired), 'token_expired', { world });
      expect(remembered()).toBeFalsy();
    }
  });
});

describe('a remembered token', () => {
  test('expires', async () => {
    world.advance(3629);
    expect((await world.present(token)).status).toBe(200);
    world.advance(1);
    expectRejected(await world.present(token), 'token_expired', { world });
  });
  test('is not valid yet once the clock is set back, and valid again with the clock', async () => {
    world.advance(-31);
    expectRejected(await world.present(token), 'token_not_yet_valid', { world });
    world.advance(31);
    expect((await world.present(token)).status).toBe(200);
  });
  test('becomes too old for a limit that the policy sets later', async () => {
    world.parameters.policy = JSON.stringify({
      providers: { default: { type: 'jwks', maxTokenAgeSeconds: 60 } },
    });
    world.advance(CONFIG_DUE);
    expect((await world.present(token)).status).toBe(200);
    world.advance(31);
    expectRejected(await world.present(token), 'token_expired', { world });
  });

  test('survives a refresh of the keys that brings nothing new', async () => {
    world.advance(KEYS_DUE);
    expect((await world.present(token)).status).toBe(200);
    expect(remembered()).toBe(true);
    expect(world.fetched.filter((url) => url === JWKS_URI)).toHaveLength(2);
  });
  test('is verified again when a key is added to the set', async () => {
    world.documents.set(JWKS_URI, jwksOf(key, other));
    world.advance(KEYS_DUE);
    expect((await world.present(token)).status).toBe(200);
    expect(remembered()).toBeFalsy();
  });
  test('is rejected when its key has left the set', async () => {
    world.documents.set(JWKS_URI, jwksOf(other));
    world.advance(KEYS_DUE);
    expectRejected(await world.present(token), 'key_unknown', { world });
  });
  test('is rejected when its kid now names another key', async () => {
    world.documents.set(JWKS_URI, jwksOf({ ...other, jwk: { ...other.jwk, kid: key.kid } }));
    world.advance(KEYS_DUE);
    expectRejected(await world.present(token), 'signature_invalid', { world });
  });
  test('is of no use when its keys are no longer available: 503', async () => {
    const longLived = mint(key, claimsOf({ exp: NOW + 1_000_000 }));
    await world.present(longLived);
    world.documents.set(JWKS_URI, new Error('connection refused'));
    world.advance(4 * 3600);
    expectRejected(await world.present(longLived), 'keys_unavailable', { world });
  });

  test.each([
    ['audience', 'another.example.com', 'audience_mismatch'],
    ['issuer', `${ISSUER}/v2`, 'issuer_mismatch'],
    ['policy', '{"providers":{"default":{"type":"jwks","algorithms":["RS256"]}}}', 'algorithm_not_allowed'],
    ['policy', '{"providers":{"default":{"type":"jwks","typ":"jwt"}}}', 'type_not_allowed'],
    [
      'policy',
      '{"providers":{"default":{"type":"jwks","requiredClaims":{"tenant":{"exists":true}}}}}',
      'claim_missing',
    ],
    ['policy', '{"providers":{"default":{"type":"jwks","audienceClaim":"azp"}}}', 'claim_missing'],
    ['revocations', JSON.stringify({ [ISSUER]: { sub: ['client-1'] } }), 'token_revoked'],
    [
      'revocations',
      JSON.stringify({ [ISSUER]: { subIssuedBefore: { 'client-1': NOW + 1 } } }),
      'token_revoked',
    ],
  ] as const)('is rejected within the refresh age once %s is %s', async (parameter, value, code) => {
    world.parameters[parameter] = value;
    world.advance(CONFIG_DUE);
    expectRejected(await world.present(token), code, { world });
  });
  test('is rejected within the refresh age once its route requires more', async () => {
    world.parameters.policy = '{"routes":[{"path":"/api/*","scopes":["admin"]}]}';
    world.advance(CONFIG_DUE);
    expect((await world.present(token)).body).toMatchObject({ code: 'scope_missing' });
    world.parameters.policy = '{"routes":[{"path":"/api/*","claims":{"sub":{"equals":"client-2"}}}]}';
    world.advance(CONFIG_DUE);
    expect((await world.present(token)).body).toMatchObject({ code: 'claim_mismatch' });
  });
  test('is good only for its own provider, whatever route it was first seen on', async () => {
    world.parameters.policy = JSON.stringify({
      providers: {
        partner: { type: 'jwks', issuer: 'https://partner.example', audience: 'api', jwks: jwksOf(key) },
      },
      routes: [{ path: '/api/partner/*', providers: ['partner'] }],
    });
    world.advance(CONFIG_DUE);
    expect((await world.present(token)).status).toBe(200);
    expectRejected(await world.present(token, { target: '/api/partner/x' }), 'issuer_mismatch', { world });
  });
});

test('a remembered token is not a credential in any header but its own', async () => {
  const made = createSignedHeaderWorld(VERIFIED_ACCESS, { route: { providers: ['staff', 'default'] } });
  const unpadded = (bytes: string | Uint8Array) => Buffer.from(bytes).toString('base64url');
  const staff = signedHeader(VERIFIED_ACCESS, made.key, { encode: unpadded });
  const bearer = mint(made.world.key);
  const call = (headers: Record<string, string>) => made.world.call({ target: '/api/staff/x', headers });

  expect((await call({ [VERIFIED_ACCESS.field]: staff })).status).toBe(200);
  expectRejected(await call({ authorization: `Bearer ${staff}` }), 'issuer_mismatch', made);
  expect((await call({ authorization: `Bearer ${bearer}` })).status).toBe(200);
  expectRejected(await call({ [VERIFIED_ACCESS.field]: bearer }), 'issuer_mismatch', made);
});
