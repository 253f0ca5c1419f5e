import { describe, expect, test } from '@jest/globals';
import { type Abilities, parseAccess } from '../../../../lambda/core/config/parse.ts';
import { trustOf } from '../../../../lambda/core/provider.ts';
import { checkParameters } from '../../../../tools/check-config/check.ts';
import { certificatePem } from '../../../support/certificate.ts';
import { createKey, jwksOf } from '../../../support/keys.ts';
import { INSTANCE_ARN } from '../../../support/signed-headers.ts';
import { ISSUER } from '../../../support/tokens.ts';

const CA = certificatePem(createKey('RS256'), { name: 'Private Authority', authority: true });
const OTHER_CA = certificatePem(createKey('RS256'), { name: 'Other Authority', authority: true });
const BROKEN = CA.replace(/\n[^-]{20}/, '\n');
const internal = { type: 'jwks', issuer: 'https://issuer.internal', audience: 'a' };
const staff = { type: 'verified-access', instanceArn: INSTANCE_ARN };

const values = (providers: object, parameters: object = {}) => ({
  issuer: ISSUER,
  audience: 'a',
  'jwks-uri': 'discover',
  upstream: 'whoami',
  revocations: '{}',
  policy: JSON.stringify({ providers }),
  ...parameters,
});
async function problemsOf(providers: object, parameters: object = {}, abilities?: Abilities) {
  const parsed = await parseAccess(values(providers, parameters), abilities);
  return 'problems' in parsed
    ? parsed.problems.map(({ parameter, message }) => `${parameter}: ${message}`)
    : [];
}
async function trustsOf(providers: object, parameters: object = {}) {
  const parsed = await parseAccess(values(providers, parameters));
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return Object.fromEntries(parsed.value.providers.map((provider) => [provider.name, trustOf(provider)]));
}

describe('a provider may say how its key endpoint is trusted', () => {
  test('by certificates', async () => {
    expect(await trustsOf({ internal: { ...internal, ca: CA } })).toEqual({
      default: {},
      internal: { ca: CA },
    });
  });
  test('also the default one, whose location is a parameter', async () => {
    const document = { default: { type: 'jwks', insecureHttp: true } };
    expect(await trustsOf(document, { 'jwks-uri': 'http://10.0.0.5/jwks' })).toEqual({
      default: { insecureHttp: true },
    });
    expect(await trustsOf(document, { issuer: 'http://issuer.internal' })).toEqual({
      default: { insecureHttp: true },
    });
  });
  test('also one of signed headers, with a keysUrl', async () => {
    expect(await trustsOf({ staff: { ...staff, keysUrl: 'https://keys.internal', ca: CA } })).toMatchObject({
      staff: { ca: CA },
    });
    expect(
      await trustsOf({ staff: { ...staff, keysUrl: 'http://192.168.1.1', insecureHttp: true } }),
    ).toMatchObject({ staff: { insecureHttp: true } });
  });
  test('and "insecureHttp": false changes nothing', async () => {
    expect(await trustsOf({ internal: { ...internal, insecureHttp: false } })).toMatchObject({
      internal: {},
    });
  });
});

describe('with insecureHttp a plain http URL is accepted', () => {
  test.each([
    'http://keys.internal/jwks',
    'http://keys.example/jwks',
    'http://10.1.2.3/jwks',
    'http://172.31.0.1:8080/jwks',
    'http://100.64.0.1/jwks',
    'http://[fd12:3456::1]/jwks',
    'http://0xa000001/jwks',
    'http://localhost/jwks',
  ])('%s', async (jwksUri) => {
    expect(await problemsOf({ internal: { ...internal, jwksUri, insecureHttp: true } })).toEqual([]);
  });
  test('and without it the URL is rejected, and the message names what is missing', async () => {
    expect(await problemsOf({ internal: { ...internal, jwksUri: 'http://keys.internal/jwks' } })).toEqual([
      'policy: providers.internal.jwksUri: must be https (http is for loopback, and for private addresses if the provider has "insecureHttp": true); it takes a URL or "discover"',
    ]);
    expect(await problemsOf({}, { 'jwks-uri': 'http://keys.internal/jwks' })).toEqual([
      expect.stringMatching(/^jwks-uri: must be https .*"insecureHttp"/),
    ]);
  });
  test.each([
    ['http://8.8.8.8/jwks', 'must be https ("insecureHttp" is for private addresses only)'],
    ['http://172.32.0.1/jwks', 'must be https ("insecureHttp" is for private addresses only)'],
    ['http://0.0.0.0/jwks', 'must be https ("insecureHttp" is for private addresses only)'],
    ['http://[2606:4700::1111]/jwks', 'must be https ("insecureHttp" is for private addresses only)'],
    ['http://[::ffff:10.0.0.1]/jwks', 'must be https ("insecureHttp" is for private addresses only)'],
    ['http://169.254.169.254/jwks', 'must not be a link-local address'],
    ['http://2852039166/jwks', 'must not be a link-local address'],
    ['http://[fd00:ec2::254]/jwks', 'must not be a link-local address'],
    ['http://[::ffff:a9fe:a9fe]/jwks', 'must not be a link-local address'],
    ['http://user@10.0.0.1/jwks', 'must not contain credentials'],
  ])('but never %s', async (jwksUri, problem) => {
    expect(await problemsOf({ internal: { ...internal, jwksUri, insecureHttp: true } })).toEqual([
      `policy: providers.internal.jwksUri: ${problem}; it takes a URL or "discover"`,
    ]);
  });
});

describe('a problem is', () => {
  test.each<[string, object, string]>([
    [
      'a certificate that cannot be read',
      { internal: { ...internal, ca: BROKEN } },
      'policy: providers.internal.ca: has a certificate that cannot be read: check that it is complete',
    ],
    [
      'one of the default provider',
      { default: { type: 'jwks', ca: BROKEN } },
      'policy: providers.default.ca: has a certificate that cannot be read: check that it is complete',
    ],
    [
      'a text that is no certificate',
      { internal: { ...internal, ca: 'x' } },
      'policy: providers.internal.ca: must be one or more certificates in PEM form, each from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----',
    ],
    [
      'an authority for keys that are in the policy',
      { internal: { ...internal, ca: CA, jwks: jwksOf(createKey('ES256')) } },
      'policy: providers.internal.ca: has no effect with jwks, since no key is fetched: remove it',
    ],
    [
      'an authority for the public endpoint of a region',
      { staff: { ...staff, ca: CA } },
      "policy: providers.staff.ca: needs keysUrl, since AWS's own endpoint is public: give the URL of yours, or remove it",
    ],
    [
      'http for the public endpoint of a region',
      { staff: { ...staff, insecureHttp: true } },
      "policy: providers.staff.insecureHttp: needs keysUrl, since AWS's own endpoint is public: give the URL of yours, or remove it",
    ],
  ])('%s', async (_, providers, problem) => {
    expect(await problemsOf(providers)).toEqual([problem]);
  });

  test('insecureHttp where the verifier reaches no key endpoint, since the keeper is outside the network', async () => {
    const providers = { internal: { ...internal, insecureHttp: true } };
    expect(await problemsOf(providers, {}, { egress: false, cached: false, bodies: true })).toEqual([
      'policy: providers.internal: the verifier must fetch its keys, but is deployed with functionEgress=false',
    ]);
    expect(
      await problemsOf(
        { internal: { ...internal, ca: CA } },
        {},
        { egress: false, cached: false, bodies: true },
      ),
    ).toEqual([]);
  });
});

describe('check-config warns of', () => {
  const warningsOf = async (document: object) =>
    (
      await checkParameters({
        ...values({ default: { type: 'jwks', ...document } }, { 'jwks-uri': 'discover' }),
        ...('jwksUri' in document && {
          'jwks-uri': String(document.jwksUri),
          policy: JSON.stringify({
            providers: { default: { type: 'jwks', ...document, jwksUri: undefined } },
          }),
        }),
      })
    ).warnings.map(({ message }) => message);
  test('what follows from insecureHttp', async () => {
    const meaning =
      'providers.default.insecureHttp lets keys be fetched over plain http: anyone on the network path can replace them and forge any token of this provider. Use https with "ca" if you can';
    expect(await warningsOf({ insecureHttp: true })).toEqual([meaning]);
    expect(await warningsOf({ insecureHttp: true, jwksUri: 'http://keys.internal/jwks' })).toEqual([meaning]);
  });
  test('what has no effect', async () => {
    expect(await warningsOf({ insecureHttp: true, jwksUri: 'https://keys.internal/jwks' })).toEqual([
      'providers.default.insecureHttp has no effect, because the keys are at an https URL: remove it',
    ]);
    expect(await warningsOf({ ca: CA, jwksUri: 'http://localhost/jwks' })).toEqual([
      'providers.default.ca has no effect, because the keys are at an http URL, where no certificate is shown: use https, or remove it',
    ]);
  });
  test.each([
    ['ca and none', { ca: CA }, {}],
    ['two authorities', { ca: CA }, { ca: OTHER_CA }],
    ['insecureHttp and not', { insecureHttp: true }, {}],
  ])('two providers whose keys are in one place but trusted differently: %s', async (_, a, b) => {
    const problemsOf = async (providers: object) =>
      (await checkParameters(values(providers))).warnings.map(({ message }) => message).join('\n');
    const warning =
      'providers.b: its keys are at the same place as those of a, and "ca" or "insecureHttp" differ';
    expect(await problemsOf({ a: { ...internal, ...a }, b: { ...internal, ...b } })).toContain(warning);
    const signed = { ...staff, keysUrl: 'https://keys.internal' };
    expect(await problemsOf({ a: { ...signed, ...a }, b: { ...signed, ...b } })).toContain(warning);
    expect(await problemsOf({ a: { ...internal, ...a }, b: { ...internal, ...a } })).not.toContain(warning);
    const elsewhere = { ...internal, ...b, jwksUri: 'https://issuer.internal/other' };
    expect(await problemsOf({ a: { ...internal, ...a }, b: elsewhere })).not.toContain(warning);
  });
  test('nothing if https is trusted by an authority', async () => {
    expect(await warningsOf({ ca: CA })).toEqual([]);
  });
});
