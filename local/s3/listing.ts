import type { XmlElements } from '../aws-api/xml.ts';
import type { StoredObject } from './object-store.ts';
import { S3Error } from './s3-error.ts';

/** The maximum and default size of a page. */
const PAGE = 1000;

/**
 * One page of ListObjectsV2.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function listPage(
  bucket: string,
  objects: readonly StoredObject[],
  query: ReadonlyMap<string, string>,
): XmlElements {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const size = Number(query.get('max-keys') ?? PAGE);
  if (!Number.isInteger(size) || size < 0) {
    throw new S3Error('InvalidArgument', 'Provided max-keys not an integer or within integer range');
  }
  const encode = encoder(query.get('encoding-type'));
  const after = startOf(query);
  const entries = group(
    objects.filter(({ key }) => key.startsWith(prefix)),
    prefix,
    delimiter,
  ).filter(({ name }) => after === undefined || name > after);
  const page = entries.slice(0, Math.min(size, PAGE));
  const more = page.length > 0 && page.length < entries.length;
  return {
    Name: bucket,
    Prefix: encode(prefix),
    ...(delimiter === '' ? {} : { Delimiter: encode(delimiter) }),
    KeyCount: page.length,
    MaxKeys: Math.min(size, PAGE),
    EncodingType: query.get('encoding-type'),
    IsTruncated: more,
    ContinuationToken: query.get('continuation-token'),
    NextContinuationToken: more ? Buffer.from(page.at(-1)?.name ?? '').toString('base64url') : undefined,
    Contents: page.flatMap(({ object }) => (object ? [contentsOf(object, encode)] : [])),
    CommonPrefixes: page.flatMap(({ name, object }) => (object ? [] : [{ Prefix: encode(name) }])),
  };
}

function contentsOf(object: StoredObject, encode: (text: string) => string): XmlElements {
  return {
    Key: encode(object.key),
    LastModified: object.modified.toISOString(),
    ETag: `"${object.etag}"`,
    Size: object.bytes.length,
    StorageClass: 'STANDARD',
  };
}

/** Groups objects that share a prefix up to the delimiter into one entry with that prefix. */
function group(objects: readonly StoredObject[], prefix: string, delimiter: string) {
  const entries = new Map<string, { name: string; object?: StoredObject }>();
  for (const object of objects) {
    const end = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
    const name = end < 0 ? object.key : object.key.slice(0, end + delimiter.length);
    if (!entries.has(name)) entries.set(name, end < 0 ? { name, object } : { name });
  }
  return [...entries.values()];
}

function startOf(query: ReadonlyMap<string, string>): string | undefined {
  const token = query.get('continuation-token');
  return token === undefined ? query.get('start-after') : Buffer.from(token, 'base64url').toString('utf8');
}

function encoder(type: string | undefined): (text: string) => string {
  if (type === undefined) return (text) => text;
  if (type !== 'url') throw new S3Error('InvalidArgument', 'Invalid Encoding Method specified in Request');
  return (text) => encodeURIComponent(text).replaceAll('%2F', '/');
}
