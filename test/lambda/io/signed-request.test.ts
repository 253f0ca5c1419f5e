import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { ClientError } from '../../../lambda/io/http-client.ts';
import { Sha256 } from '../../../lambda/io/sha256.ts';
import { createSignedRequest } from '../../../lambda/io/signed-request.ts';
import { CREDENTIALS, failureOf, fakeExchange, NOW } from '../../support/aws-responses.ts';

const URL_OF_OBJECT = new URL('https://bucket.s3.eu-central-1.amazonaws.com/snapshot/1.json');
const LIMITS = { timeoutMs: 1000, maxBytes: 1000 };

function signing(...responses: Parameters<typeof fakeExchange>) {
  const clock = { now: NOW };
  const network = fakeExchange(...responses);
  const sender = (service: string) =>
    createSignedRequest({
      service,
      region: 'eu-central-1',
      credentials: async () => CREDENTIALS,
      now: () => clock.now,
      exchange: network.exchange,
    });
  const fields = (index: number) => Object.fromEntries(network.sent[index]?.headers ?? []);
  return { ...network, clock, sender, fields };
}

test('a request has everything that S3 requires, and its limits are applied', async () => {
  const { sender, sent, fields } = signing();
  await sender('s3')(URL_OF_OBJECT, { method: 'GET', newSocket: true, ...LIMITS });
  expect(sent).toHaveLength(1);
  expect(sent[0]).toMatchObject({ method: 'GET', target: '/snapshot/1.json', newSocket: true, ...LIMITS });
  expect(fields(0)).toEqual({
    host: URL_OF_OBJECT.host,
    'user-agent': 'alb-jwt-authorizer',
    'x-amz-date': '20261125T120000Z',
    'x-amz-security-token': CREDENTIALS.sessionToken,
    'x-amz-content-sha256': createHash('sha256').digest('hex'),
    authorization: expect.stringContaining(
      'Credential=AKIDEXAMPLE/20261125/eu-central-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, ',
    ),
  });
});

test("a body's length is sent, and a port is part of the host", async () => {
  const { sender, sent, fields } = signing();
  const body = Buffer.from('{"é":1}');
  await sender('ssm')(new URL('http://localhost:4566'), { method: 'POST', body, ...LIMITS });
  expect(fields(0)).toMatchObject({ host: 'localhost:4566', 'content-length': String(body.length) });
  expect(fields(0)).not.toHaveProperty('x-amz-content-sha256');
  expect(sent[0]).toMatchObject({ target: '/', body });
});

test('an empty body has a length too', async () => {
  const { sender, fields } = signing();
  await sender('s3')(URL_OF_OBJECT, { method: 'PUT', body: Buffer.alloc(0), ...LIMITS });
  expect(fields(0)).toMatchObject({ 'content-length': '0' });
});

test.each([
  ["/a(b)!*'", '/a%28b%29%21%2A%27'],
  ['/a%2Fb%2f', '/a%2Fb%2F'],
  ['/%7Euser/%41', '/~user/A'],
  ['/x?b=1&a=a+b&a=%20&c', '/x?a=%20&a=a%20b&b=1&c='],
])('%s goes out as %s, and that is signed', async (given, target) => {
  const { sender, sent } = signing();
  await sender('s3')(new URL(given, URL_OF_OBJECT), { method: 'GET', ...LIMITS });
  expect(sent[0]?.target).toBe(target);
});

test.each(['/%ff', '/%zz', '/a%'])('a path that cannot be decoded is an error: %s', async (path) => {
  const { sender, sent } = signing();
  const error = await failureOf(sender('s3')(new URL(path, URL_OF_OBJECT), { method: 'GET', ...LIMITS }));
  expect(error.message).toBe(`The path ${path} is not UTF-8 in percent-encoding, so it cannot be signed`);
  expect(sent).toEqual([]);
});

test('no credentials, no request', async () => {
  const { exchange, sent } = fakeExchange();
  const credentials = () => Promise.reject(new Error('There are no credentials'));
  const send = createSignedRequest({
    service: 's3',
    region: 'eu-central-1',
    credentials,
    now: () => NOW,
    exchange,
  });
  await expect(send(URL_OF_OBJECT, { method: 'GET', ...LIMITS })).rejects.toThrow('There are no credentials');
  expect(sent).toEqual([]);
});

test('each request takes the current credentials', async () => {
  const { exchange, sent } = fakeExchange();
  const ids = ['FIRST', 'SECOND'];
  const credentials = async () => ({ ...CREDENTIALS, accessKeyId: ids.shift() ?? '' });
  const send = createSignedRequest({
    service: 's3',
    region: 'eu-central-1',
    credentials,
    now: () => NOW,
    exchange,
  });
  for (const id of ['FIRST', 'SECOND']) {
    await send(URL_OF_OBJECT, { method: 'GET', ...LIMITS });
    expect(String(sent.at(-1)?.headers.find(([name]) => name === 'authorization'))).toContain(`=${id}/`);
  }
});

describe('a clock that is wrong', () => {
  const MINUTE = 60_000;
  const dated = (status: number, ahead: number) => ({
    status,
    headers: { date: new Date(NOW + ahead).toUTCString() },
  });
  const get = (send: ReturnType<typeof createSignedRequest>) =>
    send(URL_OF_OBJECT, { method: 'GET', ...LIMITS });

  test.each([
    [403, 16 * MINUTE, '20261125T121600Z'],
    [400, -16 * MINUTE, '20261125T114400Z'],
    [403, 4 * MINUTE, '20261125T120400Z'],
  ])('is corrected by a response of %d, for this and later requests', async (status, ahead, time) => {
    const { sender, sent, fields, clock } = signing(dated(status, ahead), dated(200, ahead));
    const send = sender('s3');
    expect((await get(send)).status).toBe(200);
    expect([fields(0), fields(1)].map((each) => each['x-amz-date'])).toEqual(['20261125T120000Z', time]);
    expect(fields(0).authorization).not.toBe(fields(1).authorization);
    clock.now += 1000;
    await get(send);
    expect(sent).toHaveLength(3);
    expect(fields(2)['x-amz-date']).toBe(time.replace('00Z', '01Z'));
  });

  test('is the reason only once: the second response stands', async () => {
    const { sender, sent } = signing(dated(403, 16 * MINUTE));
    expect((await get(sender('s3'))).status).toBe(403);
    expect(sent).toHaveLength(2);
  });

  test('is corrected for each of several simultaneous requests', async () => {
    const wrong = dated(403, 16 * MINUTE);
    const { sender, sent } = signing(wrong, wrong, dated(200, 16 * MINUTE));
    const send = sender('s3');
    const responses = await Promise.all([get(send), get(send)]);
    expect(responses.map(({ status }) => status)).toEqual([200, 200]);
    expect(sent).toHaveLength(4);
  });

  test('is corrected again after it has been set', async () => {
    const { sender, fields, clock } = signing(
      dated(403, 16 * MINUTE),
      dated(200, 0),
      dated(403, 0),
      dated(200, 0),
    );
    const send = sender('s3');
    await get(send);
    clock.now += 16 * MINUTE;
    await get(send);
    expect(fields(3)['x-amz-date']).toBe('20261125T120000Z');
  });

  test.each([
    ['the clocks agree', dated(403, 4 * MINUTE - 1000)],
    ['the response has no date', { status: 403 }],
    ['the date is malformed', { status: 403, headers: { date: 'yesterday' } }],
    ['the response has another status', dated(503, 60 * MINUTE)],
    ['the request was good', dated(200, 60 * MINUTE)],
  ])('is not suspected if %s', async (_, response) => {
    const { sender, sent } = signing(response);
    expect((await get(sender('s3'))).status).toBe(response.status);
    expect(sent).toHaveLength(1);
  });

  test('leaves the second request only the time left by the first', async () => {
    const { sent, clock, exchange } = signing(dated(403, 16 * MINUTE), { status: 200 });
    const slow: typeof exchange = async (...request) => {
      clock.now += 300;
      return exchange(...request);
    };
    const send = createSignedRequest({
      service: 's3',
      region: 'eu-central-1',
      credentials: async () => CREDENTIALS,
      now: () => clock.now,
      exchange: slow,
    });
    await get(send);
    expect(sent.map(({ timeoutMs }) => timeoutMs)).toEqual([1000, 700]);
  });
});

test('a connection error is rethrown unchanged', async () => {
  const fault = new ClientError('connection', 'connect ECONNREFUSED');
  const { sender } = signing(fault);
  expect(await failureOf(sender('s3')(URL_OF_OBJECT, { method: 'GET', ...LIMITS }))).toBe(fault);
});

describe('the hash that the signer is given', () => {
  const create = (secret?: string | ArrayBuffer | Uint8Array) =>
    new (Sha256 as NonNullable<typeof Sha256>)(secret);
  const bytes = Uint8Array.of(1, 2, 3, 4);

  test('is SHA-256 of everything it was fed', async () => {
    const hash = create();
    hash.update(Buffer.from('a'));
    hash.update(bytes.subarray(1, 3));
    hash.update(bytes.buffer as never);
    const expected = createHash('sha256').update('a').update(bytes.subarray(1, 3)).update(bytes).digest();
    expect(Buffer.from(await hash.digest())).toEqual(expected);
  });
  test.each([['secret'], [bytes], [bytes.subarray(1)], [bytes.buffer], ['']])(
    'is an HMAC with %p',
    async (secret) => {
      const hash = create(secret);
      hash.update(bytes);
      const key = typeof secret === 'string' ? secret : Buffer.from(secret as Uint8Array);
      expect(Buffer.from(await hash.digest())).toEqual(createHmac('sha256', key).update(bytes).digest());
    },
  );
});
