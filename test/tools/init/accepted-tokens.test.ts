import { describe, expect, test } from '@jest/globals';
import { decide, valuesOf } from '../../../tools/init/policy-of.ts';
import { PRESETS } from '../../../tools/init/presets/presets.ts';
import { IDENTITY_PROVIDERS } from '../../lambda/trust/identity-provider-tokens.ts';
import type { IdentityProvider } from '../../lambda/trust/identity-providers/identity-provider.ts';
import { createKey } from '../../support/keys.ts';
import { expectRejected } from '../../support/rejection.ts';
import { mint } from '../../support/tokens.ts';
import { createWorld } from '../../support/world.ts';

const OF_NOBODY = createKey('ES256', 'nobody');

/** The response to a provider's token once the configuration that init wrote is in force. */
async function present(provider: IdentityProvider, claims: object, header: object = {}, target = '/api/x') {
  const preset = PRESETS.find(({ section }) => section === provider.section);
  if (preset === undefined) throw new Error(`no preset for ${provider.section}`);
  const world = createWorld(OF_NOBODY);
  Object.assign(world.parameters, valuesOf(decide(preset, preset.example)));
  const issuer = String(provider.claims.iss);
  world.documents.set(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    issuer,
    jwks_uri: provider.jwksUri,
  });
  world.documents.set(provider.jwksUri, { keys: provider.keys });
  const fullHeader = { typ: undefined, ...provider.header, ...header };
  const token = mint(provider.key, { ...provider.claims, ...claims }, fullHeader);
  const headers = {
    [provider.sentIn ?? 'authorization']: provider.sentIn === undefined ? `Bearer ${token}` : token,
  };
  return { world, answer: await world.call({ target, headers }) };
}

const named = IDENTITY_PROVIDERS.map((provider): [string, IdentityProvider] => [
  [provider.section, provider.variant].filter((text) => text !== undefined).join(', '),
  provider,
]);

describe.each(named)('what init writes for %s', (_name, provider) => {
  test('accepts its token', async () => {
    const { answer } = await present(provider, {});
    expect(answer.body).toMatchObject(provider.identity);
    expect(answer.status).toBe(200);
  });
  test.each(provider.rejected)('rejects %s', async (_what, claims, code, header = {}) => {
    const { answer } = await present(provider, claims, header);
    expect({ status: answer.status < 400, code: (answer.body as { code?: string }).code }).toEqual({
      status: false,
      code,
    });
  });
  test('denies a path that it does not name', async () => {
    const { answer, world } = await present(provider, {}, {}, '/other');
    expectRejected(answer, 'route_missing', { world });
  });
});
