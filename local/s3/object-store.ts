import { createHash } from 'node:crypto';
import { S3Error } from './s3-error.ts';

export interface StoredObject {
  readonly key: string;
  readonly bytes: Buffer;
  /** The MD5 of the bytes, without quotes. */
  readonly etag: string;
  readonly modified: Date;
  /** Header fields that reads return unchanged: the content type and the metadata. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Conditions of a write on the existing object. */
export interface WriteConditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/** Objects by bucket and key. */
export interface ObjectStore {
  readonly buckets: readonly string[];
  get(bucket: string, key: string): StoredObject | undefined;
  /** Writes the whole object, or nothing if a condition does not hold. */
  put(
    bucket: string,
    key: string,
    bytes: Buffer,
    options?: WriteConditions & { readonly headers?: StoredObject['headers'] },
  ): StoredObject;
  /** Returns whether the object existed. */
  delete(bucket: string, key: string): boolean;
  /** All objects of a bucket, sorted by the UTF-8 bytes of their keys. */
  list(bucket: string): StoredObject[];
}

/** S3's objects in memory. Only the buckets in `names` exist; any other is `NoSuchBucket`. */
export function createObjectStore(names: readonly string[], now: () => number): ObjectStore {
  const buckets = new Map(names.map((name) => [name, new Map<string, StoredObject>()]));
  const within = (bucket: string) => {
    const objects = buckets.get(bucket);
    if (!objects) throw new S3Error('NoSuchBucket');
    return objects;
  };
  return {
    buckets: names,
    get: (bucket, key) => within(bucket).get(key),
    put(bucket, key, bytes, { ifMatch, ifNoneMatch, headers = {} } = {}) {
      const objects = within(bucket);
      checkConditions(objects.get(key), { ifMatch, ifNoneMatch });
      const etag = createHash('md5').update(bytes).digest('hex');
      const object = { key, bytes, etag, modified: new Date(now()), headers };
      objects.set(key, object);
      return object;
    },
    delete: (bucket, key) => within(bucket).delete(key),
    list: (bucket) =>
      [...within(bucket).values()].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key))),
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
function checkConditions(current: StoredObject | undefined, { ifMatch, ifNoneMatch }: WriteConditions): void {
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') throw new S3Error('NotImplemented');
  if (ifNoneMatch !== undefined && current) throw new S3Error('PreconditionFailed');
  if (ifMatch === undefined) return;
  if (!current) throw new S3Error('NoSuchKey');
  if (!namesEtag(ifMatch, current.etag)) throw new S3Error('PreconditionFailed');
}

/** Whether an If-Match or If-None-Match names the ETag. S3 accepts it with and without quotes. */
export function namesEtag(condition: string, etag: string): boolean {
  return condition
    .split(',')
    .map((entry) =>
      entry
        .trim()
        .replace(/^W\//, '')
        .replace(/^"(.*)"$/, '$1'),
    )
    .some((entry) => entry === '*' || entry === etag);
}
