import type { Awaitable } from '../core/awaitable.ts';
import type { JoseHeader } from '../core/jwt/header.ts';
import type { IgnoredKey, KeySet } from '../core/keys/key-set.ts';
import type { KeyResolution } from '../core/keys/resolution.ts';
import type { FetchDocument } from './fetch-document.ts';

/** What the log and the metrics hear of keys. */
export interface KeyEvents {
  /** A key endpoint has answered, whether with anything new or not. */
  readonly keysFetched: () => void;
  readonly keysLoaded: (provider: string, url: string, keys: number, ignored: readonly IgnoredKey[]) => void;
  readonly keysFailed: (provider: string, reason: string) => void;
}

export interface KeySourceOptions {
  readonly fetchDocument: FetchDocument;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly events: KeyEvents;
}

/** The keys at one place. */
export interface KeySource {
  /** See ResolveKeys. */
  readonly resolve: (header: JoseHeader, outdated?: KeySet) => Awaitable<KeyResolution>;
  /** Loads what can be loaded before a token is seen. */
  readonly prefetch: () => Promise<void>;
}
