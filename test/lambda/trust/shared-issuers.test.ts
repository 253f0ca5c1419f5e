import { beforeEach, describe, expect, test } from '@jest/globals';
import { createKey, jwksOf } from '../../support/keys.ts';
import { expectRejected } from '../../support/rejection.ts';
import { claimsOf, ISSUER, mint, NOW } from '../../support/tokens.ts';
import { createWorld, JWKS_URI, type World } from '../../support/world.ts';

const key = createKey('ES256', 'pool-1');
const other = createKey('ES256', 'other-1');

/** One pool's access and ID tokens, as Amazon Cognito makes them. */
const ACCESS = {
  type: 'jwks',
  issuer: ISSUER,
  jwksUri: JWKS_URI,
  audience: 'web',
  audienceClaim: 'client_id',
  requiredClaims: { token_use: { equals: 'access' } },
};
const ID = {
  type: 'jwks',
  issuer: ISSUER,
  jwksUri: JWKS_URI,
  audience: 'web',
  requiredClaims: { token_use: { equals: 'id' } },
};
const accessToken = (claims: object = {}) =>
  mint(key, claimsOf({ aud: undefined, client_id: 'web', token_use: 'access', ...claims }));
const idToken = (claims: object = {}) =>
  mint(key, claimsOf({ aud: 'web', client_id: undefined, token_use: 'id', ...claims }));

let world: World;
beforeEach(() => {
  world = createWorld(key);
  world.parameters.issuer = 'none';
});

function put(providers: Record<string, object>, route: object = {}): void {
  const routes = [{ path: '/api/*', providers: Object.keys(providers), ...route }];
  world.parameters.policy = JSON.stringify({ providers, routes });
}
const last = () => world.decisions.at(-1);

describe('the ID and the access tokens of one pool', () => {
  test.each([
    ['access first', { access: ACCESS, id: ID }],
    ['ID first', { id: ID, access: ACCESS }],
  ])('are each accepted by their own provider, %s', async (_, providers) => {
    put(providers);
    const [access, id] = [accessToken(), idToken()];
    for (let round = 0; round < 3; round++) {
      expect((await world.present(access)).body).toMatchObject({ provider: 'access' });
      expect((await world.present(id)).body).toMatchObject({ provider: 'id' });
    }
    expect(last()).toMatchObject({ provider: 'id', remembered: true });
    expect(world.fetched).toEqual([JWKS_URI]);
  });
  test('are not accepted if only the other provider is named', async () => {
    put({ access: ACCESS, id: ID }, { providers: ['access'] });
    expectRejected(await world.present(idToken()), 'claim_missing', { world });
  });
  test('are rejected with the reason of the provider that they got furthest with', async () => {
    put({ access: ACCESS, id: ID });
    expectRejected(await world.present(idToken({ exp: NOW - 100 })), 'token_expired', { world });
    expect(last()).toMatchObject({ provider: 'id', reason: 'expired 100 s ago' });
    expectRejected(await world.present(accessToken({ exp: NOW - 100 })), 'token_expired', { world });
    expect(last()).toMatchObject({ provider: 'access' });
    expectRejected(
      await world.present(accessToken({ client_id: 'phone', aud: 'phone' })),
      'audience_mismatch',
      {
        world,
      },
    );
    expect(last()).toMatchObject({ provider: 'access' });
  });
});

test('with one audience per API each token belongs to its own provider, and scopes never fall through to the next', async () => {
  const orders = { type: 'jwks', issuer: ISSUER, jwksUri: JWKS_URI, audience: 'orders' };
  const any = { ...orders, audience: ['orders', 'stock'], scopeClaim: 'permissions' };
  put({ orders, any }, { scopes: ['orders:write'] });
  const claims = { aud: 'orders', scope: 'read', permissions: ['orders:write'] };
  // The second provider would find the scope, but the first has accepted the token, so it decides.
  const response = await world.present(mint(key, claimsOf(claims)));
  expect(response.status).toBe(403);
  expect(last()).toMatchObject({ code: 'scope_missing', provider: 'orders' });
  const stock = await world.present(mint(key, claimsOf({ ...claims, aud: 'stock' })));
  expect(stock.body).toMatchObject({ provider: 'any' });
});

describe('with two key sets of one issuer', () => {
  const OLD = {
    type: 'jwks',
    issuer: ISSUER,
    jwksUri: 'https://old.example/jwks',
    audience: 'api.example.com',
  };
  const NEW = { ...OLD, jwksUri: 'https://new.example/jwks' };
  beforeEach(() => {
    world.documents.set(OLD.jwksUri, jwksOf(key));
    world.documents.set(NEW.jwksUri, jwksOf(other));
    put({ old: OLD, new: NEW });
  });

  test('a token is verified with the set that has its key', async () => {
    const [old, next] = [mint(key), mint(other)];
    for (let round = 0; round < 2; round++) {
      expect((await world.present(old)).body).toMatchObject({ provider: 'old' });
      expect((await world.present(next)).body).toMatchObject({ provider: 'new' });
    }
    expect(last()).toMatchObject({ remembered: true });
  });
  test('unavailable keys cause a 503, unless another provider accepts the token', async () => {
    world.documents.set(OLD.jwksUri, new Error('connection refused'));
    expect((await world.present(mint(other))).body).toMatchObject({ provider: 'new' });
    expectRejected(await world.present(mint(key)), 'keys_unavailable', { world });
    expect(last()).toMatchObject({ provider: 'old' });
  });
  test('the other way round it is a 503 as well', async () => {
    world.documents.set(NEW.jwksUri, new Error('connection refused'));
    expect((await world.present(mint(key))).body).toMatchObject({ provider: 'old' });
    expectRejected(await world.present(mint(other)), 'keys_unavailable', { world });
  });
  test('a token signed by neither key is rejected, for its signature if a key has its kid', async () => {
    const forged = mint({ ...createKey('ES256'), kid: key.kid });
    expectRejected(await world.present(forged), 'signature_invalid', { world });
    expect(last()).toMatchObject({ provider: 'old' });
  });
  test("no key set serves a provider's tokens once that provider names another set", async () => {
    expect((await world.present(mint(other))).status).toBe(200);
    put({ old: OLD });
    world.advance(60);
    expectRejected(await world.present(mint(other)), 'key_unknown', { world });
  });
});

test('the default provider may share its issuer too: the steps of a migration may come in any order', async () => {
  world.parameters.issuer = ISSUER;
  put(
    { next: { type: 'jwks', issuer: ISSUER, jwksUri: JWKS_URI, audience: 'next' } },
    { providers: ['default', 'next'] },
  );
  expect((await world.present(mint(key))).body).toMatchObject({ provider: 'default' });
  expect((await world.present(mint(key, claimsOf({ aud: 'next' })))).body).toMatchObject({
    provider: 'next',
  });
});

test('eight providers may share an issuer on a route, and a token of the eighth is accepted', async () => {
  const providers = Object.fromEntries(
    [...'abcdefgh'].map((name) => [
      name,
      { type: 'jwks', issuer: ISSUER, jwksUri: JWKS_URI, audience: name },
    ]),
  );
  put(providers);
  expect((await world.present(mint(key, claimsOf({ aud: 'h' })))).body).toMatchObject({ provider: 'h' });
  expectRejected(await world.present(mint(key, claimsOf({ aud: 'i' }))), 'audience_mismatch', { world });
  expect(last()).toMatchObject({ provider: 'a' });
});

test('a bad signature with a known kid has each key set fetched again once, however many providers share it', async () => {
  const providers = Object.fromEntries(
    [...'abcd'].map((name) => [name, { type: 'jwks', issuer: ISSUER, jwksUri: JWKS_URI, audience: name }]),
  );
  put(providers);
  await world.present(mint(key, claimsOf({ aud: 'a' })));
  world.advance(11);
  const before = world.fetched.length;
  const forged = mint({ ...createKey('ES256'), kid: key.kid }, claimsOf({ aud: 'a' }));
  expectRejected(await world.present(forged), 'signature_invalid', { world });
  expect(world.fetched.length - before).toBe(1);
});
