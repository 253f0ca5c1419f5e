import { own } from '../../lambda/core/claim-rules.ts';
import { CLIENT_CLAIMS } from '../../lambda/core/identity.ts';
import { claimedIssuer, ISSUER_SOURCES } from '../../lambda/core/jwt/issuer.ts';
import { ArgumentError } from '../arguments.ts';
import { decodePasted } from '../explain/decoded-token.ts';
import type { Selection } from './revocation-edit.ts';

/** By which claim a token is revoked. */
export const BY = ['jti', 'sub', 'client_id'] as const;
export type By = (typeof BY)[number];

/** What of a token can be revoked. */
interface TokenClaims {
  /** What it may be known by, each of which may be an issuer. */
  readonly issuers: readonly string[];
  readonly values: { readonly [by in By]?: string };
  /** What was made of the text. */
  readonly notes: readonly string[];
}

/**
 * What to revoke so that a token is refused. It is decoded and not verified, and no part of it but its issuer and the claim
 * that is chosen is ever shown: whoever revokes somebody's token may not have been given it in the best of ways.
 *
 * @throws ArgumentError where there is no token, or nothing in it to revoke it by
 */
export function selectionsOf(
  pasted: string,
  { by, issuers }: { readonly by: By | undefined; readonly issuers: readonly string[] | undefined },
): { readonly selections: readonly Selection[]; readonly notes: readonly string[] } {
  const { issuers: claimed, values, notes } = claimsOf(pasted);
  if (claimed.length === 0) throw new ArgumentError('The token names no issuer, so it cannot be revoked.');
  // Which of several providers takes it, is not known without its keys.
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
      problem ?? `There is no token on standard input that the function would read: ${malformed}.`,
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
  jti: 'this token alone',
  sub: 'all tokens of its subject',
  client_id: 'all tokens of its client',
} as const satisfies Record<By, string>;

function otherWays(chosen: By, values: TokenClaims['values']): string {
  const ways = BY.filter((by) => values[by] !== undefined).map((by) => `--by ${by} (${WHAT[by]})`);
  return ways.length === 0
    ? 'The token has no jti, sub or client_id to revoke it by. Revoke what its issuer has issued so far, with --issuer and --issued-before now.'
    : `The token has no ${chosen}. It can be revoked by ${ways.join(' or ')}.`;
}
