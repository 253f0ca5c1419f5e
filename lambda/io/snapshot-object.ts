import { SNAPSHOT } from '../contract.ts';
import { MAX_SNAPSHOT_BYTES } from '../core/snapshot/snapshot.ts';
import { type Bucket, createBucket } from './bucket.ts';
import { type RetryEffects, retrying } from './retrying.ts';
import { createS3Request, type S3RequestOptions, type S3Response } from './s3-request.ts';

export type Found =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'found'; readonly etag: string; readonly body: Buffer }
  | { readonly kind: 'absent' };

export type Condition = { readonly ifMatch: string } | { readonly ifNoneMatch: '*' };

export type Written = { readonly kind: 'written'; readonly etag: string } | { readonly kind: 'conflict' };

/** One of the keeper's objects, and its bucket. Requests are repeated if S3 is busy or does not respond. */
export interface S3Object extends Bucket {
  /** `unchanged` if it still has the ETag. */
  readonly get: (options: { readonly etag?: string; readonly timeoutMs: number }) => Promise<Found>;
  /** Only the ETag, to replace an object that is too large to be read. */
  readonly etag: (options: { readonly timeoutMs: number }) => Promise<string>;
  /** `conflict` if the condition does not hold. If an earlier response was lost, our own write may be the reason. */
  readonly put: (body: Uint8Array, condition: Condition) => Promise<Written>;
  /** Writes the object unconditionally. */
  readonly overwrite: (body: Uint8Array) => Promise<void>;
}

export interface S3ObjectOptions extends S3RequestOptions {
  /** The object's URL, virtual-hosted or path-style. */
  readonly url: URL;
  /** Prefix of its key; the snapshot's prefix unless set. */
  readonly prefix?: string;
  readonly effects?: RetryEffects;
}

/**
 * For a read, within its caller's time. If a socket died while the sandbox was frozen, there is time for another
 * attempt.
 */
export const GET_RULES = { attempts: 3, attemptTimeoutMs: 1_000 };

/** For a write. */
const PUT_RULES = { attempts: 4, attemptTimeoutMs: 3_000, deadlineMs: 10_000 };

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html */
export function createS3Object({ url, prefix, owner, send, effects }: S3ObjectOptions): S3Object {
  const request = createS3Request({ owner, send });

  async function getOnce(etag: string | undefined, timeoutMs: number): Promise<Found> {
    const response = await request('GetObject', url, {
      method: 'GET',
      headers: { accept: 'application/json', ...(etag !== undefined && { 'if-none-match': etag }) },
      timeoutMs,
      maxBytes: MAX_SNAPSHOT_BYTES,
    });
    if (response.status === 200) return { kind: 'found', etag: etagOf(response), body: response.body };
    if (response.status === 304 && etag !== undefined) return { kind: 'unchanged' };
    if (response.status === 404 && response.code !== 'NoSuchBucket') return { kind: 'absent' };
    throw response.toError(response.status === 403 ? forbidden('s3:GetObject', owner) : undefined);
  }

  async function headOnce(timeoutMs: number): Promise<string> {
    const response = await request('HeadObject', url, { method: 'HEAD', timeoutMs, maxBytes: 0 });
    if (response.status === 200) return etagOf(response);
    throw response.toError(response.status === 403 ? forbidden('s3:GetObject', owner) : undefined);
  }

  async function putOnce(
    body: Uint8Array,
    condition: Condition | undefined,
    timeoutMs: number,
  ): Promise<S3Response> {
    const response = await request('PutObject', url, {
      method: 'PUT',
      headers: {
        'content-type': 'application/json',
        ...conditionFields(condition),
      },
      body,
      timeoutMs,
      maxBytes: 64 * 1024,
    });
    const { status, code } = response;
    const gone =
      status === 404 && code !== 'NoSuchBucket' && condition !== undefined && 'ifMatch' in condition;
    if (status === 200 || status === 409 || status === 412 || gone) return response;
    throw response.toError(status === 403 ? forbidden('s3:PutObject and s3:GetObject', owner) : undefined);
  }

  return {
    ...createBucket({ root: rootOf(url, prefix), request, ...(effects && { effects }) }),

    get: ({ etag, timeoutMs }) =>
      retrying((ms) => getOnce(etag, ms), { ...GET_RULES, deadlineMs: timeoutMs }, effects),

    etag: ({ timeoutMs }) => retrying(headOnce, { ...GET_RULES, deadlineMs: timeoutMs }, effects),

    async put(body, condition) {
      const put = () => retrying((ms) => putOnce(body, condition, ms), PUT_RULES, effects);
      const first = await put();
      // Another write was under way with an unknown result. Only a second attempt will tell.
      const response = first.status === 409 ? await put() : first;
      return response.status === 200 ? { kind: 'written', etag: etagOf(response) } : { kind: 'conflict' };
    },

    async overwrite(body) {
      const response = await retrying((ms) => putOnce(body, undefined, ms), PUT_RULES, effects);
      if (response.status !== 200) throw response.toError();
    },
  };
}

function conditionFields(condition: Condition | undefined): Readonly<Record<string, string>> {
  if (condition === undefined) return {};
  return 'ifMatch' in condition
    ? { 'if-match': condition.ifMatch }
    : { 'if-none-match': condition.ifNoneMatch };
}

/** RFC 9110 §8.8.3: a value that can be sent back in a header field. */
const ETAG = /^(?:W\/)?"[\x21\x23-\x7e]*"$/;

function etagOf(response: S3Response): string {
  const etag = response.headers.find(([name]) => name === 'etag')?.[1] ?? '';
  if (!ETAG.test(etag)) throw response.toError('The response has no valid ETag');
  return etag;
}

/** S3 returns 403 in all of these cases. */
const forbidden = (permissions: string, owner: string | undefined): string =>
  [
    `The function's role may lack ${permissions}`,
    'or the object may not exist, which S3 reveals only to roles with s3:ListBucket',
    ...(owner === undefined ? [] : [`or the bucket may not belong to account ${owner}`]),
  ].join('; ');

/** The bucket's URL, without a slash at its end: the object's URL without the key. */
export function rootOf(url: URL, prefix: string = SNAPSHOT.prefix): string {
  const at = url.pathname.indexOf(`/${prefix}`);
  if (at < 0) throw new Error(`The path of ${url.href} must contain /${prefix}`);
  return url.origin + url.pathname.slice(0, at);
}
