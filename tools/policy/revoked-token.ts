import { own } from '../../lambda/core/claim-rules.ts';
import { CLIENT_CLAIMS } from '../../lambda/core/identity.ts';
import { claimedIssuer, ISSUER_SOURCES } from '../../lambda/core/jwt/issuer.ts';
import { ArgumentError } from '../arguments.ts';
import { decodePasted } from '../explain/decoded-token.ts';
import type { Selection } from './revocation-edit.ts';

/** The claims that can revoke a token. */
export const BY = ['jti', 'sub', 'client_id'] as const;
export type By = (typeof BY)[number];

/** What a token can be revoked by. */
interface TokenClaims {
  /** What its claims and header say its issuer is; which of them counts depends on the provider. */
  readonly issuers: readonly string[];
  readonly values: { readonly [by in By]?: string };
  /** How the pasted text was read. */
  readonly notes: readonly string[];
}

/**
 * What to revoke so that a token is rejected. The token is decoded, not verified. Only its issuer and the chosen claim are ever
 * shown: the token that somebody revokes may well be a leaked one.
 *
 * @throws ArgumentError if there is no token, or nothing in it to revoke it by
 */
export function selectionsOf(
  pasted: string,
  { by, issuers }: { readonly by: By | undefined; readonly issuers: readonly string[] | undefined },
): { readonly selections: readonly Selection[]; readonly notes: readonly string[] } {
  const { issuers: claimed, values, notes } = claimsOf(pasted);
  if (claimed.length === 0) throw new ArgumentError('The token names no issuer, so it cannot be revoked.');
  // Without the keys, it is unknown which of several providers would accept it.
  const known = claimed.filter((one) => issuers === undefined || issuers.includes(one));
  const chosen = by ?? 'jti';
  const value = values[chosen];
  if (value === undefined) throw new ArgumentError(otherWays(chosen, values));
  const only = (name: By) => (chosen === name ? [value] : []);
  const what = {
    jti: only('jti'),
    sub: only('sub'),
    clientId: only('client_id'),
    issuedBefore: undefined,
  };
  const selections = (known.length > 0 ? known : claimed).map((issuer) => ({ issuer, ...what }));
  return { selections, notes };
}

function claimsOf(pasted: string): TokenClaims {
  const { header, claims, notes, problem, malformed } = decodePasted(pasted);
  if (header === undefined || claims === undefined) {
    throw new ArgumentError(
      problem ?? `Standard input has no token that the function could read: ${malformed}.`,
    );
  }
  const texts = (names: readonly string[]) =>
    names
      .map((name) => own(claims, name))
      .find((one): one is string => typeof one === 'string' && one !== '');
  const [jti, sub, client] = [texts(['jti']), texts(['sub']), texts(CLIENT_CLAIMS)];
  return {
    issuers: ISSUER_SOURCES.flatMap((source) => claimedIssuer(source, { header, claims }) ?? []),
    notes,
    values: {
      ...(jti !== undefined && { jti }),
      ...(sub !== undefined && { sub }),
      ...(client !== undefined && { client_id: client }),
    },
  };
}

const WHAT = {
  jti: 'only this token',
  sub: 'all tokens of its subject',
  client_id: 'all tokens of its client',
} as const satisfies Record<By, string>;

function otherWays(chosen: By, values: TokenClaims['values']): string {
  const ways = BY.filter((by) => values[by] !== undefined).map((by) => `--by ${by} (${WHAT[by]})`);
  return ways.length === 0
    ? 'The token has no jti, sub or client_id to revoke it by. Revoke everything that its issuer has issued so far, with --issuer and --issued-before now.'
    : `The token has no ${chosen}. It can be revoked by ${ways.join(' or ')}.`;
}
