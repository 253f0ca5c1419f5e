import type { Reading } from '../core/config/reading.ts';
import { readingsOf, type Snapshot } from '../core/snapshot/snapshot.ts';
import type { FindConfig, FoundConfig } from './config-source.ts';
import { type FoundSnapshot, MAX_UNCONFIRMED_MS } from './snapshot-reader.ts';

/** Reads the parameters from SSM. */
export type ReadParameters = (options: ReadOptions) => Promise<Reading>;

export interface ReadOptions {
  /** There is no configuration to go on with. */
  readonly first: boolean;
  /** There is one to begin with, so that it need not take as long as it can. */
  readonly brief?: boolean;
}

export interface FindConfigOptions {
  readonly readParameters: ReadParameters;
  /** The latest snapshot, where a keeper writes one. Must not reject. */
  readonly readSnapshot?: ((options: { first: boolean }) => Promise<FoundSnapshot | undefined>) | undefined;
  /** Gets each snapshot that was found, before its parameters are used. */
  readonly onSnapshot?: (found: FoundSnapshot) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after this many milliseconds. */
  readonly wait: (ms: number) => Promise<unknown>;
  /** SSM could not be read, and a snapshot serves in its place. */
  readonly onFailure: (reason: string) => void;
}

/** How long a cold start waits for the snapshot before it asks SSM as well, in ms. */
export const PATIENCE_MS = 250;

/** When to look again where neither a fresh snapshot nor SSM was to be had, in ms. */
export const RETRY_MS = 30_000;

/** Whether a snapshot may serve without knowing what is in SSM now. */
const isUsable = (found: FoundSnapshot | undefined): boolean =>
  found !== undefined && found.ageMs < MAX_UNCONFIRMED_MS;

/** From SSM, and where that is not valid from a snapshot. */
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
 * Finds the parameters where they can be had soonest: in a fresh snapshot, which stands for SSM; else in SSM. Where
 * SSM does not answer, an older snapshot serves, and without any limit of age where what SSM answers is not valid.
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
    const asked = snapshot(options);
    const early = options.first
      ? await Promise.race([asked, wait(PATIENCE_MS).then(() => 'pending' as const)])
      : await asked;
    if (early !== 'pending' && early?.fresh) return fromSnapshot(early.snapshot);
    if (options.snapshotOnly) return undefined;

    // With a snapshot that would do, SSM is given no more time than at a refresh.
    const brief = early !== 'pending' && isUsable(early);
    const readAt = now() / 1000;
    const read: Promise<Read> = readParameters({ first: options.first, brief }).then(
      (reading) => ({ reading }),
      (error: Error) => ({ error }),
    );
    if (early === 'pending') {
      const sooner = await Promise.race([asked, read]);
      if (sooner !== undefined && 'reading' in sooner) {
        return {
          ...fromSsm(sooner.reading, readAt),
          more: async () => {
            const late = await asked;
            return late && fromSnapshot(late.snapshot);
          },
        };
      }
    }
    const found = await asked;
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
