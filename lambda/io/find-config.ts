import type { Reading } from '../core/config/reading.ts';
import { readingsOf, type Snapshot } from '../core/snapshot/snapshot.ts';
import type { FindConfig, FoundConfig } from './config-source.ts';
import { type FoundSnapshot, MAX_UNCONFIRMED_MS } from './snapshot-reader.ts';

/** Reads the parameters from SSM. */
export type ReadParameters = (options: ReadOptions) => Promise<Reading>;

export interface ReadOptions {
  /** No configuration is in force yet. */
  readonly first: boolean;
  /** Something else could be used instead, so the read should not use all of its time. */
  readonly brief?: boolean;
}

export interface FindConfigOptions {
  readonly readParameters: ReadParameters;
  /** Reads the latest snapshot; undefined if no keeper writes one. Must not reject. */
  readonly readSnapshot?: ((options: { first: boolean }) => Promise<FoundSnapshot | undefined>) | undefined;
  /** Called with each snapshot that was found, before its parameters are used. */
  readonly onSnapshot?: (found: FoundSnapshot) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after this many milliseconds. */
  readonly wait: (ms: number) => Promise<unknown>;
  /** Called if SSM could not be read and a snapshot is used instead. */
  readonly onFailure: (reason: string) => void;
}

/** How long a cold start waits for the snapshot before it reads SSM too, in ms. */
export const PATIENCE_MS = 250;

/** When to look again if neither a fresh snapshot nor SSM was available, in ms. */
export const RETRY_MS = 30_000;

/** Whether a snapshot may be used without knowing the current values in SSM. */
const isUsable = (found: FoundSnapshot | undefined): boolean =>
  found !== undefined && found.ageMs < MAX_UNCONFIRMED_MS;

/** The readings from SSM; if they are not valid, those of a snapshot. */
const fromSsm = (reading: Reading, readAt: number, snapshot?: Snapshot): FoundConfig => ({
  readAt,
  readings: {
    access: [reading, ...(snapshot ? readingsOf(snapshot, 'access') : [])],
    revocations: [reading, ...(snapshot ? readingsOf(snapshot, 'revocations') : [])],
  },
});

const fromSnapshot = (snapshot: Snapshot): FoundConfig => ({
  readAt: snapshot.parametersReadAt,
  readings: { access: readingsOf(snapshot, 'access'), revocations: readingsOf(snapshot, 'revocations') },
});

type Read = { readonly reading: Reading } | { readonly error: Error };

/**
 * Finds the parameters where they are available soonest: in a fresh snapshot, which replaces SSM; else in SSM. If SSM
 * does not respond, an older snapshot is used. If the values in SSM are not valid, a snapshot of any age is.
 */
export function createFindConfig({
  readParameters,
  readSnapshot,
  onSnapshot = async () => {},
  now,
  wait,
  onFailure,
}: FindConfigOptions): FindConfig {
  if (readSnapshot === undefined) {
    return async (options) => {
      const readAt = now() / 1000;
      return fromSsm(await readParameters(options), readAt);
    };
  }

  async function snapshot(options: { first: boolean }): Promise<FoundSnapshot | undefined> {
    const found = await readSnapshot?.(options);
    if (found !== undefined) await onSnapshot(found);
    return found;
  }

  return async (options) => {
    const requested = snapshot(options);
    const early = options.first
      ? await Promise.race([requested, wait(PATIENCE_MS).then(() => 'pending' as const)])
      : await requested;
    if (early !== 'pending' && early?.fresh) return fromSnapshot(early.snapshot);
    if (options.snapshotOnly) return undefined;

    // If a usable snapshot is at hand, SSM gets no more time than at a refresh.
    const brief = early !== 'pending' && isUsable(early);
    const readAt = now() / 1000;
    const read: Promise<Read> = readParameters({ first: options.first, brief }).then(
      (reading) => ({ reading }),
      (error: Error) => ({ error }),
    );
    if (early === 'pending') {
      const sooner = await Promise.race([requested, read]);
      if (sooner !== undefined && 'reading' in sooner) {
        return {
          ...fromSsm(sooner.reading, readAt),
          more: async () => {
            const late = await requested;
            return late && fromSnapshot(late.snapshot);
          },
        };
      }
    }
    const found = await requested;
    if (found?.fresh) return fromSnapshot(found.snapshot);
    const result = await read;
    if ('reading' in result) return fromSsm(result.reading, readAt, found?.snapshot);
    return withoutSsm(result.error, found, options.first);
  };

  function withoutSsm({ message }: Error, found: FoundSnapshot | undefined, first: boolean): FoundConfig {
    if (found === undefined) throw new Error(message);
    if (first && !isUsable(found)) {
      throw new Error(
        `${message}; and the snapshot is more than ${MAX_UNCONFIRMED_MS / 3_600_000} hours old`,
      );
    }
    onFailure(message);
    return { ...fromSnapshot(found.snapshot), retryMs: RETRY_MS };
  }
}
