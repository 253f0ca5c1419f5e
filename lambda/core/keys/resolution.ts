import type { Awaitable } from '../awaitable.ts';
import type { Failure } from '../failure.ts';
import type { JoseHeader } from '../jwt/header.ts';
import type { Provider } from '../provider.ts';
import type { KeySet, VerificationKey } from './key-set.ts';

/** The keys of a provider that may have signed a token with this header, and the set that they are from. */
export type KeyResolution =
  | {
      readonly kind: 'keys';
      readonly keys: readonly VerificationKey[];
      readonly set: KeySet;
      /** Time since the set was requested; absent for a set that never changes. */
      readonly ageSeconds?: number;
    }
  | ({ readonly kind: 'failure' } & Failure)
  | Unavailable;

/** No decision is possible for now, because the keys are unavailable. */
export interface Unavailable {
  readonly kind: 'unavailable';
  readonly reason: string;
  readonly retryAfterSeconds: number;
}

/**
 * Resolves the key from the provider's own key source; may fetch it. `outdated` is a set whose keys did not make the
 * signature: only a newer one helps, and it is requested at most once per cooldown. Must not reject.
 */
export type ResolveKeys = (
  provider: Provider,
  header: JoseHeader,
  outdated?: KeySet,
) => Awaitable<KeyResolution>;
