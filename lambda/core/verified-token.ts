import type { Identity } from './identity.ts';
import type { TokenTimes } from './jwt/check.ts';
import type { JoseHeader } from './jwt/header.ts';
import type { KeySet } from './keys/key-set.ts';
import type { Provider } from './provider.ts';

/** A token whose signature and unchanging claims have been verified with the keys of `set`. */
export interface VerifiedToken {
  readonly provider: Provider;
  readonly header: JoseHeader;
  readonly set: KeySet;
  readonly identity: Identity;
  /** Of its claims and, before them, of the JOSE header of AWS's signed headers. */
  readonly times: readonly TokenTimes[];
}
