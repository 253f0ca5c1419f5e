import type { Awaitable } from '../core/awaitable.ts';
import type { JoseHeader } from '../core/jwt/header.ts';
import type { IgnoredKey, KeySet } from '../core/keys/key-set.ts';
import type { KeyResolution } from '../core/keys/resolution.ts';
import type { FetchDocument } from './fetch-document.ts';

/** Events about keys, for the log and the metrics. */
export interface KeyEvents {
  /** A key endpoint has responded, with something new or not. */
  readonly keysFetched: () => void;
  readonly keysLoaded: (provider: string, url: string, keys: number, ignored: readonly IgnoredKey[]) => void;
  readonly keysFailed: (provider: string, reason: string) => void;
}

export interface KeySourceOptions {
  readonly fetchDocument: FetchDocument;
  /** Set if a keeper fetches key sets and this environment reads them in its snapshots. */
  readonly snapshots?: SnapshotKeys | undefined;
  /** See FreshnessRules. */
  readonly refreshAhead?: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly events: KeyEvents;
}

/** What a key source can do if the keys of a snapshot are not enough. */
export interface SnapshotKeys {
  /**
   * Looks for another snapshot, unless that was done within the cooldown. Its key sets are offered in the process.
   */
  readonly lookAgain: () => Promise<unknown>;
  /** Whether key endpoints can be reached from here. */
  readonly egress: boolean;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** A key set from a snapshot. What counts is when it was fetched, not by whom. Times are in ms since the epoch. */
export interface OfferedKeySet {
  readonly set: KeySet;
  readonly loadedAt: number;
  /** When the keeper vouched for it, and for how long after that the endpoint need not be called, in ms. */
  readonly confirmedAt: number;
  readonly maxAgeMs: number;
  /** Whether the keeper should have fetched it again by now but has not. */
  readonly lagging: boolean;
}

/** The keys at one place. */
export interface KeySource {
  /** See ResolveKeys. */
  readonly resolve: (header: JoseHeader, outdated?: KeySet) => Awaitable<KeyResolution>;
  /** Loads what can be loaded before a token is seen. */
  readonly prefetch: () => Promise<void>;
  /** Takes a key set that somebody else has fetched; absent if keys are not fetched as sets. */
  readonly offer?: (offered: OfferedKeySet) => void;
}
