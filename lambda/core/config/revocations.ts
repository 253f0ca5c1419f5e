import type { Revocations } from '../revocations.ts';
import type { RevocationsDocument } from './revocations-schema.ts';
import type { Warning } from './warning.ts';

export function compileRevocations({ $schema: _, ...byIssuer }: RevocationsDocument): Revocations {
  const entries = Object.entries(byIssuer).map(([issuer, revoked]) => {
    const { jti, sub, client_id, issuedBefore, subIssuedBefore = {} } = revoked;
    return [
      issuer,
      {
        jti: new Set(jti),
        sub: new Set(sub),
        client_id: new Set(client_id),
        issuedBefore,
        subIssuedBefore: new Map(Object.entries(subIssuedBefore)),
      },
    ] as const;
  });
  return new Map(entries);
}

/** The most issuers that one warning names. */
const MAX_NAMED = 5;

/**
 * Warns of revocations for an issuer that no provider has: they revoke nothing. It is a slip, or the provider was
 * removed before they were. That is no reason to reject a configuration, which may be the one that removes the
 * provider.
 */
export function revocationWarnings(revocations: Revocations, issuers: readonly string[]): Warning[] {
  const known = new Set(issuers);
  const accepted = known.size === 0 ? 'no provider has an issuer' : `the issuers are ${named([...known])}`;
  return [...revocations.keys()]
    .filter((issuer) => !known.has(issuer))
    .map((issuer) => ({
      kind: 'revoked-issuer',
      parameter: 'revocations',
      subject: issuer,
      message: `${issuer}: no provider has this issuer, so its entry revokes nothing; ${accepted}`,
    }));
}

function named(issuers: readonly string[]): string {
  const more = issuers.length - MAX_NAMED;
  return [...issuers.slice(0, MAX_NAMED), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
