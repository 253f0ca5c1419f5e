import { own } from './claim-rules.ts';
import type { Failure } from './failure.ts';
import { CLIENT_CLAIMS, type Identity } from './identity.ts';

/** What is revoked for one issuer, whatever its tokens say. */
export interface IssuerRevocations {
  readonly jti: ReadonlySet<string>;
  readonly sub: ReadonlySet<string>;
  readonly client_id: ReadonlySet<string>;
  /** Tokens with an `iat` before this are revoked, and so are those without one; seconds since the epoch. */
  readonly issuedBefore: number | undefined;
  /** The same by `sub`, for its tokens only. */
  readonly subIssuedBefore: ReadonlyMap<string, number>;
}

/**
 * Revocations by issuer. They match claims, never a token's text: an attacker could write the same token
 * differently.
 */
export type Revocations = ReadonlyMap<string, IssuerRevocations>;

export function checkRevocations(identity: Identity, revocations: Revocations): Failure | undefined {
  const revoked = revocations.get(identity.issuer);
  if (revoked === undefined) return undefined;
  if (has(revoked.jti, own(identity.claims, 'jti'))) return failure('"jti" is revoked');
  if (has(revoked.sub, identity.subject)) return failure('"sub" is revoked');
  if (revoked.client_id.size > 0) {
    for (const name of CLIENT_CLAIMS) {
      if (has(revoked.client_id, own(identity.claims, name))) return failure(`"${name}" is revoked`);
    }
  }
  const { issuedBefore, subIssuedBefore } = revoked;
  if (isIssuedBefore(identity, issuedBefore)) {
    return failure(`not known to be issued at or after ${issuedBefore}`);
  }
  const before = subIssuedBefore.get(identity.subject as string);
  return isIssuedBefore(identity, before)
    ? failure(`"sub" is revoked for tokens not known to be issued at or after ${before}`)
    : undefined;
}

function isIssuedBefore({ claims }: Identity, time: number | undefined): boolean {
  if (time === undefined) return false;
  const iat = own(claims, 'iat');
  return !(typeof iat === 'number' && iat >= time);
}

const has = (revoked: ReadonlySet<string>, value: unknown): boolean => revoked.has(value as string);

const failure = (reason: string): Failure => ({ code: 'token_revoked', reason });
