import { createKey, type SigningKey } from '../../../support/keys.ts';
import { NOW } from '../../../support/tokens.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * A near miss that must be rejected: what it is, and the claims and header parameters that differ from a good
 * token's.
 */
export type NearMiss = readonly [what: string, claims: Members, code: string, header?: Members];

/** A provider as seen in the wild: its key set, its token, and its near misses. */
export interface IdentityProvider {
  /** Heading of its section in docs/identity-providers.md. */
  readonly section: string;
  /** Distinguishes several tokens of one section. */
  readonly variant?: string;
  readonly key: SigningKey;
  readonly jwksUri: string;
  readonly keys: readonly Members[];
  readonly header: Members;
  readonly claims: Members;
  /** The header field that contains the raw token; otherwise it is a bearer token in Authorization. */
  readonly sentIn?: string;
  /** Another `alg` that the key could be used with, or that goes with another key. */
  readonly otherAlgorithm?: string;
  /** What the upstream learns about the caller. */
  readonly identity: Members;
  /** Claims of other tokens that are accepted. */
  readonly accepted?: readonly (readonly [what: string, claims: Members])[];
  readonly rejected: readonly NearMiss[];
}

export const times = { iat: NOW - 5, exp: NOW + 3600 };
export const withNbf = { ...times, nbf: NOW - 5 };

// Each provider has its own world, so one pair of RSA keys, which are slow to make, serves all of them.
const RSA = createKey('RS256');
const OTHER_RSA = createKey('RS256');

export const rsa = (kid: string): SigningKey => ({ ...RSA, kid, jwk: { ...RSA.jwk, kid } });
/** A key of the set that did not sign the token. */
export const otherRsa = (kid: string): SigningKey => ({ ...OTHER_RSA, kid, jwk: { ...OTHER_RSA.jwk, kid } });

/** A public JWK with only these members besides those of the key itself. */
export const publish = ({ kid, jwk }: SigningKey, members: Members): Members => {
  const { alg: _alg, use: _use, ...own } = jwk;
  return { ...own, kid, ...members };
};
export const full = { alg: 'RS256', use: 'sig' };
/** Many publish a certificate chain beside the key; it is ignored. */
export const certified = { ...full, x5c: ['MIIC…'], x5t: 'nPx1pKd0hR2bWkpn' };
