import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { decodeChunked } from './chunked.ts';
import { S3Error } from './s3-error.ts';

export type S3Operation =
  | 'DeleteObject'
  | 'DeleteObjects'
  | 'GetBucketLocation'
  | 'GetObject'
  | 'HeadBucket'
  | 'HeadObject'
  | 'ListBuckets'
  | 'ListObjectsV2'
  | 'PutObject';

/** A request to S3, before its body is read. */
export interface S3Request {
  readonly operation: S3Operation;
  /** Empty if the operation has none. */
  readonly bucket: string;
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
}

/** Operations by method, for a path without a bucket, with a bucket, and with a key. */
const OPERATIONS: Readonly<Record<string, readonly (S3Operation | undefined)[]>> = {
  DELETE: [undefined, undefined, 'DeleteObject'],
  GET: ['ListBuckets', 'ListObjectsV2', 'GetObject'],
  HEAD: [undefined, 'HeadBucket', 'HeadObject'],
  POST: [undefined, 'DeleteObjects', undefined],
  PUT: [undefined, undefined, 'PutObject'],
};

/** Query members that do not select another operation. */
const PLAIN_QUERY =
  /^(?:x-id|list-type|prefix|delimiter|max-keys|continuation-token|start-after|encoding-type|fetch-owner|delete|location|X-Amz-.*)$/i;

/** In bytes. Far above what the stack writes; S3's own limit on one write is 5 GB. */
const BODY_LIMIT = 64 * 1024 * 1024;

/** Finds the requested operation. Supports only path-style URLs: `/BUCKET/KEY`. */
export function readRequest({ method = '', url = '', headers }: IncomingMessage): S3Request {
  const [path = '', search = ''] = url.split(/\?(.*)/s);
  const [, rawBucket = '', rawKey = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  const query = new Map(new URLSearchParams(search));
  const level = rawBucket === '' ? 0 : rawKey === '' ? 1 : 2;
  const plain = OPERATIONS[method]?.[level];
  const operation = plain === 'ListObjectsV2' && query.has('location') ? 'GetBucketLocation' : plain;
  if (!operation) throw new S3Error('MethodNotAllowed');
  const unknown = [...query.keys()].find((name) => !PLAIN_QUERY.test(name));
  const copies = headers['x-amz-copy-source'] !== undefined;
  const isFirstListing = operation === 'ListObjectsV2' && query.get('list-type') !== '2';
  if (unknown !== undefined || copies || isFirstListing) {
    throw new S3Error('NotImplemented', `The local S3 does not support this operation: ${method} ${url}`);
  }
  try {
    return { operation, bucket: rawBucket, key: decodeURIComponent(rawKey), query, headers };
  } catch {
    throw new S3Error('InvalidArgument', `The key is not well-formed: ${rawKey}`);
  }
}

/** Reads the object or document of a request, decoded and checked. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const { headers } = request;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= BODY_LIMIT) chunks.push(chunk);
  }
  if (size > BODY_LIMIT) throw new S3Error('EntityTooLarge');
  const sent = Buffer.concat(chunks);
  const sha256 = String(headers['x-amz-content-sha256'] ?? '');
  const isChunked =
    sha256.startsWith('STREAMING-') || /\baws-chunked\b/.test(String(headers['content-encoding'] ?? ''));
  const body = isChunked ? decodeChunked(sent) : sent;
  const declared = headers['x-amz-decoded-content-length'];
  if (isChunked && declared !== undefined && Number(declared) !== body.length) {
    throw new S3Error('IncompleteBody');
  }
  const digest = (algorithm: string, encoding: 'hex' | 'base64') =>
    createHash(algorithm).update(body).digest(encoding);
  if (/^[0-9a-f]{64}$/.test(sha256) && sha256 !== digest('sha256', 'hex')) {
    throw new S3Error('XAmzContentSHA256Mismatch');
  }
  const md5 = headers['content-md5'];
  if (md5 !== undefined && md5 !== digest('md5', 'base64')) throw new S3Error('BadDigest');
  return body;
}
