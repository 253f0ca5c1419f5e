import { createKey, type SigningKey } from '../../../support/keys.ts';
import { NOW } from '../../../support/tokens.ts';

type Members = Readonly<Record<string, unknown>>;

/** What must not pass for a token: what it is, claims and header parameters that it has in place of a good one's. */
export type NearMiss = readonly [what: string, claims: Members, code: string, header?: Members];

/** A provider as it is seen in the wild: its key set, its token, and what must not pass for one. */
export interface IdentityProvider {
  /** Heading of its section in docs/identity-providers.md. */
  readonly section: string;
  /** Tells several tokens of one section apart. */
  readonly variant?: string;
  readonly key: SigningKey;
  readonly jwksUri: string;
  readonly keys: readonly Members[];
  readonly header: Members;
  readonly claims: Members;
  /** The header field that has the raw token; a bearer token in Authorization otherwise. */
  readonly sentIn?: string;
  /** Another `alg` that the key could be used with, or that goes with another one. */
  readonly otherAlgorithm?: string;
  /** What the upstream learns of the caller. */
  readonly identity: Members;
  /** Claims of tokens that are accepted as well. */
  readonly accepted?: readonly (readonly [what: string, claims: Members])[];
  readonly rejected: readonly NearMiss[];
}

export const times = { iat: NOW - 5, exp: NOW + 3600 };
export const withNbf = { ...times, nbf: NOW - 5 };

// Each provider has a world of its own, so one pair of RSA keys, which are slow to make, serves all of them.
const RSA = createKey('RS256');
const OTHER_RSA = createKey('RS256');

export const rsa = (kid: string): SigningKey => ({ ...RSA, kid, jwk: { ...RSA.jwk, kid } });
/** A key of the set that did not sign the token. */
export const otherRsa = (kid: string): SigningKey => ({ ...OTHER_RSA, kid, jwk: { ...OTHER_RSA.jwk, kid } });

/** A public JWK with just these members besides those of the key itself. */
export const publish = ({ kid, jwk }: SigningKey, members: Members): Members => {
  const { alg: _alg, use: _use, ...own } = jwk;
  return { ...own, kid, ...members };
};
export const full = { alg: 'RS256', use: 'sig' };
/** A certificate chain is published beside the key by many; it is not looked at. */
export const certified = { ...full, x5c: ['MIIC…'], x5t: 'nPx1pKd0hR2bWkpn' };
