import { describe, expect, test } from '@jest/globals';
import { PARAMETERS } from '../../../lambda/contract.ts';
import { SHARED_ISSUERS } from '../../../lambda/core/config/shared-issuers.ts';
import { checkParameters } from '../../../tools/check-config/check.ts';
import { PAGE, POLICIES } from '../../support/identity-providers-page.ts';
import { createKey } from '../../support/keys.ts';
import { expectRejected } from '../../support/rejection.ts';
import { mint } from '../../support/tokens.ts';
import { createWorld, type World } from '../../support/world.ts';
import { IDENTITY_PROVIDERS } from './identity-provider-tokens.ts';
import type { IdentityProvider } from './identity-providers/identity-provider.ts';

/** Keys that belong to no provider here; made once, because making RSA keys is slow. */
const OF_NOBODY = createKey('ES256', 'nobody');
const FOREIGN = { RS256: createKey('RS256'), ES256: createKey('ES256'), ES384: createKey('ES384') };

const policyOf = ({ section }: IdentityProvider): string => POLICIES.get(section)?.[0] ?? 'no policy';

/** The parameters of a fresh deployment after the document's commands have run. */
const installed = (policy: string) => ({
  ...Object.fromEntries(Object.entries(PARAMETERS).map(([name, { initial }]) => [name, initial])),
  issuer: 'none',
  policy,
});

test('each section of the document has one policy, and each provider here has one section', () => {
  expect([...POLICIES.keys()]).toEqual([...new Set(IDENTITY_PROVIDERS.map(({ section }) => section))]);
  for (const policies of POLICIES.values()) expect(policies).toHaveLength(1);
});

test('the document lists the issuers that sign for everybody, and the claims that identify the caller', () => {
  const code = (text: string) => `\`${text}\``;
  const rows = SHARED_ISSUERS.map(
    ({ issuers, callers, who }) =>
      `| ${issuers.map(code).join(', ')} | ${callers} | ${who.map(code).join(', ')} |`,
  );
  expect(PAGE.split('\n').filter((line) => line.startsWith('| `'))).toEqual(rows);
});

const named = IDENTITY_PROVIDERS.map((provider) => {
  const { section, variant } = provider;
  return [variant === undefined ? section : `${section}, ${variant}`, provider] as const;
});

describe.each(named)('%s', (_name, provider) => {
  const { key, keys, jwksUri, rejected, accepted = [], sentIn } = provider;

  /** A world with the document's policy in force, in which the provider publishes its keys. */
  function worldOf(): World {
    const world = createWorld(OF_NOBODY);
    Object.assign(world.parameters, installed(policyOf(provider)));
    const issuer = String(provider.claims.iss);
    const discovery = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    world.documents.set(discovery, { issuer, jwks_uri: jwksUri });
    world.documents.set(jwksUri, { keys });
    return world;
  }

  /** The response to the provider's token, with these claims and header parameters instead of its own. */
  async function present(claims: object = {}, header: object = {}, signingKey = key) {
    const world = worldOf();
    const fullHeader = { typ: undefined, ...provider.header, ...header };
    const token = mint(signingKey, { ...provider.claims, ...claims }, fullHeader);
    const response =
      sentIn === undefined ? await world.present(token) : await world.call({ headers: { [sentIn]: token } });
    return { world, response, token };
  }

  test("the document's policy has neither problems nor warnings", async () => {
    const checked = await checkParameters(installed(policyOf(provider)));
    expect(checked).toMatchObject({ problems: [], warnings: [] });
  });
  test('its token is accepted, and says who is calling', async () => {
    const { response } = await present();
    expect(response.body).toMatchObject(provider.identity);
    expect(response.status).toBe(200);
  });
  if (accepted.length > 0) {
    test.each(accepted)('%s is accepted', async (_what, claims) => {
      expect((await present(claims)).response.status).toBe(200);
    });
  }
  test('there are at least six near misses', () => expect(rejected.length).toBeGreaterThanOrEqual(6));
  test.each(rejected)('%s is rejected', async (_what, claims, code, header = {}) => {
    const { response, world } = await present(claims, header);
    if (['claim_mismatch', 'scope_missing'].includes(code)) {
      expect(response.status).toBe(403);
      expect(response.body).toMatchObject({ code });
    } else {
      expectRejected(response, code, { world });
    }
  });
  test("a token with the same kid, signed by someone else's key, is rejected", async () => {
    const foreign = FOREIGN[key.alg as keyof typeof FOREIGN];
    const { response, world } = await present({}, {}, { ...foreign, kid: key.kid });
    expectRejected(response, 'signature_invalid', { world });
  });
  test('a token signed by its key with another algorithm is rejected', async () => {
    const { response, world } = await present({}, { alg: provider.otherAlgorithm ?? 'PS256' });
    expectRejected(response, 'algorithm_not_allowed', { world });
  });
  test('a logout token of the same issuer and audience is rejected', async () => {
    const { response, world } = await present({}, { typ: 'logout+jwt' });
    expectRejected(response, 'type_not_allowed', { world });
  });
  test('a token that has expired is rejected', async () => {
    const { exp } = provider.claims;
    const { response, world } = await present({ exp: Number(exp) - 7200 });
    expectRejected(response, 'token_expired', { world });
  });
  test('its token is not accepted anywhere else', async () => {
    const { token } = await present();
    const world = worldOf();
    const response =
      sentIn === undefined
        ? await world.call({ headers: { 'x-token': token, cookie: `token=${token}` } })
        : await world.present(token);
    expectRejected(response, 'token_missing', { world });
  });
  test('a path that no route matches is rejected', async () => {
    const { token } = await present();
    const world = worldOf();
    const headers = { [sentIn ?? 'authorization']: sentIn === undefined ? `Bearer ${token}` : token };
    expectRejected(await world.call({ target: '/other', headers }), 'route_missing', { world });
  });
});
