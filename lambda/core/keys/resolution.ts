import type { Awaitable } from '../awaitable.ts';
import type { Failure } from '../failure.ts';
import type { JoseHeader } from '../jwt/header.ts';
import type { Provider } from '../provider.ts';
import type { KeySet, VerificationKey } from './key-set.ts';

/** The keys of a provider that may have signed a token with this header, and the set that they are of. */
export type KeyResolution =
  | {
      readonly kind: 'keys';
      readonly keys: readonly VerificationKey[];
      readonly set: KeySet;
      /** Since the set was asked for; absent where it never changes. */
      readonly ageSeconds?: number;
    }
  | ({ readonly kind: 'failure' } & Failure)
  | Unavailable;

/** Nobody can tell now: the keys are not to be had. */
export interface Unavailable {
  readonly kind: 'unavailable';
  readonly reason: string;
  readonly retryAfterSeconds: number;
}

/**
 * Resolves the key by the provider's own key source; may fetch it. `outdated` is a set whose keys did not make the
 * signature: only a newer one helps, which is asked for at most once per cooldown. Must not reject.
 */
export type ResolveKeys = (
  provider: Provider,
  header: JoseHeader,
  outdated?: KeySet,
) => Awaitable<KeyResolution>;
