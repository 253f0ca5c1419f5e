import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { S3Request } from '../../../local/s3/s3-request.ts';
import { type S3, startS3 } from '../../../local/s3/server.ts';
import { freePort } from '../../support/free-port.ts';
import { localClient } from '../../support/local-client.ts';

let s3: S3;
let client: S3Client;
const lines: string[] = [];
const requests: S3Request[] = [];
const Bucket = 'snapshots';

beforeAll(async () => {
  s3 = await startS3({
    port: await freePort(),
    region: 'us-east-1',
    account: '000000000000',
    buckets: [Bucket],
    log: (line) => lines.push(line),
    onRequest: (request) => requests.push(request),
  });
  client = new S3Client({ ...localClient(s3.origin), forcePathStyle: true });
});
afterAll(async () => {
  client.destroy();
  await s3.close();
});
beforeEach(() => {
  for (const { key } of s3.store.list(Bucket)) s3.store.delete(Bucket, key);
  s3.setMayList(true);
  s3.setFault(undefined);
  lines.length = 0;
  requests.length = 0;
});

const put = (Key: string, Body: string | Uint8Array = 'x', rest: object = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...rest }));
const get = (Key: string, rest: object = {}) => client.send(new GetObjectCommand({ Bucket, Key, ...rest }));
const failsWith = (promise: Promise<unknown>, name: string, httpStatusCode: number) =>
  expect(promise).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });

describe('an object', () => {
  test('comes back byte for byte, with its ETag, time and type', async () => {
    const bytes = randomBytes(100_000);
    const { ETag } = await put('a/b c+é.bin', bytes, { ContentType: 'x/y', Metadata: { color: 'green' } });
    const output = await get('a/b c+é.bin');
    expect(Buffer.from((await output.Body?.transformToByteArray()) ?? [])).toEqual(bytes);
    expect(output).toMatchObject({
      ETag,
      ContentType: 'x/y',
      Metadata: { color: 'green' },
      ContentLength: 100_000,
    });
    expect(ETag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(Math.abs(Number(output.LastModified) - Date.now())).toBeLessThan(60_000);
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'a/b c+é.bin' }));
    expect(head).toMatchObject({ ETag, ContentLength: 100_000 });
  });

  test('sent as an aws-chunked stream comes back without the chunks', async () => {
    const bytes = randomBytes(100_000);
    await put('streamed', Readable.from([bytes]) as never, { ContentLength: bytes.length });
    expect(requests[0]?.headers['content-encoding']).toBe('aws-chunked');
    expect(s3.store.get(Bucket, 'streamed')?.bytes).toEqual(bytes);
    expect(s3.store.get(Bucket, 'streamed')?.headers).not.toHaveProperty('content-encoding');
  });

  test('may be empty', async () => {
    expect((await fetch(`${s3.origin}/${Bucket}/empty`, { method: 'PUT' })).status).toBe(200);
    expect(await (await get('empty')).Body?.transformToString()).toBe('');
  });

  test('is not sent again to a client that has it', async () => {
    const { ETag } = await put('k');
    await expect(get('k', { IfNoneMatch: ETag })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
    expect((await get('k', { IfNoneMatch: '"other"' })).$metadata.httpStatusCode).toBe(200);
    await failsWith(get('k', { IfMatch: '"other"' }), 'PreconditionFailed', 412);
    expect(requests.map(({ headers }) => headers['if-none-match'])).toContain(ETag);
  });

  test('can be deleted, even twice', async () => {
    await put('k');
    for (let i = 0; i < 2; i++) {
      const { $metadata } = await client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
      expect($metadata.httpStatusCode).toBe(204);
    }
    await failsWith(get('k'), 'NoSuchKey', 404);
  });

  test('can be deleted together with others', async () => {
    await put('a&b');
    await put('c');
    const Objects = [{ Key: 'a&b' }, { Key: 'missing' }];
    const { Deleted } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted).toEqual(Objects);
    expect(s3.store.list(Bucket).map(({ key }) => key)).toEqual(['c']);
  });

  test('is logged when created or deleted, not when overwritten or read', async () => {
    await put('k');
    await put('k', 'y');
    await get('k');
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    expect(lines).toEqual(['PutObject snapshots/k', 'DeleteObject snapshots/k']);
  });
});

describe('a conditional write', () => {
  test('creates an object only if it does not exist', async () => {
    await put('k', 'first', { IfNoneMatch: '*' });
    await failsWith(put('k', 'second', { IfNoneMatch: '*' }), 'PreconditionFailed', 412);
    expect(await (await get('k')).Body?.transformToString()).toBe('first');
  });

  test('replaces an object only if it has not changed since it was read', async () => {
    const { ETag } = await put('k', 'first');
    const second = await put('k', 'second', { IfMatch: ETag });
    await failsWith(put('k', 'third', { IfMatch: ETag }), 'PreconditionFailed', 412);
    await put('k', 'third', { IfMatch: second.ETag?.replaceAll('"', '') });
    expect(s3.store.get(Bucket, 'k')?.bytes.toString()).toBe('third');
  });

  test('of a deleted object is a 404', async () => {
    await failsWith(put('k', 'x', { IfMatch: '"any"' }), 'NoSuchKey', 404);
    expect(s3.store.list(Bucket)).toEqual([]);
  });

  test('with If-None-Match and an ETag is not implemented', async () => {
    await failsWith(put('k', 'x', { IfNoneMatch: '"any"' }), 'NotImplemented', 501);
  });

  test('lets one of several concurrent writes win', async () => {
    const { ETag } = await put('k');
    const writes = Array.from({ length: 8 }, (_, i) => put('k', `by ${i}`, { IfMatch: ETag }));
    const results = await Promise.allSettled(writes);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('a listing', () => {
  const list = (rest: object = {}) => client.send(new ListObjectsV2Command({ Bucket, ...rest }));
  const keys = ({ Contents = [] }: Awaited<ReturnType<typeof list>>) => Contents.map(({ Key }) => Key);
  beforeEach(async () => {
    for (const key of ['snapshot/2 b.json', 'snapshot/1.json', 'other/é&.json', 'top'])
      await put(key, 'four');
  });

  test('lists the keys with the prefix in order, with size and ETag', async () => {
    const all = await list();
    expect(keys(all)).toEqual(['other/é&.json', 'snapshot/1.json', 'snapshot/2 b.json', 'top']);
    expect(all.Contents?.[0]).toMatchObject({ Size: 4, ETag: expect.stringMatching(/^"\w{32}"$/) });
    expect(keys(await list({ Prefix: 'snapshot/' }))).toEqual(['snapshot/1.json', 'snapshot/2 b.json']);
    expect(await list({ Prefix: 'none' })).toMatchObject({ KeyCount: 0, IsTruncated: false });
  });

  test('comes in pages', async () => {
    const first = await list({ MaxKeys: 3 });
    expect(first).toMatchObject({ KeyCount: 3, IsTruncated: true });
    const rest = await list({ MaxKeys: 3, ContinuationToken: first.NextContinuationToken });
    expect([keys(rest), rest.IsTruncated]).toEqual([['top'], false]);
  });

  test('groups keys into folders by a delimiter', async () => {
    const output = await list({ Delimiter: '/' });
    expect(output.CommonPrefixes).toEqual([{ Prefix: 'other/' }, { Prefix: 'snapshot/' }]);
    expect(keys(output)).toEqual(['top']);
  });

  test('lists the buckets', async () => {
    const { Buckets } = await client.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toEqual([Bucket]);
    await client.send(new HeadBucketCommand({ Bucket }));
  });

  test('is denied to a caller that may not list, as is the fact that an object is missing', async () => {
    s3.setMayList(false);
    await failsWith(list(), 'AccessDenied', 403);
    await failsWith(get('missing'), 'AccessDenied', 403);
    expect((await get('top')).$metadata.httpStatusCode).toBe(200);
  });
});

describe('what is rejected', () => {
  test('an unknown bucket', async () => {
    await failsWith(client.send(new GetObjectCommand({ Bucket: 'other', Key: 'k' })), 'NoSuchBucket', 404);
  });

  test('a bucket of another account than the expected one', async () => {
    await put('k');
    expect((await get('k', { ExpectedBucketOwner: '000000000000' })).$metadata.httpStatusCode).toBe(200);
    await failsWith(get('k', { ExpectedBucketOwner: '111111111111' }), 'AccessDenied', 403);
  });

  test('a body that differs from the signed one', async () => {
    const response = await fetch(`${s3.origin}/${Bucket}/k`, {
      method: 'PUT',
      body: 'changed',
      headers: { 'x-amz-content-sha256': '0'.repeat(64) },
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(/<Code>XAmzContentSHA256Mismatch<.*<RequestId>[0-9A-F]{16}</);
  });

  test.each([
    ['POST', '/snapshots/k?uploads', 405],
    ['GET', '/snapshots/k?tagging', 501],
    ['GET', '/snapshots', 501],
    ['PUT', '/snapshots/%E0', 400],
  ])('%s %s, which is not supported', async (method, path, status) => {
    expect((await fetch(s3.origin + path, { method })).status).toBe(status);
  });
});

describe('a fault', () => {
  test('denies or slows down the set operations until it is lifted', async () => {
    await put('k');
    s3.setFault('slow-down');
    await failsWith(get('k'), 'SlowDown', 503);
    s3.setFault('denied', { operations: ['PutObject'] });
    await failsWith(put('k'), 'AccessDenied', 403);
    expect((await get('k')).$metadata.httpStatusCode).toBe(200);
    s3.setFault(undefined);
    await put('k');
  });

  test('is a conflict with another write, once', async () => {
    s3.setFault('conflict', { times: 1 });
    await failsWith(put('k'), 'ConditionalRequestConflict', 409);
    await put('k');
  });

  test('hangs', async () => {
    s3.setFault('hang');
    const response = fetch(`${s3.origin}/${Bucket}/k`, { signal: AbortSignal.timeout(300) });
    await expect(response).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(requests).toHaveLength(1);
  });
});

test('restarts on its port with its objects', async () => {
  await put('k', 'kept');
  await s3.close();
  const read = async () => (await fetch(`${s3.origin}/${Bucket}/k`)).text();
  await expect(read()).rejects.toThrow();
  await s3.restart();
  expect(await read()).toBe('kept');
});
