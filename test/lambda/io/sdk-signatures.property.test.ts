import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { Credentials } from '../../../lambda/io/credentials.ts';
import { createSignedRequest } from '../../../lambda/io/signed-request.ts';
import {
  type RecordedRequest,
  type RecordingUpstream,
  startRecordingUpstream,
  valuesOf,
} from '../../support/recording-upstream.ts';

const REGION = 'eu-central-1';
const ADDED_BY_US = ['host', 'content-length', 'x-amz-date', 'x-amz-security-token'];

let server: RecordingUpstream;
beforeAll(async () => {
  server = await startRecordingUpstream((request, response) => {
    if (request.target.includes('list-type')) response.end('<ListBucketResult></ListBucketResult>');
    else
      response.writeHead(request.method === 'DELETE' ? 204 : 200).end(request.method === 'POST' ? '{}' : '');
  });
});
afterAll(() => server.close());

const start = Date.now;
let at = 0;
beforeEach(() => void jest.spyOn(Date, 'now').mockImplementation(() => at || start()));
afterEach(() => void jest.restoreAllMocks());

const secret = fc.string({ unit: fc.constantFrom(...'aZ0+/='), minLength: 16, maxLength: 40 });
const signing = fc.record({
  time: fc.integer({ min: Date.UTC(2001), max: Date.UTC(2099) }),
  credentials: fc.record(
    { accessKeyId: fc.constant('AKIDEXAMPLE'), secretAccessKey: secret, sessionToken: secret },
    { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
  ) as fc.Arbitrary<Credentials>,
});
type Signing = typeof signing extends fc.Arbitrary<infer T> ? T : never;

async function recorded(send: () => Promise<unknown>): Promise<RecordedRequest> {
  const before = server.received.length;
  await send();
  const request = server.received[before];
  if (request === undefined) throw new Error('nothing was sent');
  return request;
}

/** Repeats the SDK's request with our code: the same URL, with the fields that the SDK signed. */
async function expectSame(service: string, { time, credentials }: Signing, sdk: RecordedRequest) {
  const [authorization = ''] = valuesOf(sdk, 'authorization');
  const signed = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? [];
  const given = signed.filter((name) => !ADDED_BY_US.includes(name));
  const send = createSignedRequest({
    service,
    region: REGION,
    credentials: async () => credentials,
    now: () => time,
  });
  const ours = await recorded(() =>
    send(new URL(server.origin + sdk.target), {
      method: sdk.method,
      headers: Object.fromEntries(given.map((name) => [name, valuesOf(sdk, name).join(',')])),
      ...(signed.includes('content-length') && { body: sdk.body }),
      timeoutMs: 30_000,
      maxBytes: 1000,
    }),
  );
  expect(valuesOf(ours, 'authorization')).toEqual([authorization]);
  expect(ours.body).toEqual(sdk.body);
  for (const name of signed) expect(valuesOf(ours, name)).toEqual(valuesOf(sdk, name));
  expect(ours.target.split('?')[0]).toBe(sdk.target.split('?')[0]);
}

/** Characters of S3 keys; the SDK's own URL has no dot segments. */
const key = fc
  .string({
    unit: fc.constantFrom(...'abZ09-._~!$&\'()*+,;=:@ "<>[]{}|^`%?#/é€𝄞'),
    minLength: 1,
    maxLength: 20,
  })
  .filter((text) => !text.split('/').some((segment) => segment === '' || /^\.{1,2}$/.test(segment)));
const text = fc.string({ unit: fc.constantFrom(...'abZ09-._~!*+ "/:@%&=é'), maxLength: 12 });
const etag = fc.string({ unit: fc.constantFrom(...'abc0189-'), maxLength: 12 }).map((tag) => `"${tag}"`);
const range = fc.constantFrom('bytes=0-9', 'bytes=  0-9', 'bytes=0-9,  20-29');
const Bucket = 'bucket';

const command = fc.oneof(
  fc
    .record({ Key: key, IfNoneMatch: etag, Range: range, ExpectedBucketOwner: fc.constant('123456789012') })
    .map((input) => new GetObjectCommand({ Bucket, ...input })),
  fc
    .record({
      Key: key,
      IfMatch: etag,
      Body: fc.uint8Array({ maxLength: 64 }),
      ContentType: fc.constant('application/json'),
    })
    .map((input) => new PutObjectCommand({ Bucket, ...input })),
  fc.record({ Key: key }).map((input) => new DeleteObjectCommand({ Bucket, ...input })),
  fc
    .record({ Prefix: text, ContinuationToken: text, MaxKeys: fc.nat(1000) }, { requiredKeys: ['Prefix'] })
    .map((input) => new ListObjectsV2Command({ Bucket, ...input })),
);

test("a request to S3 has the SDK's signature", async () => {
  await fc.assert(
    fc.asyncProperty(signing, command, async (by, operation) => {
      at = by.time;
      const client = new S3Client({
        region: REGION,
        endpoint: server.origin,
        forcePathStyle: true,
        credentials: by.credentials,
        maxAttempts: 1,
      });
      const sdk = await recorded(() => client.send(operation as GetObjectCommand));
      client.destroy();
      await expectSame('s3', by, sdk);
    }),
    { numRuns: 100 },
  );
});

test("a request to SSM has the SDK's signature", async () => {
  const names = fc.array(
    text.map((name) => `/app/${name}`),
    { minLength: 1, maxLength: 10 },
  );
  const base = fc.constantFrom('', '/', '/base/path', '/base%20path/');
  await fc.assert(
    fc.asyncProperty(signing, names, base, async (by, Names, basePath) => {
      at = by.time;
      const client = new SSMClient({
        region: REGION,
        endpoint: server.origin + basePath,
        credentials: by.credentials,
        maxAttempts: 1,
      });
      const sdk = await recorded(() => client.send(new GetParametersCommand({ Names })));
      client.destroy();
      await expectSame('ssm', by, sdk);
    }),
    { numRuns: 50 },
  );
});
