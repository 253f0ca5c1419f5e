import type { Revocations } from '../revocations.ts';
import { type Parsed, parsed } from './parsed.ts';
import type { RevocationsDocument } from './policy-schema.ts';

/**
 * The revocations of configured issuers. One of an issuer that nobody accepts would revoke nothing, which
 * is the last thing to be silent about when a kill switch is pulled.
 */
export function parseRevocations(
  { $schema: _, ...byIssuer }: RevocationsDocument,
  issuers: readonly string[],
): Parsed<Revocations> {
  const unknown = Object.keys(byIssuer).filter((issuer) => !issuers.includes(issuer));
  if (unknown.length > 0) {
    return {
      problems: unknown.map(
        (issuer) => `${issuer}: is no issuer of any provider; there is ${issuers.join(', ')}`,
      ),
    };
  }
  const entries = Object.entries(byIssuer).map(([issuer, { jti, sub, client_id, issuedBefore }]) => {
    return [
      issuer,
      { jti: new Set(jti), sub: new Set(sub), client_id: new Set(client_id), issuedBefore },
    ] as const;
  });
  return parsed(new Map(entries));
}
