import type { Identity } from './identity.ts';
import type { TokenTimes } from './jwt/check.ts';
import type { TokenParts } from './jwt/decode.ts';
import type { JoseHeader } from './jwt/header.ts';
import type { KeySet } from './keys/key-set.ts';
import type { Provider } from './provider.ts';

/** A token whose signature has been verified, and what has been made of it since. */
export interface VerifiedToken {
  readonly token: TokenContent;
  /** The key sets that have a key which made the signature, the latest first. */
  readonly provenBy: readonly KeySet[];
  /** What the provider that accepted it last has made of it. */
  readonly accepted: AcceptedToken;
}

/** What a token says. */
export interface TokenContent extends TokenParts {
  /** Whether it was decoded as one that may have padding. */
  readonly padding: boolean;
}

/** What does not change from one use of a token to the next, as one provider sees it. */
export interface AcceptedToken {
  readonly provider: Provider;
  readonly header: JoseHeader;
  readonly identity: Identity;
  /** Of its claims and, before them, of the JOSE header of AWS's signed headers. */
  readonly times: readonly TokenTimes[];
}
