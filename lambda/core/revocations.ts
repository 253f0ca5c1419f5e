import { own } from './claim-rules.ts';
import type { Failure } from './failure.ts';
import { CLIENT_CLAIMS, type Identity } from './identity.ts';

/** What of one issuer is revoked, whatever its tokens say. */
export interface IssuerRevocations {
  readonly jti: ReadonlySet<string>;
  readonly sub: ReadonlySet<string>;
  readonly client_id: ReadonlySet<string>;
  /** Tokens with an `iat` before this are revoked, and so are those without one; seconds since the epoch. */
  readonly issuedBefore: number | undefined;
}

/** By issuer: by claims, never by a token's text, of which an attacker could make another. */
export type Revocations = ReadonlyMap<string, IssuerRevocations>;

export function checkRevocations(identity: Identity, revocations: Revocations): Failure | undefined {
  const revoked = revocations.get(identity.issuer);
  if (revoked === undefined) return undefined;
  const { issuedBefore } = revoked;
  if (has(revoked.jti, own(identity.claims, 'jti'))) return failure('"jti" is revoked');
  if (has(revoked.sub, identity.subject)) return failure('"sub" is revoked');
  if (revoked.client_id.size > 0) {
    for (const name of CLIENT_CLAIMS) {
      if (has(revoked.client_id, own(identity.claims, name))) return failure(`"${name}" is revoked`);
    }
  }
  if (issuedBefore !== undefined) {
    const iat = own(identity.claims, 'iat');
    if (!(typeof iat === 'number' && iat >= issuedBefore)) {
      return failure(`not known to be issued at or after ${issuedBefore}`);
    }
  }
  return undefined;
}

const has = (revoked: ReadonlySet<string>, value: unknown): boolean => revoked.has(value as string);

const failure = (reason: string): Failure => ({ code: 'token_revoked', reason });
