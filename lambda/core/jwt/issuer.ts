import { own } from '../claim-rules.ts';
import type { Provider } from '../provider.ts';
import type { TokenParts } from './decode.ts';
import { trustDomainOf } from './spiffe-id.ts';

/** What names the issuer of a token: `iss`, `signer` of AWS's signed headers, or the trust domain of a SPIFFE ID. */
export const ISSUER_SOURCES = ['iss', 'signer', 'sub'] as const;
export type IssuerSource = (typeof ISSUER_SOURCES)[number];

const SOURCES = {
  jwks: 'iss',
  spiffe: 'sub',
  'verified-access': 'signer',
  'alb-oidc': 'signer',
} as const satisfies Record<Provider['type'], IssuerSource>;

/** What shows that a token is from this provider. */
export const issuerSourceOf = ({ type }: Provider): IssuerSource => SOURCES[type];

/** The issuer that a token claims; undefined if it claims none. */
export function claimedIssuer(source: IssuerSource, { header, claims }: TokenParts): string | undefined {
  if (source === 'sub') return trustDomainOf(own(claims, 'sub'));
  const issuer = source === 'iss' ? own(claims, 'iss') : own(header, 'signer');
  return typeof issuer === 'string' ? issuer : undefined;
}
