import { describe, expect, test } from '@jest/globals';
import { createBucket } from '../../../lambda/io/bucket.ts';
import { createS3Request } from '../../../lambda/io/s3-request.ts';
import { createSignedRequest } from '../../../lambda/io/signed-request.ts';
import { createS3Object } from '../../../lambda/io/snapshot-object.ts';
import { AT_ONCE, CREDENTIALS, failureOf, fakeExchange, NOW } from '../../support/aws-responses.ts';

const VIRTUAL_HOSTED = 'https://bucket.s3.eu-central-1.amazonaws.com';
const PATH_STYLE = 'http://localhost:8087/bucket';

const page = (keys: string[], next?: string) => ({
  body: `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix>snapshot/</Prefix><KeyCount>${keys.length}</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>${next !== undefined}</IsTruncated>${keys
    .map((key) => `<Contents><Key>${key}</Key><ETag>&quot;e&quot;</ETag><Size>1</Size></Contents>`)
    .join(
      '',
    )}${next === undefined ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`}</ListBucketResult>`,
});
const error = (status: number, code: string) => ({
  status,
  body: `<Error><Code>${code}</Code><Message>words</Message></Error>`,
});

function emptying(root: string, ...responses: Parameters<typeof fakeExchange>) {
  const { exchange, sent } = fakeExchange(...responses);
  const send = createSignedRequest({
    service: 's3',
    region: 'eu-central-1',
    credentials: async () => CREDENTIALS,
    now: () => NOW,
    exchange,
  });
  const request = createS3Request({ owner: '123456789012', send });
  return { bucket: createBucket({ root, request, effects: AT_ONCE }), sent, send };
}

describe.each([
  ['virtual-hosted', VIRTUAL_HOSTED, ''],
  ['path-style', PATH_STYLE, '/bucket'],
])('in a %s bucket', (_, root, prefix) => {
  test('all pages are listed', async () => {
    const { bucket, sent } = emptying(
      root,
      page(
        ['snapshot/1.json', 'snapshot/a&amp;b &lt;c&gt;'],
        '1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=',
      ),
      page(['snapshot/2.json']),
    );
    expect(await bucket.list('snapshot/')).toEqual([
      'snapshot/1.json',
      'snapshot/a&b <c>',
      'snapshot/2.json',
    ]);
    expect(sent.map(({ method, target }) => `${method} ${target}`)).toEqual([
      `GET ${prefix || '/'}?list-type=2&prefix=snapshot%2F`,
      `GET ${prefix || '/'}?continuation-token=1ueGcxLPRx1Tr%2FXYExHnhbYLgveDs2J%2Fwm36Hy4vbOwM%3D&list-type=2&prefix=snapshot%2F`,
    ]);
    expect(sent[0]?.origin.host).toBe(new URL(root).host);
    expect(Object.fromEntries(sent[0]?.headers ?? [])).toMatchObject({
      'x-amz-expected-bucket-owner': '123456789012',
    });
  });

  test('an object is removed', async () => {
    const { bucket, sent } = emptying(root, { status: 204 });
    await bucket.remove("snapshot/it's (1)/%41 é?#.json");
    expect(sent.map(({ method, target }) => `${method} ${target}`)).toEqual([
      `DELETE ${prefix}/snapshot/it%27s%20%281%29/%2541%20%C3%A9%3F%23.json`,
    ]);
  });

  test('the snapshot’s own URL says where the bucket is', async () => {
    const { send, sent } = emptying(root, page([]), { status: 204 });
    const store = createS3Object({ url: new URL(`${root}/snapshot/1.json`), owner: undefined, send });
    expect(await store.list('')).toEqual([]);
    await store.remove('snapshot/1.json');
    expect(sent.map(({ target }) => target)).toEqual([
      `${prefix || '/'}?list-type=2&prefix=`,
      `${prefix}/snapshot/1.json`,
    ]);
  });
});

describe('listing', () => {
  test('an empty bucket gives an empty list', async () => {
    expect(await emptying(VIRTUAL_HOSTED, page([])).bucket.list('')).toEqual([]);
  });

  test('is repeated if S3 is busy, page by page', async () => {
    const busy = error(503, 'SlowDown');
    const { bucket, sent } = emptying(VIRTUAL_HOSTED, busy, page(['a'], 't'), busy, page(['b']));
    expect(await bucket.list('')).toEqual(['a', 'b']);
    expect(sent).toHaveLength(4);
  });

  test('ends, even if there is always another page', async () => {
    const { bucket, sent } = emptying(VIRTUAL_HOSTED, page(['a'], 'again'));
    expect((await failureOf(bucket.list('snapshot/'))).message).toBe(
      `${VIRTUAL_HOSTED} has more than 10 pages of objects under snapshot/`,
    );
    expect(sent).toHaveLength(10);
  });

  test.each<[string, Parameters<typeof fakeExchange>[0], string]>([
    [
      'a rejection',
      error(403, 'AccessDenied'),
      `ListObjectsV2 of ${VIRTUAL_HOSTED}/: status 403, AccessDenied: words. The function's role may lack s3:ListBucket`,
    ],
    [
      'another rejection',
      error(404, 'NoSuchBucket'),
      `ListObjectsV2 of ${VIRTUAL_HOSTED}/: status 404, NoSuchBucket: words`,
    ],
    ['no XML', { body: 'nothing' }, "S3's list of objects is malformed"],
    [
      'a next page without a token',
      { body: '<IsTruncated>true</IsTruncated>' },
      "S3's list of objects is malformed",
    ],
  ])('%s is an error', async (_, response, message) => {
    expect((await failureOf(emptying(VIRTUAL_HOSTED, response).bucket.list(''))).message).toBe(message);
  });
});

describe('removing', () => {
  test.each([
    ['an object that does not exist', error(404, 'NoSuchKey')],
    ['with another status for success', { status: 200 }],
    ['after S3 was busy', { status: 204 }],
  ])('%s succeeds', async (_, response) => {
    await emptying(VIRTUAL_HOSTED, error(503, 'SlowDown'), response).bucket.remove('a');
  });

  test.each([
    [
      'a rejection',
      error(403, 'AccessDenied'),
      `DeleteObject of ${VIRTUAL_HOSTED}/a: status 403, AccessDenied: words. The function's role may lack s3:DeleteObject`,
    ],
    [
      'no bucket',
      error(404, 'NoSuchBucket'),
      `DeleteObject of ${VIRTUAL_HOSTED}/a: status 404, NoSuchBucket: words`,
    ],
  ])('%s is an error', async (_, response, message) => {
    expect((await failureOf(emptying(VIRTUAL_HOSTED, response).bucket.remove('a'))).message).toBe(message);
  });

  test.each(['a/../b', './a', 'a/.'])(
    'never mistakes another object for %p, which no URL can name',
    async (key) => {
      const { bucket, sent } = emptying(VIRTUAL_HOSTED);
      expect((await failureOf(bucket.remove(key))).message).toBe(
        `The object "${key}" has a key that cannot be written in a URL`,
      );
      expect(sent).toEqual([]);
    },
  );
});
