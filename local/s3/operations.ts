import type { IncomingHttpHeaders } from 'node:http';
import { textsOf, type XmlElements, xmlDocument } from '../aws-api/xml.ts';
import { listPage } from './listing.ts';
import { namesEtag, type ObjectStore, type StoredObject } from './object-store.ts';
import { S3Error } from './s3-error.ts';
import type { S3Operation, S3Request } from './s3-request.ts';

export interface S3Response {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** A request with its body, and the state that it works on. */
export interface OperationInput extends S3Request {
  readonly body: Buffer;
  readonly store: ObjectStore;
  readonly region: string;
  /** Whether the caller may list the buckets, and so may learn that an object is missing. */
  readonly mayList: boolean;
}

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html */
export const OPERATIONS: Readonly<Record<S3Operation, (input: OperationInput) => S3Response>> = {
  ListBuckets: ({ store }) =>
    xml('ListAllMyBucketsResult', {
      Buckets: {
        Bucket: store.buckets.map((Name) => ({ Name, CreationDate: '2026-01-01T00:00:00.000Z' })),
      },
    }),

  // The response for us-east-1 names no region.
  GetBucketLocation: ({ region }) =>
    region === 'us-east-1'
      ? { status: 200, headers: XML, body: `<LocationConstraint xmlns="${NAMESPACE}"/>` }
      : {
          status: 200,
          headers: XML,
          body: `<LocationConstraint xmlns="${NAMESPACE}">${region}</LocationConstraint>`,
        },

  HeadBucket: (input) => {
    mustList(input);
    return { status: 200, headers: { 'x-amz-bucket-region': input.region } };
  },

  ListObjectsV2: (input) => {
    mustList(input);
    return xml('ListBucketResult', listPage(input.bucket, input.store.list(input.bucket), input.query));
  },

  GetObject: (input) => {
    const object = find(input);
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = input.headers;
    const headers = headersOf(object);
    if (ifMatch !== undefined && !namesEtag(ifMatch, object.etag)) throw new S3Error('PreconditionFailed');
    if (ifNoneMatch !== undefined && namesEtag(ifNoneMatch, object.etag)) return { status: 304, headers };
    return { status: 200, headers, body: object.bytes };
  },

  HeadObject: (input) => OPERATIONS.GetObject(input),

  PutObject: ({ store, bucket, key, body, headers }) => {
    const { etag } = store.put(bucket, key, body, {
      ifMatch: headers['if-match'],
      ifNoneMatch: headers['if-none-match'],
      headers: keptHeaders(headers),
    });
    return { status: 200, headers: { ETag: `"${etag}"` } };
  },

  DeleteObject: ({ store, bucket, key }) => {
    store.delete(bucket, key);
    return { status: 204 };
  },

  DeleteObjects: ({ store, bucket, body, query }) => {
    const document = body.toString('utf8');
    const keys = textsOf(document, 'Key');
    if (!query.has('delete') || keys.length === 0 || keys.length > 1000) throw new S3Error('MalformedXML');
    for (const key of keys) store.delete(bucket, key);
    const isQuiet = textsOf(document, 'Quiet').includes('true');
    return xml('DeleteResult', { Deleted: isQuiet ? [] : keys.map((Key) => ({ Key })) });
  },
};

const XML = { 'Content-Type': 'application/xml' };

function xml(root: string, content: XmlElements): S3Response {
  return { status: 200, headers: XML, body: xmlDocument(root, content, NAMESPACE) };
}

function mustList({ mayList }: OperationInput): void {
  if (!mayList) throw new S3Error('AccessDenied');
}

function find({ store, bucket, key, mayList }: OperationInput): StoredObject {
  const object = store.get(bucket, key);
  // A caller that may not list must not learn that the object is missing.
  if (!object) throw new S3Error(mayList ? 'NoSuchKey' : 'AccessDenied');
  return object;
}

function headersOf({ etag, modified, headers }: StoredObject): Record<string, string> {
  return { ETag: `"${etag}"`, 'Last-Modified': modified.toUTCString(), 'Accept-Ranges': 'bytes', ...headers };
}

function keptHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept = /^(?:content-(?:type|language|disposition|encoding)|cache-control|expires|x-amz-meta-.*)$/;
  const entries = Object.entries(headers).filter(([name]) => kept.test(name));
  const plain = entries.map(([name, value]) =>
    name === 'content-encoding' ? [name, withoutChunked(String(value))] : [name, String(value)],
  );
  return {
    'content-type': 'binary/octet-stream',
    ...Object.fromEntries(plain.filter(([, value]) => value !== '')),
  };
}

/** Drops `aws-chunked`, which describes the transfer and not the object. */
function withoutChunked(encoding: string): string {
  const encodings = encoding.split(',').map((name) => name.trim());
  return encodings.filter((name) => name !== 'aws-chunked').join(', ');
}
