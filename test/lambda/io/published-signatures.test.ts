import { describe, expect, test } from '@jest/globals';
import { createSignedRequest, type SignerOptions } from '../../../lambda/io/signed-request.ts';
import { fakeExchange } from '../../support/aws-responses.ts';

type Example = Pick<SignerOptions, 'service' | 'credentials'> & { origin: string; time: string };

async function signatureOf(
  { service, credentials, origin, time }: Example,
  [method = '', target = '']: string[],
  headers: Record<string, string>,
): Promise<string | undefined> {
  const { exchange, sent } = fakeExchange();
  const now = () => Date.parse(time);
  const send = createSignedRequest({ service, region: 'us-east-1', credentials, now, exchange });
  await send(new URL(target, origin), { method, headers, timeoutMs: 1000, maxBytes: 1000 });
  const [, authorization = ''] = sent[0]?.headers.find(([name]) => name === 'authorization') ?? [];
  return /Signature=(\w+)$/.exec(authorization)?.[1];
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html; a fourth one signs Date. */
describe('the signatures of AWS’s examples for S3 match those that AWS published', () => {
  const example: Example = {
    service: 's3',
    credentials: async () => ({
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    }),
    origin: 'https://examplebucket.s3.amazonaws.com',
    time: '2013-05-24T00:00:00Z',
  };
  test.each<[string, Record<string, string>, string]>([
    [
      'GET /test.txt',
      { range: 'bytes=0-9' },
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ],
    ['GET /?lifecycle', {}, 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'],
    ['GET /?max-keys=2&prefix=J', {}, '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'],
  ])('%s', async (request, headers, signature) => {
    expect(await signatureOf(example, request.split(' '), headers)).toBe(signature);
  });
});

/** The Signature Version 4 Test Suite, except requests whose path is not encoded like a URL's. */
describe('the signatures of AWS’s test suite match too', () => {
  const suite = (sessionToken?: string): Example => ({
    service: 'service',
    credentials: async () => ({
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
      ...(sessionToken !== undefined && { sessionToken }),
    }),
    origin: 'https://example.amazonaws.com',
    time: '2015-08-30T12:36:00Z',
  });
  const unreserved = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

  test.each<[string, Record<string, string>, string]>([
    ['GET /', {}, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['POST /', {}, '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [`GET /${unreserved}`, {}, '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f'],
    [
      `GET /?${unreserved}=${unreserved}`,
      {},
      '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
    ],
    [
      'GET /?Param2=value2&Param1=value1',
      {},
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    ['GET /?ሴ=bar', {}, '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04'],
    ['POST /?Param1=value1', {}, '28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11'],
    [
      'GET /',
      { 'my-header1': ' value1', 'my-header2': ' "a   b   c"' },
      'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
    ],
    [
      'GET /',
      { 'my-header1': 'value4,value1,value3,value2' },
      '08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01',
    ],
    [
      'POST /',
      { 'my-header1': 'VALUE1' },
      'cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d',
    ],
  ])('%s %p', async (request, headers, signature) => {
    expect(await signatureOf(suite(), request.split(' '), headers)).toBe(signature);
  });

  test('with a session token', async () => {
    const token =
      'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==';
    expect(await signatureOf(suite(token), ['POST', '/'], {})).toBe(
      '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
    );
  });
});
