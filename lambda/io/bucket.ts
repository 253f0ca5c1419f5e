import { type RetryEffects, retrying } from './retrying.ts';
import type { S3Request } from './s3-request.ts';
import { xmlText } from './xml-response.ts';

/** The operations that emptying a bucket needs. */
export interface Bucket {
  /** Keys of all objects under a prefix. */
  readonly list: (prefix: string) => Promise<readonly string[]>;
  /** Removes an object; succeeds if it does not exist. */
  readonly remove: (key: string) => Promise<void>;
}

export interface BucketOptions {
  /** The bucket's URL without a slash at its end. */
  readonly root: string;
  readonly request: S3Request;
  readonly effects?: RetryEffects;
}

const RULES = { attempts: 4, attemptTimeoutMs: 3_000, deadlineMs: 10_000 };

/** Pages of 1,000 keys each, the most that S3 returns at once. */
const MAX_PAGES = 10;

/** Enough for a page of keys of 1,024 bytes, escaped, with their metadata. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;

export function createBucket({ root, request, effects }: BucketOptions): Bucket {
  async function page(prefix: string, token: string | undefined, timeoutMs: number): Promise<string> {
    const url = new URL(root);
    url.searchParams.set('list-type', '2');
    url.searchParams.set('prefix', prefix);
    if (token !== undefined) url.searchParams.set('continuation-token', token);
    const response = await request('ListObjectsV2', url, {
      method: 'GET',
      timeoutMs,
      maxBytes: MAX_PAGE_BYTES,
    });
    if (response.status === 200) return response.body.toString('utf8');
    throw response.toError(
      response.status === 403 ? "The function's role may lack s3:ListBucket" : undefined,
    );
  }

  async function removeOnce(key: string, timeoutMs: number): Promise<void> {
    const url = objectUrl(root, key);
    const response = await request('DeleteObject', url, { method: 'DELETE', timeoutMs, maxBytes: 64 * 1024 });
    if (response.status === 204 || response.status === 200 || response.code === 'NoSuchKey') return;
    throw response.toError(
      response.status === 403 ? "The function's role may lack s3:DeleteObject" : undefined,
    );
  }

  return {
    async list(prefix) {
      const keys: string[] = [];
      let token: string | undefined;
      for (let pages = 0; pages < MAX_PAGES; pages += 1) {
        const document = await retrying((ms) => page(prefix, token, ms), RULES, effects);
        for (const [, key = ''] of document.matchAll(/<Key>([^<]*)<\/Key>/g)) keys.push(xmlText(key));
        token = continuationOf(document);
        if (token === undefined) return keys;
      }
      throw new Error(`${root} has more than ${MAX_PAGES} pages of objects under ${prefix}`);
    },

    remove: (key) => retrying((ms) => removeOnce(key, ms), RULES, effects),
  };
}

/** The token for the next page; undefined if there is none. */
function continuationOf(document: string): string | undefined {
  const truncated = /<IsTruncated>(true|false)<\/IsTruncated>/.exec(document)?.[1];
  const token = /<NextContinuationToken>([^<]+)<\/NextContinuationToken>/.exec(document)?.[1];
  if (truncated === 'false') return undefined;
  if (truncated === undefined || token === undefined) throw new Error("S3's list of objects is malformed");
  return xmlText(token);
}

function objectUrl(root: string, key: string): URL {
  const text = `${root}/${key.split('/').map(encodeURIComponent).join('/')}`;
  const url = new URL(text);
  // A URL cannot hold dot segments: such a key would become the key of another object.
  if (url.href !== text)
    throw new Error(`The object ${JSON.stringify(key)} has a key that cannot be written in a URL`);
  return url;
}
