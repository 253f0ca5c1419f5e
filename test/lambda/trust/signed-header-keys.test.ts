import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DocumentNotFound } from '../../../lambda/io/fetch-document.ts';
import { createKey, jwksOf, type SigningKey } from '../../support/keys.ts';
import {
  type RecordingUpstream,
  startRecordingUpstream,
  valuesOf,
} from '../../support/recording-upstream.ts';
import { expectRejected } from '../../support/rejection.ts';
import {
  ALB_LOGIN,
  createSignedHeaderKey,
  createSignedHeaderWorld,
  kidOf,
  pemOf,
  signedHeader,
  VERIFIED_ACCESS,
} from '../../support/signed-headers.ts';
import { claimsOf, mint, NOW } from '../../support/tokens.ts';
import { createWorld, type World } from '../../support/world.ts';

const STAFF = '/api/staff/x';
const HOUR = 3600;
/** The most unknown names that are requested at the same time. */
const MAX_IN_FLIGHT = 10;

describe.each([
  ['Verified Access', VERIFIED_ACCESS],
  ["the load balancer's login", ALB_LOGIN],
])('the keys of %s', (_name, service) => {
  let world: World;
  let key: SigningKey;
  beforeEach(() => {
    ({ world, key } = createSignedHeaderWorld(service));
  });
  const longLived = { exp: NOW + 1_000_000 };
  const present = (token: string) => world.call({ target: STAFF, headers: { [service.field]: token } });
  const from = (signer: SigningKey, header: Record<string, unknown> = {}) =>
    present(signedHeader(service, signer, { header: { ...longLived, ...header }, claims: longLived }));
  const urlOf = ({ kid }: SigningKey) => service.keysUrl + kid;
  const publish = (other: SigningKey) => world.documents.set(urlOf(other), pemOf(other.publicKey));
  const withdraw = (other: SigningKey) =>
    world.documents.set(urlOf(other), new DocumentNotFound('responded with status 404'));
  const fetchedKeys = () => world.fetched.filter((url) => url.startsWith(service.keysUrl));

  test('are fetched by kid from the regional endpoint, and then kept', async () => {
    for (let i = 0; i < 5; i++) expect((await from(key)).status).toBe(200);
    expect(fetchedKeys()).toEqual([urlOf(key)]);
  });
  test('are requested once, however many requests come at once', async () => {
    const responses = await Promise.all(Array.from({ length: 20 }, () => from(key)));
    expect(responses.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(fetchedKeys()).toHaveLength(1);
  });
  test.each([
    ['../../etc/passwd'],
    ['https://attacker.example/key'],
    [`//attacker.example/${kidOf(1)}`],
    [`${kidOf(1)}/../x`],
    [`${kidOf(1)}?x`],
    [`${kidOf(1)}#x`],
    [`${kidOf(1)}\n`],
    [` ${kidOf(1)}`],
    [kidOf(1).toUpperCase()],
    [kidOf(1).replaceAll('-', '')],
    ['key-1'],
    [''],
    ['__proto__'],
    [undefined],
  ])('are never requested by %p, which no URL is built from', async (kid) => {
    expectRejected(await from(key, { kid }), 'key_unknown', { world });
    expect(fetchedKeys()).toEqual([]);
  });
  test.each([[5], [null], [[kidOf(1)]], [{ kid: kidOf(1) }], ['x'.repeat(10_000)]])(
    'are never requested by a kid that is not a name: %p',
    async (kid) => {
      expectRejected(await from(key, { kid }), 'token_malformed', { world });
      expect(fetchedKeys()).toEqual([]);
    },
  );

  describe('that do not exist', () => {
    const absent = createSignedHeaderKey(service, 2);
    beforeEach(() => void withdraw(absent));

    test('give the token an unknown key, and are not requested again at once', async () => {
      for (let i = 0; i < 3; i++) expectRejected(await from(absent), 'key_unknown', { world });
      world.advance(30);
      expectRejected(await from(absent), 'key_unknown', { world });
      expect(fetchedKeys()).toEqual([urlOf(absent)]);
      // Made-up names must not be able to raise the alarm for endpoints that are down.
      expect(world.events.map(({ name }) => name)).not.toContain('keysFailed');
    });
    test('are found soon after they are published', async () => {
      expectRejected(await from(absent), 'key_unknown', { world });
      publish(absent);
      world.advance(60);
      expect((await from(absent)).status).toBe(200);
    });
    test('in a flood of tokens keep no genuine key out, however cold the environment, and do not slow down known ones', async () => {
      const genuine = createSignedHeaderKey(service, 3);
      publish(genuine);
      expect((await from(key)).status).toBe(200);
      for (let second = 0; second < 30; second++) {
        for (let i = 0; i < 10; i++) {
          const other = { ...absent, kid: kidOf(1000 + second * 10 + i) };
          withdraw(other);
          expectRejected(await from(other), 'key_unknown', { world });
        }
        const before = fetchedKeys().length;
        expect((await from(key)).status).toBe(200);
        expect(fetchedKeys()).toHaveLength(before);
        world.advance(0.1);
      }
      expect((await from(genuine)).status).toBe(200);
    });
    test('are requested at the same time up to a limit; beyond it the response is a 503, not a 401, for a second', async () => {
      const fetches: ((text: Error) => void)[] = [];
      const hanging = Array.from({ length: MAX_IN_FLIGHT }, (_, i) => ({ ...absent, kid: kidOf(1000 + i) }));
      for (const other of hanging) {
        world.documents.set(urlOf(other), () => new Promise((resolve) => fetches.push(resolve)));
      }
      const waiting = hanging.map((other) => from(other));
      await new Promise((resolve) => setImmediate(resolve));
      const genuine = createSignedHeaderKey(service, 3);
      publish(genuine);
      const response = await from(genuine);
      expectRejected(response, 'keys_unavailable', { world });
      expect(response.headers['retry-after']).toEqual(['1']);
      expect(fetchedKeys()).toHaveLength(MAX_IN_FLIGHT);
      // A request for one that is in flight joins it.
      const joined = from(hanging[0] as SigningKey);
      await new Promise((resolve) => setImmediate(resolve));
      expect(fetchedKeys()).toHaveLength(MAX_IN_FLIGHT);
      for (const settle of fetches) settle(new DocumentNotFound('responded with status 404'));
      for (const rejected of await Promise.all([...waiting, joined]))
        expectRejected(rejected, 'key_unknown', { world });
      expect((await from(genuine)).status).toBe(200);
    });
    test('and were lost in a freeze do not count forever', async () => {
      for (let i = 0; i < MAX_IN_FLIGHT; i++) {
        const other = { ...absent, kid: kidOf(1000 + i) };
        world.documents.set(urlOf(other), () => new Promise(() => {}));
        void from(other);
      }
      await new Promise((resolve) => setImmediate(resolve));
      expectRejected(await from(key), 'keys_unavailable', { world });
      world.advance(10);
      expect((await from(key)).status).toBe(200);
    });
  });

  describe('whose endpoint is down', () => {
    const down = new Error('responded with status 500');

    test('are unavailable if they have not been seen: a 503, and one attempt per cooldown', async () => {
      world.documents.set(urlOf(key), down);
      for (let second = 0; second < 20; second++) {
        expectRejected(await from(key), 'keys_unavailable', { world });
        world.advance(1);
      }
      expect(fetchedKeys().length).toBeLessThanOrEqual(2);
      publish(key);
      world.advance(10);
      expect((await from(key)).status).toBe(200);
    });
    test('are remembered by name up to a limit, so that made-up ones cannot fill the memory', async () => {
      const made = Array.from({ length: 101 }, (_, i) => ({ ...key, kid: kidOf(2000 + i) }));
      for (const other of made) {
        world.documents.set(urlOf(other), down);
        await from(other);
      }
      expect(fetchedKeys()).toHaveLength(101);
      await from(made[100] as SigningKey);
      expect(fetchedKeys()).toHaveLength(101);
      await from(made[0] as SigningKey);
      expect(fetchedKeys()).toHaveLength(102);
    });
    test('keep working if they are known, up to a limit', async () => {
      expect((await from(key)).status).toBe(200);
      world.documents.set(urlOf(key), down);
      for (let hour = 1; hour < 4; hour++) {
        world.advance(HOUR);
        expect((await from(key)).status).toBe(200);
      }
      world.advance(HOUR);
      expectRejected(await from(key), 'keys_unavailable', { world });
    });
    test.each([
      ['HTML', '<html></html>'],
      ['no text', ''],
      ['a private key', 'private'],
      ['a certificate', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'],
      ['a key set', JSON.stringify(jwksOf(createKey('ES256')))],
      ['an RSA key', pemOf(createKey('RS256').publicKey)],
    ])('are unavailable if it responds with %s', async (_what, text) => {
      const pem = key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      world.documents.set(urlOf(key), text === 'private' ? pem : text);
      expectRejected(await from(key), 'keys_unavailable', { world });
    });
  });

  test('that are replaced under an old name work at once, and forged tokens cause at most one request per cooldown', async () => {
    expect((await from(key)).status).toBe(200);
    const next = { ...createSignedHeaderKey(service, 2), kid: key.kid };
    world.advance(10);
    publish(next);
    expect((await from(next)).status).toBe(200);
    const before = fetchedKeys().length;
    for (let i = 0; i < 100; i++) {
      expectRejected(await from(key), 'signature_invalid', { world });
      expect((await from(next)).status).toBe(200);
      world.advance(0.2);
    }
    expect(fetchedKeys().length - before).toBeLessThanOrEqual(2);
    // The same document keeps the same key, so the tokens that it verified stay remembered.
    const token = signedHeader(service, next, { header: longLived, claims: longLived });
    await present(token);
    world.advance(10);
    await from(key);
    await present(token);
    expect(world.decisions.at(-1)).toMatchObject({ code: 'allowed', remembered: true });
  });
  test('rotate: a new one works at once, and the old one works as long as it is published', async () => {
    expect((await from(key)).status).toBe(200);
    const next = createSignedHeaderKey(service, 2);
    publish(next);
    expect((await from(next)).status).toBe(200);
    expect((await from(key)).status).toBe(200);
    expect(fetchedKeys()).toHaveLength(2);
  });
  test('stop working within the refresh age once they are withdrawn, for remembered tokens too', async () => {
    expect((await from(key)).status).toBe(200);
    withdraw(key);
    world.advance(HOUR);
    expectRejected(await from(key), 'key_unknown', { world });
    expectRejected(await from(key), 'key_unknown', { world });
    expect(world.events.map(({ name }) => name)).toContain('keysFailed');
  });
  test('are limited in number: the least recently used is dropped, and fetched again when it is needed', async () => {
    const keys = Array.from({ length: 25 }, (_, n) => createSignedHeaderKey(service, n + 10));
    for (const each of keys) {
      publish(each);
      expect((await from(each)).status).toBe(200);
      world.advance(10);
    }
    expect((await from(keys[24] as SigningKey)).status).toBe(200);
    expect(fetchedKeys()).toHaveLength(25);
    expect((await from(keys[0] as SigningKey)).status).toBe(200);
    expect(fetchedKeys()).toHaveLength(26);
  });
});

describe('where keys are fetched from', () => {
  const govCloud = (service: typeof ALB_LOGIN, region: string) => {
    const signer = service.signer.replace('arn:aws:', 'arn:aws-us-gov:').replace('eu-west-1', region);
    return service === ALB_LOGIN
      ? { signer, provider: { loadBalancerArn: signer } }
      : { signer, provider: { instanceArn: signer } };
  };
  async function urlWith(service: typeof ALB_LOGIN, provider: Record<string, unknown>, signer: string) {
    const { world, key } = createSignedHeaderWorld(service, { provider });
    const token = signedHeader(service, key, { header: { signer } });
    await world.call({ target: STAFF, headers: { [service.field]: token } });
    return world.fetched.filter((url) => url.endsWith(key.kid));
  }

  test.each([
    [
      'us-gov-west-1',
      VERIFIED_ACCESS,
      'https://public-keys.prod.verified-access.us-gov-west-1.amazonaws.com/',
    ],
    [
      'us-gov-west-1',
      ALB_LOGIN,
      'https://s3-us-gov-west-1.amazonaws.com/aws-elb-public-keys-prod-us-gov-west-1/',
    ],
    [
      'us-gov-east-1',
      ALB_LOGIN,
      'https://s3-us-gov-east-1.amazonaws.com/aws-elb-public-keys-prod-us-gov-east-1/',
    ],
  ])('in GovCloud, region %s, is the documented address', async (region, service, prefix) => {
    const { signer, provider } = govCloud(service, region);
    expect(await urlWith(service, provider, signer)).toEqual([prefix + kidOf(1)]);
  });
  test.each([
    ['https://keys.example/prefix/', 'https://keys.example/prefix/'],
    ['https://keys.example/prefix', 'https://keys.example/prefix/'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/'],
  ])('is %s if the policy says so', async (keysUrl, prefix) => {
    expect(await urlWith(VERIFIED_ACCESS, { keysUrl }, VERIFIED_ACCESS.signer)).toEqual([prefix + kidOf(1)]);
  });
  test.each([
    [{ keysUrl: 'http://keys.example/' }],
    [{ keysUrl: 'https://keys.example/?kid=' }],
    [{ keysUrl: 'https://169.254.169.254/' }],
    [{ instanceArn: VERIFIED_ACCESS.signer.replace('arn:aws:', 'arn:aws-cn:') }],
    [{ instanceArn: VERIFIED_ACCESS.signer.replace('eu-west-1', 'eu-west-1.attacker.example/') }],
    [{ instanceArn: 'vai-0abc1234def567890' }],
    [{ instanceArn: ALB_LOGIN.signer }],
  ])('cannot be derived from %j, which makes the configuration invalid', async (provider) => {
    const { world } = createSignedHeaderWorld(VERIFIED_ACCESS, { provider });
    expectRejected(await world.call({ target: STAFF }), 'config_unavailable', { world });
  });
});

test("the ARN of AWS's own example is accepted", async () => {
  const instanceArn = 'arn:aws:ec2:us-east-1:123456789012:verified-access-instance/vai-abc123xzy321a2b3c';
  const { world } = createSignedHeaderWorld(VERIFIED_ACCESS, { provider: { instanceArn } });
  expectRejected(await world.call({ target: STAFF }), 'signed_header_missing', { world });
});

describe('which signed headers the upstream sees', () => {
  let upstream: RecordingUpstream;
  beforeAll(async () => {
    upstream = await startRecordingUpstream();
  });
  afterAll(() => upstream.close());
  beforeEach(() => void upstream.received.splice(0));

  const forwarded = async (world: World, target: string, headers: Record<string, string>) => {
    world.parameters.upstream = upstream.origin;
    expect((await world.call({ target, headers })).status).toBe(200);
    const [request] = upstream.received;
    if (request === undefined) throw new Error('nothing came');
    return request;
  };

  test.each([[VERIFIED_ACCESS], [ALB_LOGIN]])('the verified one, and who is calling: %#', async (service) => {
    const { world, key } = createSignedHeaderWorld(service);
    const token = signedHeader(service, key);
    const request = await forwarded(world, STAFF, { [service.field]: token });
    expect(valuesOf(request, service.field)).toEqual([token]);
    expect(valuesOf(request, 'x-jwt-provider')).toEqual(['staff']);
    expect(valuesOf(request, 'x-jwt-issuer')).toEqual([service.signer]);
    expect(valuesOf(request, 'x-jwt-subject')).toEqual(['jane']);
  });
  test('none if the route keeps credentials from it', async () => {
    const { world, key } = createSignedHeaderWorld(VERIFIED_ACCESS, { route: { stripToken: true } });
    const headers = { [VERIFIED_ACCESS.field]: signedHeader(VERIFIED_ACCESS, key) };
    expect(valuesOf(await forwarded(world, STAFF, headers), VERIFIED_ACCESS.field)).toEqual([]);
  });
  test('no bearer token beside it, which is unverified', async () => {
    const { world, key } = createSignedHeaderWorld(VERIFIED_ACCESS);
    const request = await forwarded(world, STAFF, {
      [VERIFIED_ACCESS.field]: signedHeader(VERIFIED_ACCESS, key),
      authorization: `Bearer ${mint(world.key, claimsOf({ sub: 'mallory' }))}`,
    });
    expect(valuesOf(request, 'authorization')).toEqual([]);
  });
  test('none on a route that does not accept it, good or not', async () => {
    const { world, key } = createSignedHeaderWorld(VERIFIED_ACCESS);
    const request = await forwarded(world, '/api/x', {
      [VERIFIED_ACCESS.field]: signedHeader(VERIFIED_ACCESS, key),
      [ALB_LOGIN.field]: 'forged',
      'x-amzn-oidc-identity': 'jane',
      'x-amzn-oidc-accesstoken': 'forged',
      authorization: `Bearer ${mint(world.key)}`,
    });
    const names = request.headers.map(([name]) => name.toLowerCase());
    expect(names.filter((name) => name.startsWith('x-amzn-'))).toEqual([]);
    expect(valuesOf(request, 'x-jwt-subject')).toEqual(['client-1']);
  });
  test('none of the other service beside the verified one', async () => {
    const { world, key } = createSignedHeaderWorld(VERIFIED_ACCESS);
    const request = await forwarded(world, STAFF, {
      [VERIFIED_ACCESS.field]: signedHeader(VERIFIED_ACCESS, key),
      [ALB_LOGIN.field]: 'forged',
    });
    expect(valuesOf(request, ALB_LOGIN.field)).toEqual([]);
  });
  test('two credentials that the route would accept are one too many', async () => {
    const { world, key } = createSignedHeaderWorld(VERIFIED_ACCESS, {
      route: { providers: ['staff', 'default'] },
    });
    const headers = {
      [VERIFIED_ACCESS.field]: signedHeader(VERIFIED_ACCESS, key),
      authorization: `Bearer ${mint(world.key)}`,
    };
    expectRejected(await world.call({ target: STAFF, headers }), 'token_ambiguous', { world, upstream });
  });
});

test('keys that are in the policy itself are never fetched', async () => {
  const key = createKey('ES256', 'inline-1');
  const world = createWorld();
  const issuer = 'https://partner.example';
  world.parameters.policy = JSON.stringify({
    providers: { partner: { type: 'jwks', issuer, audience: 'api', jwks: jwksOf(key) } },
    routes: [{ path: '/api/partner/*', providers: ['partner'] }],
  });
  const token = mint(key, claimsOf({ iss: issuer, aud: 'api' }));
  const response = await world.present(token, { target: '/api/partner/x' });
  expect(response.body).toMatchObject({ provider: 'partner', issuer });
  const unknown = mint({ ...key, kid: 'other' }, claimsOf({ iss: issuer, aud: 'api' }));
  expectRejected(await world.present(unknown, { target: '/api/partner/x' }), 'key_unknown', { world });
  expect(world.fetched.filter((url) => !url.startsWith('https://issuer.example'))).toEqual([]);
});
