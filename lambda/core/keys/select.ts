import type { Algorithm } from '../jwt/algorithms.ts';
import type { KeySet, VerificationKey } from './key-set.ts';

/** Most keys that one signature is tried with: a set may hold several under one `kid`, or a token name none. */
const MAX_CANDIDATES = 4;

export type Selection =
  | { readonly kind: 'keys'; readonly keys: readonly VerificationKey[] }
  | { readonly kind: 'algorithm' | 'ambiguous' | 'unknown' };

/**
 * The keys of a set that may have signed a token with this `alg` and `kid`. A token without `kid` may have
 * been signed by any key that its `alg` fits, as long as those are few.
 */
export function selectKeys(set: KeySet, alg: Algorithm, kid: string | undefined): Selection {
  const named = kid === undefined ? set.keys : set.byKid.get(kid);
  if (named === undefined) return { kind: 'unknown' };
  const keys = named.filter((key) => key.algorithms.includes(alg));
  if (keys.length === 0) return { kind: kid === undefined ? 'unknown' : 'algorithm' };
  if (keys.length > MAX_CANDIDATES) return { kind: 'ambiguous' };
  return { kind: 'keys', keys };
}
