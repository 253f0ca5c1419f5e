import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from './io/environment.ts';
import { fetchDocument } from './io/fetch-document.ts';
import { ClientError } from './io/http-client.ts';
import type { createKeeperLog } from './io/keeper-log.ts';
import { createParameterReader } from './io/parameter-store.ts';
import type { SignedRequest } from './io/signed-request.ts';
import { createObjectStore, type ObjectStore } from './io/snapshot-object.ts';
import { createKeeper, type KeeperAnswer, type SnapshotObject } from './keeper.ts';
import { createKeySetKeeper } from './key-set-keeper.ts';

export interface KeeperMeans {
  readonly log: ReturnType<typeof createKeeperLog>;
  /** Sends a request that is signed for `s3`. */
  readonly send: SignedRequest;
}

/** For all attempts to read the snapshot, in ms. */
const GET_TIMEOUT_MS = 10_000;

/** The keeper of the real parts; undefined where it is off. */
export function startKeeper(
  { configPath: path, snapshot, egress }: Environment,
  { log, send }: KeeperMeans,
): (() => Promise<KeeperAnswer>) | undefined {
  if (snapshot === undefined) return undefined;
  const read = createParameterReader(path);
  const run = createKeeper({
    path,
    readParameters: () => read({ first: true }),
    object: snapshotObject(createObjectStore({ ...snapshot, send })),
    keySets: createKeySetKeeper({ fetchDocument, egress, now: Date.now, events: log }),
    egress,
    now: Date.now,
    pause: (mostMs) => sleep(Math.random() * mostMs),
    events: log,
  });
  return async () => {
    try {
      return await run();
    } catch (error) {
      log.keeperFailed((error as Error).message);
      throw error;
    }
  };
}

const snapshotObject = ({ get, etag, put }: ObjectStore): SnapshotObject => ({
  async get() {
    try {
      const found = await get({ timeoutMs: GET_TIMEOUT_MS });
      return found.kind === 'found' ? found : undefined;
    } catch (error) {
      if (!(error instanceof ClientError) || error.kind !== 'too-large') throw error;
      // Nothing that we write is so large. Whatever it is must not stand in the way of the next snapshot.
      return { etag: await etag({ timeoutMs: GET_TIMEOUT_MS }), body: Buffer.of() };
    }
  },
  async put(text, since) {
    const written = await put(
      Buffer.from(text),
      since === undefined ? { ifNoneMatch: '*' } : { ifMatch: since.etag },
    );
    return written.kind;
  },
});
