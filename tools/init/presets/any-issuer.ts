import { sharedIssuerOf } from '../../../lambda/core/config/shared-issuers.ts';
import type { AskedClaim, Preset } from './preset.ts';

/** The value of `--provider` for an issuer about which only its published documents are known. */
export const ANY_ISSUER = 'other';

/** The preset of such an issuer. If it signs for everybody, a claim has to say who is calling. */
export function anyIssuer(issuer: string): Preset {
  const shared = sharedIssuerOf(issuer);
  const claims = (shared?.who ?? []).map(
    (name): AskedClaim => ({
      name,
      of: 'provider',
      rule: 'anyOf',
      what: `"${name}" of those that may call`,
      need: `who may call, as ${shared?.callers} can get tokens for any audience`,
    }),
  );
  const [first] = claims;
  return {
    name: ANY_ISSUER,
    section: undefined,
    issuer: /^/,
    audience: { what: 'what the tokens for your API have as "aud"' },
    claims,
    scopes: {},
    token: { kind: 'client-credentials' },
    example: {
      issuers: [issuer],
      audience: ['https://api.example.com'],
      claims: first === undefined ? {} : { [first.name]: ['example'] },
      scopes: ['orders:read'],
      paths: ['/api/*'],
    },
  };
}
