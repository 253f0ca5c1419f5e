import { hasSameKeys, type KeySet, parseKeySet } from '../core/keys/key-set.ts';
import { keySetId } from '../core/provider.ts';
import type { StoredKeySet } from '../core/snapshot/snapshot.ts';
import type { OfferedKeySet } from './key-source.ts';
import type { FoundSnapshot } from './snapshot-reader.ts';

/** A key set as it was last read, so that the same text is not imported again. */
interface Imported {
  readonly text: string;
  readonly set: KeySet;
}

/** How late a healthy keeper may be in fetching a set, in ms: it runs every minute. */
const MAX_DELAY_MS = 60_000;

export interface SnapshotKeysOptions {
  /** See MAX_SNAPSHOT_SECONDS. */
  readonly maxSnapshotSeconds: number;
  /**
   * Fraction of its lifetime that a set is used for, from 0.85 to 1. It varies because all environments have the same
   * sets.
   */
  readonly spread: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onProblem: (message: string) => void;
}

/** Prepares the key sets of snapshots for verifying, by `keySetId`. A set that cannot be used is left out. */
export function createSnapshotKeys({ maxSnapshotSeconds, spread, now, onProblem }: SnapshotKeysOptions) {
  let imported: ReadonlyMap<string, Imported> = new Map();
  const maxMs = maxSnapshotSeconds * 1000;

  return async ({ snapshot }: FoundSnapshot): Promise<ReadonlyMap<string, OfferedKeySet>> => {
    const next = new Map<string, Imported>();
    const offered = new Map<string, OfferedKeySet>();
    const readAt = snapshot.parametersReadAt * 1000;
    for (const stored of snapshot.keySets) {
      const id = keySetId(stored.issuers, stored.location);
      const loadedAt = stored.fetchedAt * 1000;
      if (loadedAt > now() + maxMs) {
        onProblem('a key set of the snapshot is from the future');
        continue;
      }
      const one = await importSet(stored, imported.get(id));
      if (typeof one === 'string') {
        onProblem(`a key set of the snapshot cannot be used: ${one}`);
        continue;
      }
      next.set(id, one);
      // The keeper vouches for a set as long as the snapshot is fresh; one just fetched is good for its own lifetime.
      const maxAgeMs = stored.maxAgeSeconds * 1000 * spread;
      const times =
        readAt + maxMs > loadedAt + maxAgeMs
          ? { confirmedAt: readAt, maxAgeMs: maxMs }
          : { confirmedAt: loadedAt, maxAgeMs };
      const lagging = readAt - loadedAt > stored.maxAgeSeconds * 1000 + MAX_DELAY_MS;
      offered.set(id, { set: one.set, loadedAt, ...times, lagging });
    }
    imported = next;
    return offered;
  };
}

async function importSet({ keys }: StoredKeySet, last: Imported | undefined): Promise<Imported | string> {
  const text = JSON.stringify(keys);
  if (last?.text === text) return last;
  const set = await parseKeySet({ keys });
  if ('problem' in set) return set.problem;
  return { text, set: last !== undefined && hasSameKeys(last.set, set) ? last.set : set };
}
