import type { Revocations } from '../revocations.ts';
import type { RevocationsDocument } from './policy-schema.ts';

/** The revocations by issuer. */
export function compileRevocations({ $schema: _, ...byIssuer }: RevocationsDocument): Revocations {
  const entries = Object.entries(byIssuer).map(([issuer, { jti, sub, client_id, issuedBefore }]) => {
    return [
      issuer,
      { jti: new Set(jti), sub: new Set(sub), client_id: new Set(client_id), issuedBefore },
    ] as const;
  });
  return new Map(entries);
}

/**
 * Revocations of an issuer that no provider has revoke nothing: a slip, or a provider that has gone before
 * them. They are no reason to refuse a configuration, which may be what takes that provider away.
 */
export function revocationWarnings(revocations: Revocations, issuers: readonly string[]): string[] {
  return [...revocations.keys()]
    .filter((issuer) => !issuers.includes(issuer))
    .map((issuer) => `revocations: ${issuer} is no issuer of any provider; there is ${issuers.join(', ')}`);
}
