import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Credentials } from '../../../lambda/io/credentials.ts';
import { createSignedRequest } from '../../../lambda/io/signed-request.ts';
import { fakeExchange, type Sent } from '../../support/aws-responses.ts';

/** Everything that a signature depends on. */
const segment = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'abcXYZ019-._~!$&\'()*+,;=:@ "<>[]{}|^`é€𝄞'), maxLength: 8 }),
  fc.constantFrom('%2F', '%25', 'a%20b', '%E2%82%AC', '%41', '%7e', '..', '.', ''),
);
const path = fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`);
const query = fc
  .array(fc.tuple(segment, fc.option(segment, { nil: undefined })), { maxLength: 5 })
  .map((pairs) => pairs.map(([name, value]) => (value === undefined ? name : `${name}=${value}`)).join('&'));
const spaced = fc.string({
  unit: fc.constantFrom(' ', '  ', '\t', 'a', 'B', '"', ',', ';', '=', '/', '~'),
  maxLength: 12,
});
const headers = fc.dictionary(
  fc.constantFrom(
    'x-amz-meta-a',
    'x-amz-meta-b',
    'x-amz-target',
    'content-type',
    'range',
    'if-match',
    'accept',
  ),
  spaced,
);
const secret = fc.string({ unit: fc.constantFrom(...'aZ0+/=_-'), minLength: 16, maxLength: 40 });
const request = fc.record({
  service: fc.constantFrom('s3', 'ssm', 'execute-api'),
  region: fc.constantFrom('us-east-1', 'eu-central-1', 'cn-north-1', 'us-gov-west-1'),
  time: fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
  accessKeyId: fc.constantFrom('AKIDEXAMPLE', 'ASIAEXAMPLE'),
  secretAccessKey: secret,
  sessionToken: fc.option(secret, { nil: undefined }),
  method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD'),
  host: fc.constantFrom(
    'https://bucket.s3.eu-central-1.amazonaws.com',
    'http://localhost:4566',
    'https://[::1]:8443',
  ),
  path: path.filter((text) => !text.includes('#')),
  query: query.filter((text) => !text.includes('#')),
  headers,
  body: fc.option(fc.uint8Array({ maxLength: 64 }), { nil: undefined }),
});
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

async function sentOf(given: Request): Promise<Sent> {
  const { accessKeyId, secretAccessKey, sessionToken } = given;
  const credentials: Credentials = {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
  };
  const { exchange, sent } = fakeExchange();
  const send = createSignedRequest({
    service: given.service,
    region: given.region,
    credentials: async () => credentials,
    now: () => given.time.getTime(),
    exchange,
  });
  await send(new URL(`${given.host}${given.path}?${given.query}`), {
    method: given.method,
    headers: given.headers,
    ...(given.body !== undefined && { body: given.body }),
    timeoutMs: 1000,
    maxBytes: 1000,
  });
  const [first] = sent;
  if (first === undefined) throw new Error('nothing was sent');
  return first;
}

const authorizationOf = ({ headers: fields }: Sent) => fields.find(([name]) => name === 'authorization')?.[1];

/** botocore's signatures of the requests as they were sent; undefined without botocore. */
function botocoreSignatures(requests: readonly Request[], sent: readonly Sent[]): string[] | undefined {
  const lines = requests.map(
    ({ service, region, time, accessKeyId, secretAccessKey, sessionToken }, index) => {
      const { origin, method, target, headers: fields, body } = sent[index] as Sent;
      return JSON.stringify({
        ...{ service, region, time, accessKeyId, secretAccessKey, sessionToken, method },
        url: origin.origin + target,
        headers: Object.fromEntries(fields.filter(([name]) => name !== 'authorization')),
        body: Buffer.from(body ?? []).toString('base64'),
      });
    },
  );
  if (spawnSync('python3', ['-c', 'import botocore']).status !== 0) return undefined;
  const script = fileURLToPath(new URL('sign_with_botocore.py', import.meta.url));
  const { status, stdout, stderr } = spawnSync('python3', [script], {
    input: lines.join('\n'),
    encoding: 'utf8',
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.trimEnd().split('\n');
}

const requests = fc.sample(request, 500);
const sent = await Promise.all(requests.map(sentOf));
const expected = botocoreSignatures(requests, sent);
if (expected === undefined) {
  console.warn('Signatures are not compared with those of botocore: pip install botocore');
}

(expected === undefined ? test.skip : test)('signatures are those of botocore', () => {
  expect(expected).toHaveLength(requests.length);
  const ours = sent.map(authorizationOf);
  const different = requests.filter((_, index) => ours[index] !== expected?.[index]);
  expect(different).toEqual([]);
});

test('signs what it sends: one spelling of path and query, whatever the spelling of the URL', async () => {
  for (const { target } of sent) {
    expect(target).toMatch(/^(?:\/(?:[\w.~-]|%[\dA-F]{2})*)+(?:\?(?:[\w.~&=-]|%[\dA-F]{2})+)?$/);
  }
});
