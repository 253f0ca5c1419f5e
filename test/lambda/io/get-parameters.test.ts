import { afterEach, describe, expect, test } from '@jest/globals';
import { createParametersRequest } from '../../../lambda/io/get-parameters.ts';
import { ClientError } from '../../../lambda/io/http-client.ts';
import type { RetryEffects } from '../../../lambda/io/retrying.ts';
import { AT_ONCE, failureOf, SECRETS, sendSigned } from '../../support/aws-responses.ts';
import {
  type Conversation,
  type RawServer,
  refusedUrl,
  respondingWith,
  response,
  startRawServer,
} from '../../support/raw-server.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../../support/recording-upstream.ts';

const PATH = '/app';
const NAMES = ['issuer', 'audience', 'jwks-uri', 'upstream', 'policy', 'revocations'];

interface FakeResponse {
  readonly status?: number;
  readonly body: unknown;
}

let server: RecordingUpstream | RawServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const reading = (url: URL, first = true, effects: RetryEffects = AT_ONCE) =>
  createParametersRequest({ path: PATH, endpoint: url, send: sendSigned('ssm'), effects })({ first });

/** Gives the responses in turn, the last one repeatedly. */
async function serving(...responses: FakeResponse[]) {
  const upstream = await startRecordingUpstream((_request, reply) => {
    const response = responses.length > 1 ? responses.shift() : responses[0];
    const { status = 200, body } = response ?? { body: '' };
    // The test's clock stands still, and a Date from the server would correct it.
    reply.sendDate = false;
    reply.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
    reply.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  server = upstream;
  return { received: upstream.received, url: new URL(upstream.origin) };
}

async function servingRaw(conversation: Conversation) {
  server = await startRawServer(conversation);
  return server;
}

const parameter = (name: string, fields: object = {}) => ({
  ARN: `arn:aws:ssm:eu-central-1:123456789012:parameter${PATH}/${name}`,
  DataType: 'text',
  LastModifiedDate: 1790000000.123,
  Name: `${PATH}/${name}`,
  Type: 'String',
  Value: `value of ${name}`,
  Version: 3,
  ...fields,
});
const found = (name: string) => ({ value: `value of ${name}`, version: 3, modifiedAt: 1790000000.123 });
const good: FakeResponse = { body: { Parameters: [parameter('issuer')], InvalidParameters: [] } };
const fault = (type: string, message = 'm', status = 400): FakeResponse => ({
  status,
  body: { __type: type, message },
});

test('requests all parameters in one signed call, by name', async () => {
  const { received, url } = await serving({ body: { Parameters: [] } });
  expect(await reading(url)).toEqual({});
  expect(received).toHaveLength(1);
  const [request] = received;
  expect(request).toMatchObject({ method: 'POST', target: '/' });
  const fields = Object.fromEntries(request?.headers ?? []);
  expect(fields).toMatchObject({
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'AmazonSSM.GetParameters',
    'x-amz-date': '20261125T120000Z',
    'x-amz-security-token': SECRETS.sessionToken,
    authorization: expect.stringContaining('Credential=AKIDEXAMPLE/20261125/eu-central-1/ssm/aws4_request, '),
  });
  expect(JSON.parse(String(request?.body))).toEqual({ Names: NAMES.map((name) => `${PATH}/${name}`) });
});

test('an endpoint may have a base path', async () => {
  const { received, url } = await serving(good);
  await reading(new URL('/base', url));
  expect(received[0]?.target).toBe('/base');
});

test('assigns values, versions and times by name, whatever their order', async () => {
  const Parameters = [...NAMES].reverse().map((name) => parameter(name));
  const { url } = await serving({ body: { Parameters } });
  expect(await reading(url)).toEqual(Object.fromEntries(NAMES.map((name) => [name, found(name)])));
});

test('leaves out what does not exist, and ignores what was not requested', async () => {
  const Parameters = [
    parameter('policy'),
    parameter('extra'),
    parameter('__proto__'),
    parameter('issuer', { Name: '/other/issuer' }),
    parameter('issuer', { Name: 'issuer' }),
    parameter('issuer', { Name: `${PATH}/issuer:3` }),
  ];
  const { url } = await serving({ body: { Parameters, InvalidParameters: [`${PATH}/issuer`] } });
  const read = await reading(url);
  expect(read).toEqual({ policy: found('policy') });
  expect(Object.keys(read)).toEqual(['policy']);
});

test('returns a value as it was put, whatever it contains', async () => {
  const value = ' {"a": "é\u2028 \\"𝄞\\""}\n';
  const { url } = await serving({ body: { Parameters: [parameter('policy', { Value: value })] } });
  expect((await reading(url)).policy?.value).toBe(value);
});

describe('a malformed response is an error, at once and without its content:', () => {
  const withField = (fields: object): unknown => ({ Parameters: [parameter('issuer', fields)] });
  test.each<[string, unknown, string]>([
    ['nothing', '', 'the document'],
    ['no JSON', '<html>secret</html>', 'the document'],
    ['JSON that is cut off', '{"Parameters":[{"Name":"secret', 'the document'],
    ['null', 'null', 'the document'],
    ['no list', {}, 'Parameters'],
    ['parameters that are not a list', { Parameters: { secret: 1 } }, 'Parameters'],
    ['a parameter that is not an object', { Parameters: ['secret'] }, 'Parameters.0'],
    ['no name', withField({ Name: undefined }), 'Parameters.0.Name'],
    ['no value', withField({ Value: undefined }), 'Parameters.0.Value'],
    ['a value that is not a text', withField({ Value: ['secret'] }), 'Parameters.0.Value'],
    ['a version that is a text', withField({ Version: 'secret' }), 'Parameters.0.Version'],
    ['version zero', withField({ Version: 0 }), 'Parameters.0.Version'],
    ['half a version', withField({ Version: 1.5 }), 'Parameters.0.Version'],
    ['a version over 2^53', withField({ Version: 2 ** 53 }), 'Parameters.0.Version'],
    ['a time that is a text', withField({ LastModifiedDate: '2026-11-25' }), 'Parameters.0.LastModifiedDate'],
    ['a negative time', withField({ LastModifiedDate: -1 }), 'Parameters.0.LastModifiedDate'],
    ['no time', withField({ LastModifiedDate: null }), 'Parameters.0.LastModifiedDate'],
  ])('%s', async (_, body, place) => {
    const { received, url } = await serving({ body });
    expect((await failureOf(reading(url))).message).toBe(
      `GetParameters of /app/* at ${url.host}: the response is malformed (see ${place})`,
    );
    expect(received).toHaveLength(1);
  });
});

describe('a fault is retried', () => {
  test.each([
    ['throttling', fault('ThrottlingException')],
    ['throttling under its full name', fault('com.amazonaws.ssm#ThrottlingException')],
    ['an internal error', fault('InternalServerError', 'm', 500)],
    ['a proxy that is overloaded', { status: 503, body: '<html>' }],
  ])('%s', async (_, response) => {
    const { received, url } = await serving(response, response, good);
    expect(await reading(url, false)).toEqual({ issuer: found('issuer') });
    expect(received).toHaveLength(3);
    expect(new Set(received.map((request) => String(request.body))).size).toBe(1);
  });

  test('a connection that is reset', async () => {
    const { url } = await servingRaw(async ({ number, request, reset, write }) => {
      await request();
      if (number < 3) reset();
      else write(response(JSON.stringify(good.body)));
    });
    expect(await reading(url, false)).toEqual({ issuer: found('issuer') });
  });

  test('a silent socket: a refresh still has time for another attempt', async () => {
    const { url, connections } = await servingRaw(async ({ number, request, write }) => {
      await request();
      if (number > 1) write(response(JSON.stringify(good.body)));
    });
    expect(await reading(url, false)).toEqual({ issuer: found('issuer') });
    expect(connections()).toBe(2);
  });

  test('until each of many environments that start at once has its parameters', async () => {
    const { received, url } = await serving(...Array(20).fill(fault('ThrottlingException')), good);
    const all = await Promise.all(Array.from({ length: 15 }, () => reading(url)));
    expect(all).toEqual(Array(15).fill({ issuer: found('issuer') }));
    expect(received).toHaveLength(35);
  });

  test('a limited number of times, which the error states', async () => {
    const { received, url } = await serving(fault('ThrottlingException', 'Rate exceeded'));
    const said = `GetParameters of /app/* at ${url.host}: status 400, ThrottlingException: Rate exceeded`;
    expect((await failureOf(reading(url, true))).message).toBe(`${said} (after 8 attempts)`);
    expect((await failureOf(reading(url, false))).message).toBe(`${said} (after 3 attempts)`);
    expect(received).toHaveLength(11);
  });
});

describe('within the time left', () => {
  test('a silent endpoint fails a refresh within 1.5 s', async () => {
    const { url, connections } = await servingRaw(() => {});
    const now = () => 700 * connections();
    const { message } = await failureOf(reading(url, false, { ...AT_ONCE, now }));
    expect(message).toMatch(/: no complete response within 700 ms \(after 2 attempts\)$/);
    expect(connections()).toBe(2);
  });

  test('a response that drips is not waited for', async () => {
    const { url } = await servingRaw(async ({ number, request, socket, write }) => {
      await request();
      if (number > 1) return write(response(JSON.stringify(good.body)));
      write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n');
      const timer = setInterval(() => socket.write(' '), 50);
      socket.on('close', () => clearInterval(timer));
    });
    expect(await reading(url, false)).toEqual({ issuer: found('issuer') });
  });

  test('a first read has 5 s', async () => {
    let now = 0;
    const timeouts: number[] = [];
    const read = createParametersRequest({
      path: PATH,
      endpoint: new URL('https://ssm.example'),
      send: async (_url, { timeoutMs }) => {
        timeouts.push(timeoutMs);
        now += timeoutMs;
        throw new ClientError('timeout', 'silence');
      },
      effects: { ...AT_ONCE, now: () => now },
    });
    expect((await failureOf(read({ first: true }))).message).toMatch(/silence \(after 7 attempts\)$/);
    expect(timeouts).toEqual(Array(7).fill(700));
    now = 0;
    timeouts.length = 0;
    await failureOf(read({ first: false }));
    expect(timeouts).toEqual([700, 700]);
  });
});

describe('a final error is not retried', () => {
  test.each(['AccessDeniedException', 'com.amazonaws.ssm#AccessDeniedException'])(
    '%s: the error names the permission',
    async (type) => {
      const words =
        'User: arn:aws:sts::123456789012:assumed-role/r/f is not authorized to perform: ssm:GetParameters';
      const { received, url } = await serving(fault(type, words));
      expect((await failureOf(reading(url))).message).toBe(
        `GetParameters of /app/* at ${url.host}: status 400, AccessDeniedException: ${words}. Grant the function's role ssm:GetParameters on the parameters under /app`,
      );
      expect(received).toHaveLength(1);
    },
  );

  test.each<[string, FakeResponse, string]>([
    [
      'a message in upper case',
      { status: 400, body: { __type: 'ValidationException', Message: 'x' } },
      'status 400, ValidationException: x',
    ],
    ['a malformed code', { status: 400, body: { __type: 'a b\n', message: 'x' } }, 'status 400, x'],
    ['no code', { status: 404, body: '<html>' }, 'status 404'],
    ['fields of other types', { status: 400, body: { __type: 1, message: ['secret'] } }, 'status 400'],
    ['a long message', fault('E', 'x'.repeat(5000)), `status 400, E: ${'x'.repeat(400)}`],
    ['a redirect', { status: 302, body: '' }, 'status 302'],
  ])('%s', async (_, response, said) => {
    const { received, url } = await serving(response);
    expect((await failureOf(reading(url))).message).toBe(`GetParameters of /app/* at ${url.host}: ${said}`);
    expect(received).toHaveLength(1);
  });

  test('a wrong signature, whose message repeats the request: the error contains no secret', async () => {
    const said = 'The request signature we calculated does not match the signature you provided.';
    const canonical = `'POST\n/\n\nhost:x\nx-amz-security-token:${SECRETS.sessionToken}`;
    const { url } = await serving(
      fault(
        'InvalidSignatureException',
        `${said}\n\nThe Canonical String for this request should have been\n${canonical}`,
      ),
    );
    const error = await failureOf(reading(url));
    expect(error.message).toBe(
      `GetParameters of /app/* at ${url.host}: status 400, InvalidSignatureException: ${said}`,
    );
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/wJalr|AQoD/);
  });

  test('more than 256 KB', async () => {
    const { url, connections } = await servingRaw(respondingWith(response('x'.repeat(256 * 1024 + 1))));
    expect((await failureOf(reading(url))).message).toBe(
      `GetParameters of /app/* at ${url.host}: the body is over 262144 bytes`,
    );
    expect(connections()).toBe(1);
  });

  test('missing credentials', async () => {
    const send = () => Promise.reject(new Error('There are no credentials'));
    const read = createParametersRequest({
      path: PATH,
      endpoint: new URL('http://localhost'),
      send,
      effects: AT_ONCE,
    });
    await expect(read({ first: true })).rejects.toThrow(new Error('There are no credentials'));
  });
});

test('the error says so if nobody listens', async () => {
  const url = await refusedUrl();
  expect((await failureOf(reading(url, false))).message).toBe(
    `GetParameters of /app/* at ${url.host}: connect ECONNREFUSED ${url.host} (after 3 attempts)`,
  );
});
