import { beforeEach, describe, expect, test } from '@jest/globals';
import { maxAgeOf } from '../../../lambda/core/keys/max-age.ts';
import type { Document } from '../../../lambda/io/fetch-document.ts';
import { createJwksSource, KEY_RULES } from '../../../lambda/io/jwks-source.ts';
import { createKey, jwksOf } from '../../support/keys.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const key = createKey('ES256', 'first');
const next = createKey('ES256', 'second');
const good = (...keys: readonly (typeof key)[]): Document => ({
  text: JSON.stringify(jwksOf(...keys)),
  cacheControl: undefined,
});
const down = new Error('connection refused');
const never = new Promise<Document>(() => {});

/** A key source in a world of its own: the endpoint's responses and the clock are plain values. */
function createSource(
  location: Parameters<typeof createJwksSource>[1] = { kind: 'url', url: new URL(JWKS) },
) {
  const world = {
    now: 1_790_000_000_000,
    response: good(key) as Document | Error | Promise<Document>,
    documents: {} as Record<string, string>,
    fetched: [] as string[],
    elsewhere: [] as (boolean | undefined)[],
    failures: [] as string[],
  };
  const source = createJwksSource('default', location, {
    now: () => world.now,
    fetchDocument: async ({ href }, options) => {
      world.fetched.push(href);
      world.elsewhere.push(options?.elsewhere);
      const text = world.documents[href];
      if (text !== undefined) return { text, cacheControl: undefined };
      if (world.response instanceof Error) throw world.response;
      return world.response;
    },
    events: {
      keysFetched: () => {},
      keysLoaded: () => {},
      keysFailed: (_provider, reason) => void world.failures.push(reason),
    },
  });
  const resolve = (kid = 'first') => source.resolve({ alg: 'ES256', kid });
  return { world, source, resolve };
}
const JWKS = 'https://issuer.example/jwks';

let { world, source, resolve } = createSource();
beforeEach(() => {
  ({ world, source, resolve } = createSource());
});
const later = (ms: number) => {
  world.now += ms;
};
const kindOf = async (kid?: string) => (await resolve(kid)).kind;

describe('fresh', () => {
  test('prefetched keys serve without another fetch', async () => {
    await source.prefetch();
    later(3 * MINUTE);
    expect(await kindOf()).toBe('keys');
    expect(world.fetched).toHaveLength(1);
  });
  test('simultaneous requests on a cold start share one fetch', async () => {
    const kinds = await Promise.all([kindOf(), kindOf(), kindOf(), kindOf('unheard-of')]);
    expect(kinds).toEqual(['keys', 'keys', 'keys', 'failure']);
    expect(world.fetched).toHaveLength(1);
  });
  test('an unchanged set stays the same set, and the tokens it verified stay remembered', async () => {
    const before = await resolve();
    later(5 * MINUTE);
    const after = await resolve();
    expect(world.fetched).toHaveLength(2);
    expect(after.kind === 'keys' && before.kind === 'keys' && after.set === before.set).toBe(true);
  });
  test('a changed set is another one', async () => {
    const before = await resolve();
    world.response = good(key, next);
    later(5 * MINUTE);
    const after = await resolve();
    expect(after.kind === 'keys' && before.kind === 'keys' && after.set !== before.set).toBe(true);
  });
});

describe('refreshing ahead of expiry', () => {
  test('a request starts the fetch and does not wait for it', async () => {
    await source.prefetch();
    later(4 * MINUTE);
    world.response = never;
    expect(await kindOf()).toBe('keys');
    expect(world.fetched).toHaveLength(2);
  });
  test('later requests do not wait either, and start no other', async () => {
    await source.prefetch();
    later(4 * MINUTE);
    world.response = never;
    for (let i = 0; i < 5; i++) expect(await kindOf()).toBe('keys');
    expect(world.fetched).toHaveLength(2);
  });
  test('a removed key stops verifying as soon as the endpoint has responded', async () => {
    await source.prefetch();
    world.response = good(next);
    later(5 * MINUTE);
    expect(await kindOf()).toBe('failure');
    expect(await kindOf('second')).toBe('keys');
  });
});

describe('stale-if-error', () => {
  beforeEach(async () => {
    await source.prefetch();
    world.response = down;
  });
  test('the last good keys serve while the endpoint is down, up to the limit', async () => {
    for (let hour = 0; hour < 3; hour++) {
      later(HOUR);
      expect(await kindOf()).toBe('keys');
    }
    later(HOUR - 1);
    expect(await kindOf()).toBe('keys');
  });
  test('a request past the refresh age waits for one attempt, and requests within its cooldown for none', async () => {
    later(5 * MINUTE);
    expect(await kindOf()).toBe('keys');
    expect(world.fetched).toHaveLength(2);
    later(9 * SECOND);
    world.response = never;
    expect(await kindOf()).toBe('keys');
    expect(world.fetched).toHaveLength(2);
  });
  test('a missing key leaves the question open: a 503, not a 401, and the caller learns when to retry', async () => {
    later(MINUTE);
    expect(await resolve('second')).toMatchObject({ kind: 'unavailable', retryAfterSeconds: 10 });
    later(4 * SECOND);
    expect(await resolve('second')).toMatchObject({ kind: 'unavailable', retryAfterSeconds: 6 });
    expect(world.fetched).toHaveLength(2);
    world.response = good(key, next);
    later(6 * SECOND);
    expect(await kindOf('second')).toBe('keys');
  });
  test('a document that is not a key set is a failure like any other', async () => {
    for (const text of ['<html>', '{}', '{"keys":[]}', '{"keys":[{"kty":"oct","k":"AAAA"}]}', '']) {
      world.response = { text, cacheControl: undefined };
      later(5 * MINUTE);
      expect(await kindOf()).toBe('keys');
    }
    expect(world.failures).toHaveLength(5);
  });
  test('a fetch that never ends, as when the sandbox froze, is given up', async () => {
    world.response = never;
    later(4 * MINUTE);
    expect(await kindOf()).toBe('keys');
    later(KEY_RULES.loadTimeoutMs);
    world.response = good(key, next);
    expect(await kindOf('second')).toBe('keys');
  });
});

describe('closed', () => {
  test('past the limit the keys are not used at all while the endpoint is down', async () => {
    await source.prefetch();
    world.response = down;
    later(4 * HOUR);
    expect(await resolve()).toMatchObject({ kind: 'unavailable', retryAfterSeconds: 10 });
  });
  test('on a cold start with the endpoint down there is one attempt per cooldown', async () => {
    world.response = down;
    for (let second = 0; second < 30; second++) {
      expect(await kindOf()).toBe('unavailable');
      later(SECOND);
    }
    expect(world.fetched).toHaveLength(3);
    world.response = good(key);
    expect(await kindOf()).toBe('keys');
  });
});

describe('an unknown kid', () => {
  test('is requested at most once per cooldown, however many there are, and known keys keep working', async () => {
    await source.prefetch();
    later(10 * SECOND);
    for (let i = 0; i < 10_000; i++) expect(await kindOf(`unknown-${i}`)).toBe('failure');
    expect(await kindOf()).toBe('keys');
    expect(world.fetched).toHaveLength(2);
  });
  test('that the issuer has just begun to use is found within one cooldown', async () => {
    await source.prefetch();
    world.response = good(key, next);
    later(9 * SECOND);
    expect(await kindOf('second')).toBe('failure');
    later(SECOND);
    expect(await kindOf('second')).toBe('keys');
  });
});

describe('the age of a key set by its Cache-Control', () => {
  test.each([
    [undefined, 5 * MINUTE],
    ['public', 5 * MINUTE],
    ['max-age=120', 2 * MINUTE],
    ['public, max-age=600, must-revalidate', 10 * MINUTE],
    ['MAX-AGE=120', 2 * MINUTE],
    ['max-age="120"', 2 * MINUTE],
    ['max-age=15', MINUTE],
    ['max-age=0', MINUTE],
    ['max-age=3801600', 15 * MINUTE],
    [`max-age=${'9'.repeat(400)}`, 15 * MINUTE],
    ['max-age=-1', 5 * MINUTE],
    ['max-age=soon', 5 * MINUTE],
    ['s-maxage=30', 5 * MINUTE],
    ['no-cache', MINUTE],
    ['no-store, max-age=600', MINUTE],
    ['', 5 * MINUTE],
  ])('%s is %i ms', (cacheControl, ms) => {
    expect(maxAgeOf(cacheControl, 5 * MINUTE)).toBe(ms);
  });
  test('determines when the source refreshes', async () => {
    world.response = { ...good(key), cacheControl: 'max-age=900' };
    await source.prefetch();
    later(12 * MINUTE - 1);
    await resolve();
    expect(world.fetched).toHaveLength(1);
    later(1);
    await resolve();
    expect(world.fetched).toHaveLength(2);
  });
});

describe('another text with the same keys', () => {
  const setOf = async (document: Document) => {
    world.response = document;
    await source.prefetch();
    const resolution = await resolve();
    return resolution.kind === 'keys' ? resolution.set : undefined;
  };
  const withTime = (time: number, ...keys: (typeof key)[]): Document => ({
    text: JSON.stringify({ time, ...jwksOf(...keys) }),
    cacheControl: undefined,
  });

  test('keeps the set, and the tokens it verified stay remembered', async () => {
    const first = await setOf(withTime(1, key, next));
    later(5 * MINUTE);
    expect(await setOf(withTime(2, next, key))).toBe(first);
  });
  test('is distinguished from a set with another key under an old name, one fewer or one more', async () => {
    const first = await setOf(withTime(1, key, next));
    const others = [[key], [key, { ...createKey('ES256'), kid: 'second' }], [key, next, createKey('ES256')]];
    for (const keys of others) {
      later(5 * MINUTE);
      expect(await setOf(withTime(1, ...keys))).not.toBe(first);
    }
  });
});

describe('discovery', () => {
  const PLACE = 'https://issuer.example/.well-known/openid-configuration';
  const JWKS_URI = 'https://keys.example/jwks';
  const discovering = (issuer = 'https://issuer.example') => {
    ({ world, source, resolve } = createSource({ kind: 'discover', issuer }));
  };

  test("fetches the key set from where the issuer's document says", async () => {
    discovering();
    world.documents[PLACE] = JSON.stringify({ issuer: 'https://issuer.example', jwks_uri: JWKS_URI });
    expect(await kindOf()).toBe('keys');
    expect(world.fetched).toEqual([PLACE, JWKS_URI]);
  });
  test('requires both to be on other machines, unless the issuer is on this one', async () => {
    for (const [issuer, elsewhere] of [
      ['https://issuer.example', true],
      ['http://localhost:8081', false],
    ] as const) {
      discovering(issuer);
      const place = `${issuer}/.well-known/openid-configuration`;
      world.documents[place] = JSON.stringify({ issuer, jwks_uri: `${issuer}/jwks` });
      expect(await kindOf()).toBe('keys');
      expect(world.elsewhere).toEqual([elsewhere, elsewhere]);
    }
  });
  test('appends the well-known path to an issuer with a path or a trailing slash, and compares the exact issuer', async () => {
    discovering('https://issuer.example/tenant/');
    const place = 'https://issuer.example/tenant/.well-known/openid-configuration';
    world.documents[place] = JSON.stringify({ issuer: 'https://issuer.example/tenant/', jwks_uri: JWKS_URI });
    expect(await kindOf()).toBe('keys');
    expect(world.fetched).toEqual([place, JWKS_URI]);
  });
  test.each([
    ['another issuer', { issuer: 'https://issuer.example/', jwks_uri: JWKS_URI }],
    ['no issuer', { jwks_uri: JWKS_URI }],
    ['a jwks_uri on http', { issuer: 'https://issuer.example', jwks_uri: 'http://keys.example/jwks' }],
    ['a jwks_uri that is a file', { issuer: 'https://issuer.example', jwks_uri: 'file:///etc/passwd' }],
    ['a link-local jwks_uri', { issuer: 'https://issuer.example', jwks_uri: 'https://169.254.169.254/' }],
    [
      'credentials in its jwks_uri',
      { issuer: 'https://issuer.example', jwks_uri: 'https://a:b@keys.example/' },
    ],
    ['no jwks_uri', { issuer: 'https://issuer.example' }],
    ['null', null],
    ['a list', []],
  ])('gets no keys from a document with %s, and fetches nothing that it names', async (_what, document) => {
    discovering();
    world.documents[PLACE] = JSON.stringify(document);
    expect(await kindOf()).toBe('unavailable');
    expect(world.fetched).toEqual([PLACE]);
  });
});
