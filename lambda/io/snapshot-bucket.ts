import { setTimeout as sleep } from 'node:timers/promises';
import { SNAPSHOT } from '../contract.ts';
import { parseEndpoint } from '../core/config/url.ts';
import type { S3RequestOptions } from './s3-request.ts';
import { ServiceError } from './service-error.ts';
import { createObjectStore, rootOf } from './snapshot-object.ts';

/** Longest id that CloudFormation takes, in bytes. */
const MAX_ID_BYTES = 1024;

const TIMEOUT_MS = 10_000;

/** Longer than most runs of the keeper, in ms. */
const KEEPER_RUN_MS = 3_000;

/** What the custom resource does with the bucket that holds the snapshot at a URL. */
export function createSnapshotBucket(snapshotUrl: string, options: S3RequestOptions) {
  const url = parseEndpoint(snapshotUrl);
  if (typeof url === 'string') throw new Error(`SnapshotUrl ${url}`);
  const store = createObjectStore({ ...options, url: new URL(`${rootOf(url)}/${SNAPSHOT.idKey}`) });

  async function emptyOnce(): Promise<void> {
    for (const key of await store.list(SNAPSHOT.prefix)) await store.remove(key);
  }

  return {
    noteId: (physicalId: string): Promise<void> => store.overwrite(Buffer.from(physicalId)),
    notedId: (): Promise<string | undefined> =>
      unlessGone(async () => {
        const noted = await store.get({ timeoutMs: TIMEOUT_MS });
        if (noted.kind !== 'found' || noted.body.length > MAX_ID_BYTES) return undefined;
        return noted.body.toString('utf8');
      }),
    empty: async (): Promise<void> => {
      await unlessGone(async () => {
        await emptyOnce();
        // The rule is gone by now, but a run of the keeper that it began may end in a write.
        await sleep(KEEPER_RUN_MS);
        await emptyOnce();
      });
    },
  };
}

/** A bucket that somebody has deleted by hand has nothing in it. */
async function unlessGone<T>(work: () => Promise<T>): Promise<T | undefined> {
  return work().catch((error: Error) => {
    const cause = error.cause ?? error;
    if (cause instanceof ServiceError && cause.code === 'NoSuchBucket') return undefined;
    throw error;
  });
}
