import { afterEach, describe, expect, test } from '@jest/globals';
import type { RetryEffects } from '../../../lambda/io/retrying.ts';
import { type Condition, createS3Object } from '../../../lambda/io/snapshot-object.ts';
import { AT_ONCE, failureOf, SECRETS, sendSigned } from '../../support/aws-responses.ts';
import {
  type Conversation,
  type RawServer,
  respondingWith,
  response,
  startRawServer,
} from '../../support/raw-server.ts';
import {
  type RecordedRequest,
  type RecordingUpstream,
  startRecordingUpstream,
} from '../../support/recording-upstream.ts';

interface FakeResponse {
  readonly status?: number;
  readonly etag?: string;
  readonly body?: string;
}

const OWNER = '123456789012';
const ETAG = '"9b2cf535f27731c974343645a3985328"';
const BODY = Buffer.from('{"writtenAt":1790000000}');
const TIME = { timeoutMs: 3_000 };

let server: RecordingUpstream | RawServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const storeAt = (origin: string | URL, owner: string | undefined = OWNER, effects: RetryEffects = AT_ONCE) =>
  createS3Object({
    url: new URL('/bucket/snapshot/1.json', origin),
    owner,
    send: sendSigned('s3'),
    effects,
  });

/** A store whose server gives the responses in turn, the last one repeatedly. */
async function storing(...responses: FakeResponse[]) {
  const upstream = await startRecordingUpstream((_request, reply) => {
    const { status = 200, etag, body = '' } = (responses.length > 1 ? responses.shift() : responses[0]) ?? {};
    // The test's clock stands still, and a Date from the server would correct it.
    reply.sendDate = false;
    reply.writeHead(status, { 'content-type': 'application/xml', ...(etag && { etag }) }).end(body);
  });
  server = upstream;
  const place = `${upstream.origin}/bucket/snapshot/1.json`;
  return { received: upstream.received, store: storeAt(upstream.origin), place };
}

async function storingRaw(conversation: Conversation) {
  server = await startRawServer(conversation);
  return { server, store: storeAt(server.url), place: `${server.url.origin}/bucket/snapshot/1.json` };
}

const error = (status: number, code: string, message = 'words'): FakeResponse => ({
  status,
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>4442587FB7D0A2F9</RequestId></Error>`,
});
const fieldsOf = (request: RecordedRequest | undefined) => Object.fromEntries(request?.headers ?? []);

describe('a snapshot is read', () => {
  test('by one signed request', async () => {
    const { received, store } = await storing({ etag: ETAG, body: '{"a":"é"}' });
    expect(await store.get(TIME)).toEqual({ kind: 'found', etag: ETAG, body: Buffer.from('{"a":"é"}') });
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ method: 'GET', target: '/bucket/snapshot/1.json' });
    expect(fieldsOf(received[0])).toMatchObject({
      'x-amz-expected-bucket-owner': OWNER,
      'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      authorization: expect.stringMatching(
        /\/eu-central-1\/s3\/aws4_request, SignedHeaders=[^,]*x-amz-expected-bucket-owner/,
      ),
    });
    expect(fieldsOf(received[0])).not.toHaveProperty('if-none-match');
  });

  test('if it has changed', async () => {
    const { received, store } = await storing({ status: 304, etag: ETAG });
    expect(await store.get({ etag: ETAG, ...TIME })).toEqual({ kind: 'unchanged' });
    expect(fieldsOf(received[0])).toMatchObject({ 'if-none-match': ETAG });
  });

  test('whoever owns the bucket, if no owner is given', async () => {
    const upstream = await startRecordingUpstream((_request, reply) => reply.writeHead(404).end());
    server = upstream;
    const store = createS3Object({
      url: new URL(`${upstream.origin}/snapshot/1.json`),
      owner: undefined,
      send: sendSigned('s3'),
    });
    await store.get(TIME);
    expect(fieldsOf(upstream.received[0])).not.toHaveProperty('x-amz-expected-bucket-owner');
  });

  test.each([
    ['with an error', error(404, 'NoSuchKey')],
    ['without one', { status: 404 }],
  ])('or does not exist: 404 %s', async (_, response) => {
    expect(await (await storing(response)).store.get(TIME)).toEqual({ kind: 'absent' });
  });

  test('up to 1 MB', async () => {
    const most = 1024 * 1024;
    const { store } = await storing({ etag: ETAG, body: 'x'.repeat(most) });
    expect(await store.get(TIME)).toMatchObject({ kind: 'found', body: { length: most } });
  });
});

describe('an unreadable snapshot is an error:', () => {
  test('403, which may mean several things', async () => {
    const { received, store, place } = await storing(error(403, 'AccessDenied', 'Access Denied'));
    expect((await failureOf(store.get(TIME))).message).toBe(
      `GetObject of ${place}: status 403, AccessDenied: Access Denied. The function's role may lack s3:GetObject; or the object may not exist, which S3 reveals only to roles with s3:ListBucket; or the bucket may not belong to account ${OWNER}`,
    );
    expect(received).toHaveLength(1);
  });

  test.each<[string, FakeResponse, string]>([
    [
      'no bucket',
      error(404, 'NoSuchBucket', 'The specified bucket does not exist'),
      'status 404, NoSuchBucket: The specified bucket does not exist',
    ],
    [
      'another region',
      error(301, 'PermanentRedirect', 'Use &quot;this&quot; &amp; &#x65;&#110;d&#xFFFFFF;&nbsp;'),
      'status 301, PermanentRedirect: Use "this" & end&#xFFFFFF;&nbsp;',
    ],
    ['a page of something else', { status: 400, body: '<html>' }, 'status 400'],
    ['304 without a condition', { status: 304 }, 'status 304'],
    ['no ETag', { status: 200, body: '{}' }, 'status 200. The response has no valid ETag'],
    [
      'a bad ETag',
      { status: 200, etag: 'unquoted', body: '{}' },
      'status 200. The response has no valid ETag',
    ],
    ['a part', { status: 206, etag: ETAG, body: '{}' }, 'status 206'],
    [
      'a message of many lines',
      error(400, 'X', `first\nx-amz-security-token:${SECRETS.sessionToken}`),
      'status 400, X: first',
    ],
  ])('%s', async (_, response, said) => {
    const { received, store, place } = await storing(response);
    expect((await failureOf(store.get(TIME))).message).toBe(`GetObject of ${place}: ${said}`);
    expect(received).toHaveLength(1);
  });

  test('more than 1 MB', async () => {
    const { server, store, place } = await storingRaw(
      respondingWith(response('x'.repeat(1024 * 1024 + 1), { headers: [`ETag: ${ETAG}`] })),
    );
    expect((await failureOf(store.get(TIME))).message).toBe(
      `GetObject of ${place}: the body is over 1048576 bytes`,
    );
    expect(server.connections()).toBe(1);
  });

  test("silence, after the caller's time", async () => {
    const { server, place } = await storingRaw(() => {});
    const now = () => 250 * server.connections();
    const store = storeAt(server.url, OWNER, { ...AT_ONCE, now });
    const { message } = await failureOf(store.get({ timeoutMs: 250 }));
    expect(message).toBe(`GetObject of ${place}: no complete response within 250 ms`);
  });
});

describe('a read is retried', () => {
  test.each([
    ['S3 is busy', error(503, 'SlowDown')],
    ['S3 has an internal error', error(500, 'InternalError')],
  ])('if %s', async (_, response) => {
    const { received, store } = await storing(response, response, { etag: ETAG });
    expect(await store.get(TIME)).toMatchObject({ kind: 'found' });
    expect(received).toHaveLength(3);
  });

  test.each<[string, (connection: Parameters<Conversation>[0]) => void]>([
    ['the connection is reset', ({ reset }) => reset()],
    [
      'the body is cut off',
      ({ write, reset }) => {
        write(`HTTP/1.1 200 OK\r\nETag: ${ETAG}\r\nContent-Length: 9\r\n\r\n{`);
        setTimeout(reset, 20);
      },
    ],
    ['a socket says nothing', () => {}],
  ])('if %s', async (_, first) => {
    const { server, store } = await storingRaw(async (connection) => {
      await connection.request();
      if (connection.number === 1) first(connection);
      else connection.write(response('{}', { headers: [`ETag: ${ETAG}`] }));
    });
    expect(await store.get(TIME)).toEqual({ kind: 'found', etag: ETAG, body: Buffer.from('{}') });
    expect(server.connections()).toBe(2);
  });
});

describe('a snapshot is written', () => {
  test.each<[string, Condition, Record<string, string>]>([
    ['in place of the one that was read', { ifMatch: ETAG }, { 'if-match': ETAG }],
    ['as the first one', { ifNoneMatch: '*' }, { 'if-none-match': '*' }],
  ])('%s', async (_, condition, field) => {
    const { received, store } = await storing({ etag: '"new"' });
    expect(await store.put(BODY, condition)).toEqual({ kind: 'written', etag: '"new"' });
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ method: 'PUT', target: '/bucket/snapshot/1.json', body: BODY });
    expect(fieldsOf(received[0])).toMatchObject({
      ...field,
      'content-type': 'application/json',
      'content-length': String(BODY.length),
      'x-amz-expected-bucket-owner': OWNER,
    });
  });

  test.each<[string, Condition, FakeResponse[], number]>([
    ['another was written since', { ifMatch: ETAG }, [error(412, 'PreconditionFailed')], 1],
    ['there is one', { ifNoneMatch: '*' }, [error(412, 'PreconditionFailed')], 1],
    ['the one that was read is gone', { ifMatch: ETAG }, [error(404, 'NoSuchKey')], 1],
    ['another is being written, twice', { ifMatch: ETAG }, [error(409, 'ConditionalRequestConflict')], 2],
    [
      'another was being written',
      { ifMatch: ETAG },
      [error(409, 'ConditionalRequestConflict'), error(412, 'PreconditionFailed')],
      2,
    ],
    [
      'the write succeeded and its response was lost',
      { ifMatch: ETAG },
      [error(500, 'InternalError'), error(412, 'PreconditionFailed')],
      2,
    ],
  ])('unless %s: that is a conflict', async (_, condition, responses, requests) => {
    const { received, store } = await storing(...responses);
    expect(await store.put(BODY, condition)).toEqual({ kind: 'conflict' });
    expect(received).toHaveLength(requests);
  });

  test.each([
    ['another write was under way', error(409, 'ConditionalRequestConflict')],
    ['S3 is busy', error(503, 'SlowDown')],
  ])('at the second attempt if %s', async (_, response) => {
    const { received, store } = await storing(response, { etag: '"new"' });
    expect(await store.put(BODY, { ifMatch: ETAG })).toEqual({ kind: 'written', etag: '"new"' });
    expect(received.map(({ body }) => body)).toEqual([BODY, BODY]);
  });

  test.each<[string, Condition, FakeResponse, string]>([
    [
      'a rejection',
      { ifMatch: ETAG },
      error(403, 'AccessDenied', 'Access Denied'),
      `status 403, AccessDenied: Access Denied. The function's role may lack s3:PutObject and s3:GetObject; or the object may not exist, which S3 reveals only to roles with s3:ListBucket; or the bucket may not belong to account ${OWNER}`,
    ],
    ['no bucket', { ifMatch: ETAG }, error(404, 'NoSuchBucket'), 'status 404, NoSuchBucket: words'],
    ['404 to a first write', { ifNoneMatch: '*' }, { status: 404 }, 'status 404'],
    ['no ETag', { ifMatch: ETAG }, { status: 200 }, 'status 200. The response has no valid ETag'],
  ])('%s is an error', async (_, condition, response, said) => {
    const { store, place } = await storing(response);
    expect((await failureOf(store.put(BODY, condition))).message).toBe(`PutObject of ${place}: ${said}`);
  });
});

test("the URL must be that of one of the keeper's objects", () => {
  const create = (url: string) =>
    createS3Object({ url: new URL(url), owner: undefined, send: sendSigned('s3') });
  expect(() => create('https://bucket.s3.amazonaws.com/other.json')).toThrow(
    'The path of https://bucket.s3.amazonaws.com/other.json must contain /snapshot/',
  );
  expect(() => create('https://bucket.s3.amazonaws.com/xsnapshot/1.json')).toThrow();
});
