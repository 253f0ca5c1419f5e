import type { Identity } from './identity.ts';
import type { TokenTimes } from './jwt/check.ts';
import type { TokenParts } from './jwt/decode.ts';
import type { JoseHeader } from './jwt/header.ts';
import type { KeySet } from './keys/key-set.ts';
import type { Provider } from './provider.ts';

/** A token whose signature has been verified, and the results since then. */
export interface VerifiedToken {
  readonly token: TokenContent;
  /** The key sets with a key that made the signature, latest first. */
  readonly provenBy: readonly KeySet[];
  /** The result of the provider that last accepted it. */
  readonly accepted: AcceptedToken;
}

/** What a token says. */
export interface TokenContent extends TokenParts {
  /** Whether it was decoded as one that may have padding. */
  readonly padding: boolean;
}

/** One provider's view of a token: everything that stays the same from one use to the next. */
export interface AcceptedToken {
  readonly provider: Provider;
  readonly header: JoseHeader;
  readonly identity: Identity;
  /** From the claims; AWS's signed headers have those of the JOSE header first. */
  readonly times: readonly TokenTimes[];
}
