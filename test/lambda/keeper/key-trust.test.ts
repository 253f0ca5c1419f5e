import { beforeEach, describe, expect, test } from '@jest/globals';
import { createKeySources } from '../../../lambda/io/key-sources.ts';
import { createSnapshotKeys } from '../../../lambda/io/snapshot-keys.ts';
import { certificatePem } from '../../support/certificate.ts';
import { createKeeperWorld, JWKS_URI } from '../../support/keeper-world.ts';
import { createKey, jwksOf } from '../../support/keys.ts';
import { providerOf } from '../../support/provider.ts';
import { NOW } from '../../support/tokens.ts';

const [CA, OTHER_CA] = ['Private Authority', 'Other Authority'].map((name) =>
  certificatePem(createKey('RS256'), { name, authority: true }),
);
const DAY = 24 * 60 * 60;

const KEY = createKey('ES256', 'first');
let world = createKeeperWorld(KEY);
beforeEach(() => {
  world = createKeeperWorld(KEY);
});
const trustBy = (trust: object) =>
  world.parameters.put('policy', JSON.stringify({ providers: { default: { type: 'jwks', ...trust } } }));
const keptKids = () => world.object.snapshot().keySets.flatMap(({ keys }) => keys.map(({ kid }) => kid));
const DOWN = new Error(`${JWKS_URI}: self-signed certificate in certificate chain`);

test('the keeper trusts the authority of the provider', async () => {
  trustBy({ ca: CA });
  await world.run();
  expect(world.trusted).toEqual([CA]);
  expect(keptKids()).toEqual([world.key.kid]);
});

describe('a change of "ca" on the second day', () => {
  beforeEach(async () => {
    trustBy({ ca: CA });
    await world.run();
    world.advance(DAY);
    await world.run();
    world.trusted.splice(0);
    world.advance(1);
  });

  test('has the set fetched again at once, however fresh it is', async () => {
    const next = createKey('ES256', 'next');
    world.documents.set(JWKS_URI, jwksOf(next));
    trustBy({ ca: OTHER_CA });
    await world.run();
    expect(world.trusted).toEqual([OTHER_CA]);
    expect(keptKids()).toEqual(['next']);
  });
  test.each([
    ['another authority', { ca: OTHER_CA }],
    ['the public ones', {}],
  ])('to %s keeps nothing that the previous one vouched for, even if the fetch fails', async (_, trust) => {
    world.documents.set(JWKS_URI, DOWN);
    trustBy(trust);
    await world.run();
    expect(keptKids()).toEqual([]);
    world.documents.set(JWKS_URI, jwksOf(world.key));
    world.advance(60);
    await world.run();
    expect(keptKids()).toEqual([world.key.kid]);
  });
  test('that makes the policy invalid changes nothing', async () => {
    trustBy({ ca: 'x' });
    await world.run();
    expect(world.trusted).toEqual([]);
    expect(keptKids()).toEqual([world.key.kid]);
  });
  test('elsewhere in the policy leaves the set as it is', async () => {
    trustBy({ ca: `${CA}\n`, clockToleranceSeconds: 10 });
    await world.run();
    expect(world.trusted).toEqual([]);
    expect(world.object.snapshot().keySets).toMatchObject([{ fetchedAt: NOW + DAY }]);
  });
  test('while SSM is down is noticed once it is up', async () => {
    trustBy({ ca: OTHER_CA });
    world.parameters.fail(new Error('throttled'));
    await expect(world.run()).rejects.toThrow('throttled');
    expect(world.trusted).toEqual([]);
    world.parameters.fail(undefined);
    await world.run();
    expect(world.trusted).toEqual([OTHER_CA]);
  });
  test('takes effect for a verifier with the next snapshot, which brings only keys of the new trust', async () => {
    const keySets = createSnapshotKeys({
      maxSnapshotSeconds: 180,
      spread: 1,
      now: world.now,
      onProblem: () => {},
    });
    const asked: (string | undefined)[] = [];
    const sources = createKeySources({
      fetchDocument: async (_url, options) => {
        asked.push(options?.ca);
        throw DOWN;
      },
      snapshots: { lookAgain: async () => {}, egress: true, random: () => 0.5 },
      now: world.now,
      events: { keysFetched: () => {}, keysLoaded: () => {}, keysFailed: () => {} },
    });
    const offer = async () => sources.offer(await keySets({ snapshot: world.object.snapshot() } as never));
    const provider = (ca: string | undefined) =>
      providerOf({ keys: { kind: 'url', url: new URL(JWKS_URI), trust: { ca } } });
    const kindOf = async (ca: string | undefined, kid = world.key.kid) =>
      (await sources.resolve(provider(ca), { alg: 'ES256', kid })).kind;

    await offer();
    expect(await kindOf(CA)).toBe('keys');
    expect(asked).toEqual([]);
    // The parameters are newer than the snapshot, whose keys the other authority vouched for.
    expect(await kindOf(OTHER_CA)).toBe('unavailable');
    expect(asked).toEqual([OTHER_CA]);
    world.advance(60);
    world.documents.set(JWKS_URI, jwksOf(createKey('ES256', 'next')));
    trustBy({ ca: OTHER_CA });
    await world.run();
    await offer();
    await sources.prefetch([provider(OTHER_CA)]);
    expect(await kindOf(OTHER_CA, 'next')).toBe('keys');
    expect(await kindOf(OTHER_CA)).toBe('failure');
    expect(asked).toEqual([OTHER_CA]);
  });
});

describe('keys behind plain http', () => {
  beforeEach(() => {
    world.documents.set('http://10.0.0.5/jwks', jwksOf(world.key));
    world.parameters.put('jwks-uri', 'http://10.0.0.5/jwks');
    trustBy({ insecureHttp: true });
  });
  test('are not fetched by the keeper, which would reach another host under the same private address', async () => {
    expect((await world.run()).refused).toEqual([]);
    expect(world.fetched).toEqual([]);
    expect(world.heard('keysFailed')).toEqual([]);
    expect(world.object.snapshot().keySets).toEqual([]);
  });
  test('are fetched by verifiers, whatever snapshots bring', async () => {
    await world.run();
    const fetched: string[] = [];
    const sources = createKeySources({
      fetchDocument: async ({ href }) => {
        fetched.push(href);
        return { text: JSON.stringify(jwksOf(world.key)), cacheControl: undefined };
      },
      snapshots: { lookAgain: async () => {}, egress: true, random: () => 0.5 },
      now: world.now,
      events: { keysFetched: () => {}, keysLoaded: () => {}, keysFailed: () => {} },
    });
    sources.offer(new Map());
    const url = new URL('http://10.0.0.5/jwks');
    const provider = providerOf({ keys: { kind: 'url', url, trust: { insecureHttp: true } } });
    await sources.prefetch([provider]);
    const resolve = () => sources.resolve(provider, { alg: 'ES256', kid: world.key.kid });
    expect((await resolve()).kind).toBe('keys');
    world.advance(600);
    expect((await resolve()).kind).toBe('keys');
    expect(fetched).toEqual([url.href, url.href]);
  });
  test('are removed from the snapshot once http is allowed', async () => {
    world = createKeeperWorld(KEY);
    await world.run();
    expect(keptKids()).toEqual([world.key.kid]);
    trustBy({ insecureHttp: true });
    await world.run();
    expect(keptKids()).toEqual([]);
  });
});
