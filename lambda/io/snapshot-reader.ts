import { MAX_KEY_SET_AGE_MS } from '../core/keys/max-age.ts';
import { isFromTheFuture, parseSnapshot, type Snapshot } from '../core/snapshot/snapshot.ts';

/**
 * Gets the object that holds the snapshot; its store decides how long it tries. Rejects with a reason for the log.
 */
export type GetSnapshot = (options: {
  readonly etag: string | undefined;
  readonly first: boolean;
}) => Promise<
  | { readonly kind: 'found'; readonly etag: string; readonly body: Uint8Array }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'absent' }
>;

/** Events about snapshots, for the log and the metrics. */
export interface SnapshotEvents {
  /** How long ago the keeper read the snapshot's parameters, in seconds. */
  readonly snapshotRead: (ageSeconds: number) => void;
  /** It could not be read or used; `news` says whether the reason differs from the last one. */
  readonly snapshotFailed: (reason: string, news: boolean) => void;
  /** Whether the current snapshot is fresh has changed; at the start it counts as fresh. */
  readonly snapshotFresh: (fresh: boolean, ageSeconds: number | undefined) => void;
}

export interface SnapshotReaderOptions {
  readonly get: GetSnapshot;
  /** Prefix of the parameters. */
  readonly path: string;
  /** See MAX_SNAPSHOT_SECONDS. */
  readonly maxSnapshotSeconds: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly events: SnapshotEvents;
}

/** The latest snapshot that has been read. */
export interface FoundSnapshot {
  readonly snapshot: Snapshot;
  /** Whether it replaces SSM and the key endpoints, so that neither has to be called. */
  readonly fresh: boolean;
  /**
   * Time since the keeper read its parameters, in ms. A time in the future counts the same, because clocks differ.
   */
  readonly ageMs: number;
}

/** Reads the snapshot. Never rejects, and never replaces a snapshot with an earlier one. */
export function createSnapshotReader({ get, path, maxSnapshotSeconds, now, events }: SnapshotReaderOptions) {
  const maxMs = maxSnapshotSeconds * 1000;
  let last: { readonly etag: string; readonly snapshot: Snapshot } | undefined;
  let failure: string | undefined;
  let wasFresh = true;

  function use(body: Uint8Array, etag: string): void {
    const snapshot = parseSnapshot(body);
    if ('problem' in snapshot) throw new Error(`the snapshot cannot be used: ${snapshot.problem}`);
    if (snapshot.path !== path)
      throw new Error(`the snapshot is for parameters under a path other than ${path}`);
    if (isFromTheFuture(snapshot, now() / 1000)) throw new Error('the snapshot is from the future');
    if (last !== undefined && snapshot.writtenAt < last.snapshot.writtenAt) {
      throw new Error('the snapshot is older than the one in use');
    }
    last = { etag, snapshot };
  }

  return async (options: { first: boolean }): Promise<FoundSnapshot | undefined> => {
    try {
      const result = await get({ ...options, etag: last?.etag });
      if (result.kind === 'absent') throw new Error('there is no snapshot');
      if (result.kind === 'found') use(result.body, result.etag);
      failure = undefined;
    } catch (error) {
      const { message } = error as Error;
      events.snapshotFailed(message, message !== failure);
      failure = message;
    }
    const ageMs = last && Math.abs(now() - last.snapshot.parametersReadAt * 1000);
    const fresh = ageMs !== undefined && ageMs < maxMs;
    if (ageMs !== undefined) events.snapshotRead(ageMs / 1000);
    if (fresh !== wasFresh) events.snapshotFresh(fresh, ageMs && ageMs / 1000);
    wasFresh = fresh;
    return last && ageMs !== undefined ? { snapshot: last.snapshot, fresh, ageMs } : undefined;
  };
}

/** The oldest snapshot that is used without knowing the current values in SSM, in ms. */
export const MAX_UNCONFIRMED_MS = MAX_KEY_SET_AGE_MS;
