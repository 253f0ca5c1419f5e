import type { Failure } from '../failure.ts';
import type { Algorithm } from '../jwt/algorithms.ts';
import type { KeySet, VerificationKey } from './key-set.ts';

/**
 * The most keys that one signature is tried with: a set may have several under one `kid`, or a token may name none.
 */
export const MAX_CANDIDATES = 4;

export type Selection =
  | { readonly kind: 'keys'; readonly keys: readonly VerificationKey[]; readonly set: KeySet }
  /** `absent`: the set has no such key, but a newer one might. */
  | ({ readonly kind: 'failure'; readonly absent: boolean } & Failure);

/**
 * The keys of a set that may have signed a token with this `alg` and `kid`. A token without `kid` may have been signed
 * by any key that fits its `alg`. If no key has its `kid`, any key without a `kid` may have signed it. Both hold only
 * as long as those keys are few.
 */
export function selectKeys(set: KeySet, alg: Algorithm, kid: string | undefined): Selection {
  const named = kid === undefined ? set.keys : (set.byKid.get(kid) ?? set.nameless);
  const fits = (key: VerificationKey): boolean => key.algorithms.includes(alg);
  const keys = named.every(fits) ? named : named.filter(fits);
  if (keys.length > MAX_CANDIDATES) {
    return kid === undefined || named !== set.nameless
      ? failure('key_unknown', 'too many keys of the set fit; the token must name one by "kid"', false)
      : failure('key_unknown', 'no key has this "kid", and too many keys without one fit', true);
  }
  if (keys.length > 0) return { kind: 'keys', keys, set };
  if (kid === undefined) return failure('key_unknown', 'no key of the set fits "alg"', true);
  return named === set.nameless
    ? failure('key_unknown', 'no key has this "kid"', true)
    : failure('algorithm_not_allowed', 'the key with this "kid" is not for this "alg"', false);
}

const failure = (code: Failure['code'], reason: string, absent: boolean): Selection => ({
  kind: 'failure',
  code,
  reason,
  absent,
});
