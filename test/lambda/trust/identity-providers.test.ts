import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import { createKey } from '../../support/keys.ts';
import { expectRejected } from '../../support/rejection.ts';
import { AUDIENCE, ISSUER, mint } from '../../support/tokens.ts';
import { createWorld, JWKS_URI } from '../../support/world.ts';
import { IDENTITY_PROVIDERS, type IdentityProvider } from './identity-provider-tokens.ts';

const DOCUMENT = new URL('../../../docs/identity-providers.md', import.meta.url);

/** Keys of nobody here; made once, as making RSA keys is slow. */
const OF_DEFAULT = createKey('ES256', 'default');
const FOREIGN = createKey('RS256');

/** The policies of the document, by the headings above them. */
const POLICIES = new Map(
  readFileSync(DOCUMENT, 'utf8')
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [heading = ''] = section.split('\n', 1);
      return [heading, [...section.matchAll(/^```json\n(.*?)^```$/gms)].map(([, json = '']) => json)];
    }),
);

const policyOf = ({ section }: IdentityProvider): string => POLICIES.get(section)?.[0] ?? 'no policy';

test('each section of the document has one policy, and each provider here one section', () => {
  expect([...POLICIES.keys()]).toEqual(IDENTITY_PROVIDERS.map(({ section }) => section));
  for (const policies of POLICIES.values()) expect(policies).toHaveLength(1);
});

describe.each(IDENTITY_PROVIDERS.map((provider) => [provider.section, provider] as const))(
  '%s',
  (_section, provider) => {
    /** The answer to a token of the provider with the document's policy in force. */
    async function present(
      claims: Record<string, unknown> = {},
      header: Record<string, unknown> = {},
      key = provider.key,
    ) {
      const world = createWorld(OF_DEFAULT);
      world.parameters.policy = policyOf(provider);
      const issuer = String(provider.claims.iss);
      world.documents.set(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
        issuer,
        jwks_uri: provider.jwksUri,
      });
      world.documents.set(provider.jwksUri, { keys: provider.keys });
      const fullHeader = { typ: undefined, ...provider.header, ...header };
      const token = mint(key, { ...provider.claims, ...claims }, fullHeader);
      return { world, answer: await world.present(token) };
    }

    test('the policy is accepted as it is in the document', async () => {
      const values = { issuer: ISSUER, audience: AUDIENCE, 'jwks-uri': JWKS_URI, upstream: 'whoami' };
      const policy = policyOf(provider);
      const parsed = await parseConfig({ ...values, policy, revocations: '{}' }, '1');
      expect(parsed).toMatchObject({ config: { version: '1' } });
    });
    test('its access token is accepted, and tells who is calling', async () => {
      const { answer } = await present();
      expect(answer.body).toMatchObject(provider.identity);
      expect(answer.status).toBe(200);
    });
    test.each(provider.rejected)('%s is rejected', async (_what, claims, code) => {
      const { answer, world } = await present(claims);
      if (['claim_mismatch', 'scope_missing'].includes(code)) {
        expect(answer.status).toBe(403);
        expect(answer.body).toMatchObject({ code });
      } else {
        expectRejected(answer, code, { world });
      }
    });
    test('a token under the same kid by a key of somebody else is rejected', async () => {
      const { answer, world } = await present({}, {}, { ...FOREIGN, kid: provider.key.kid });
      expectRejected(answer, 'signature_invalid', { world });
    });
    test('a token by its key with another RSA algorithm is rejected', async () => {
      const { answer, world } = await present({}, { alg: 'PS256' });
      expectRejected(answer, 'algorithm_not_allowed', { world });
    });
    test('a logout token of the same issuer and audience is rejected', async () => {
      const { answer, world } = await present({}, { typ: 'logout+jwt' });
      expectRejected(answer, 'type_not_allowed', { world });
    });
  },
);
