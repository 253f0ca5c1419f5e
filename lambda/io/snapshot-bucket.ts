import { setTimeout as sleep } from 'node:timers/promises';
import { SECRETS, SNAPSHOT } from '../contract.ts';
import { parseEndpoint } from '../core/config/url.ts';
import type { Bucket } from './bucket.ts';
import type { S3RequestOptions } from './s3-request.ts';
import { createObjectStore } from './snapshot-object.ts';

/** Longest id that CloudFormation takes, in bytes. */
const MAX_ID_BYTES = 1024;

const TIMEOUT_MS = 10_000;

/** Longer than most runs of the keeper, in ms. */
const KEEPER_RUN_MS = 3_000;

/** What the custom resource does with the bucket that holds the snapshot at a URL. */
export function createSnapshotBucket(snapshotUrl: string, options: S3RequestOptions) {
  const url = parseUrl('SnapshotUrl', snapshotUrl);
  const id = createObjectStore({
    ...options,
    url: new URL(url.href.replace(SNAPSHOT.key, SNAPSHOT.idKey)),
    key: SNAPSHOT.idKey,
  });
  return {
    async noteId(physicalId: string): Promise<void> {
      const noted = await id.get({ timeoutMs: TIMEOUT_MS });
      await id.put(
        Buffer.from(physicalId),
        noted.kind === 'found' ? { ifMatch: noted.etag } : { ifNoneMatch: '*' },
      );
    },
    async notedId(): Promise<string | undefined> {
      const noted = await id.get({ timeoutMs: TIMEOUT_MS });
      return noted.kind === 'found' && noted.body.length <= MAX_ID_BYTES
        ? noted.body.toString('utf8')
        : undefined;
    },
    empty: () => emptied(id, SNAPSHOT.prefix),
  };
}

/** The same for the bucket of the shared secrets, which holds nothing else. */
export function createSecretsBucket(secretsUrl: string, options: S3RequestOptions) {
  const url = parseUrl('SecretsUrl', secretsUrl);
  const bucket = createObjectStore({ ...options, url, key: SECRETS.key });
  return { empty: () => emptied(bucket, SECRETS.prefix) };
}

async function emptied({ list, remove }: Bucket, prefix: string): Promise<void> {
  const emptyOnce = async () => {
    for (const key of await list(prefix)) await remove(key);
  };
  await emptyOnce();
  // The rule is gone by now, but a run of the keeper that it began may end in a write.
  await sleep(KEEPER_RUN_MS);
  await emptyOnce();
}

function parseUrl(property: string, value: string): URL {
  const url = parseEndpoint(value);
  if (typeof url === 'string') throw new Error(`${property} ${url}`);
  return url;
}
