import { setTimeout as sleep } from 'node:timers/promises';
import { SECRETS, SNAPSHOT } from '../contract.ts';
import { isLoopback, parseEndpoint } from '../core/config/url.ts';
import type { Bucket } from './bucket.ts';
import type { S3RequestOptions } from './s3-request.ts';
import { ServiceError } from './service-error.ts';
import { createS3Object, rootOf } from './snapshot-object.ts';

/** Longest id that CloudFormation accepts, in bytes. */
const MAX_ID_BYTES = 1024;

const TIMEOUT_MS = 10_000;

/** Longer than most runs of the keeper, in ms. */
const KEEPER_RUN_MS = 3_000;

/** What the custom resource does with the bucket that holds the snapshot at a URL. */
export function createSnapshotBucket(snapshotUrl: string, options: S3RequestOptions) {
  const url = parseUrl('SnapshotUrl', snapshotUrl);
  const store = createS3Object({ ...options, url: new URL(`${rootOf(url)}/${SNAPSHOT.idKey}`) });
  return {
    noteId: (physicalId: string): Promise<void> => store.overwrite(Buffer.from(physicalId)),
    notedId: (): Promise<string | undefined> =>
      unlessGone(async () => {
        const noted = await store.get({ timeoutMs: TIMEOUT_MS });
        if (noted.kind !== 'found' || noted.body.length > MAX_ID_BYTES) return undefined;
        return noted.body.toString('utf8');
      }),
    empty: () => emptied(store, SNAPSHOT.prefix),
  };
}

/** The same for the bucket of the shared secrets, which contains nothing else. */
export function createSecretsBucket(secretsUrl: string, options: S3RequestOptions) {
  const url = parseUrl('SecretsUrl', secretsUrl);
  const store = createS3Object({ ...options, url, prefix: SECRETS.prefix });
  return { empty: () => emptied(store, SECRETS.prefix) };
}

async function emptied({ list, remove }: Bucket, prefix: string): Promise<void> {
  const emptyOnce = async () => {
    for (const key of await list(prefix)) await remove(key);
  };
  await unlessGone(async () => {
    await emptyOnce();
    // The rule is gone by now, but a keeper run that it started may still write.
    await sleep(KEEPER_RUN_MS);
    await emptyOnce();
  });
}

/** Limits what an event can make the function sign and send with its role: only requests to S3. */
function parseUrl(name: string, text: string): URL {
  const url = parseEndpoint(text);
  if (typeof url === 'string') throw new Error(`${name} ${url}`);
  if (!S3_HOST.test(url.hostname) && !isLoopback(url))
    throw new Error(`${name} is not the URL of an object in S3`);
  return url;
}

/**
 * A bucket's regional host name.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
const S3_HOST =
  /^[a-z0-9-]+\.s3\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov)$/;

/** A bucket that somebody deleted by hand counts as empty. */
async function unlessGone<T>(work: () => Promise<T>): Promise<T | undefined> {
  return work().catch((error: Error) => {
    const cause = error.cause ?? error;
    if (cause instanceof ServiceError && cause.code === 'NoSuchBucket') return undefined;
    throw error;
  });
}
