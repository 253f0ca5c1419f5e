import { describe, expect, test } from '@jest/globals';
import { underAttack } from '../../support/attack.ts';
import { createKey, jwksOf, type SigningKey } from '../../support/keys.ts';
import { claimsOf, ISSUER, mint, NOW } from '../../support/tokens.ts';
import { JWKS_URI } from '../../support/world.ts';

/** Limits of the key cache, in seconds, from its documentation. */
const [MAX_AGE, MAX_STALE, COOLDOWN] = [5 * 60, 4 * 60 * 60, 10];

const attack = underAttack(createKey('ES256', 'first'));
const SECOND = createKey('ES256', 'second');
const FOREIGN = createKey('ES256', 'foreign');
const DOWN = new Error(`${JWKS_URI}: connect ECONNREFUSED`);

const claims = claimsOf({ exp: NOW + 86_400 });
const codeOf = async (token: string): Promise<unknown> => {
  const { world } = attack;
  await world.present(token);
  expect(world.bugs).toEqual([]);
  return world.decisions.at(-1)?.code;
};
const by = (key: SigningKey, overrides: object = {}) => mint(key, { ...claims, ...overrides });
const serve = (document: Parameters<typeof attack.world.documents.set>[1]) =>
  attack.world.documents.set(JWKS_URI, document);
const fetches = () => attack.world.fetched.length;

describe('unknown kids, 10,000 different ones', () => {
  test('cause at most one fetch per cooldown, and the known key keeps working', async () => {
    expect(await codeOf(by(attack.key))).toBe('allowed');
    const { world } = attack;
    world.parameters.upstream = 'whoami';
    world.advance(60);
    const before = fetches();
    for (let i = 0; i < 10_000; i += 1) {
      const code = await codeOf(mint(FOREIGN, claims, { kid: `k${i}` }));
      if (code !== 'key_unknown') throw new Error(`${i}: ${code}`);
      world.advance(0.01);
    }
    // 100 s have passed: one fetch per cooldown, and the first one.
    expect(fetches() - before).toBeLessThanOrEqual(100 / COOLDOWN + 1);
    const known = fetches();
    expect(await codeOf(by(attack.key, { jti: 'after' }))).toBe('allowed');
    expect(fetches()).toBe(known);
  });
  test('cause one fetch together if they come at once', async () => {
    await codeOf(by(attack.key));
    attack.world.advance(COOLDOWN);
    const before = fetches();
    await Promise.all(
      Array.from({ length: 100 }, (_, i) => attack.world.present(mint(FOREIGN, claims, { kid: `k${i}` }))),
    );
    expect(fetches()).toBe(before + 1);
  });
});

describe('an endpoint that serves no key set', () => {
  const documents: [string, Parameters<typeof serve>[0]][] = [
    ['refuses connections, hangs, redirects, sends 50 MB or drips', DOWN],
    ['responds with 500 or 404', new Error(`${JWKS_URI}: responded with status 500`)],
    ['sends HTML', '<!doctype html><title>Sign in</title>'],
    ['sends bad JSON', '{"keys":['],
    ['sends an empty set', { keys: [] }],
    ['sends an empty document', ''],
    ['sends 10,000 keys', { keys: Array.from({ length: 10_000 }, () => FOREIGN.jwk) }],
    ['sends no usable key', { keys: [{ kty: 'oct', k: 'x' }, null] }],
    ['sends a list', [FOREIGN.jwk]],
  ];
  test.each(documents)(
    'that %s is no reason to call a token bad: it is a 503, with a cooldown',
    async (_, document) => {
      serve(document);
      expect(await codeOf(by(attack.key))).toBe('keys_unavailable');
      const after = fetches();
      const response = await attack.world.present(by(attack.key));
      expect(response).toMatchObject({ status: 503, headers: { 'retry-after': [String(COOLDOWN)] } });
      expect(response.headers['www-authenticate']).toBeUndefined();
      expect(fetches()).toBe(after);
      expect(attack.upstream.received).toEqual([]);
      expect(attack.world.events.map(({ name }) => name)).toContain('keysFailed');

      serve(jwksOf(attack.key));
      attack.world.advance(COOLDOWN);
      expect(await codeOf(by(attack.key))).toBe('allowed');
    },
  );
  test.each(documents)('that %s lets the last good keys serve until the stale limit', async (_, document) => {
    expect(await codeOf(by(attack.key))).toBe('allowed');
    serve(document);
    attack.world.advance(MAX_AGE);
    expect(await codeOf(by(attack.key))).toBe('allowed');
    attack.world.advance(MAX_STALE - MAX_AGE - 1);
    expect(await codeOf(by(attack.key))).toBe('allowed');
    attack.world.advance(1);
    expect(await codeOf(by(attack.key))).toBe('keys_unavailable');
    attack.world.advance(COOLDOWN);
    expect(await codeOf(by(attack.key))).toBe('keys_unavailable');
  });
  test('makes an unknown kid a 503 too, because it may be a new one', async () => {
    await codeOf(by(attack.key));
    serve(DOWN);
    attack.world.advance(COOLDOWN);
    expect(await codeOf(by(SECOND))).toBe('keys_unavailable');
    expect(await codeOf(by(SECOND))).toBe('keys_unavailable');
    expect(await codeOf(by(attack.key))).toBe('allowed');
  });
  test('is called at most once per cooldown while it is down', async () => {
    await codeOf(by(attack.key));
    serve(DOWN);
    attack.world.advance(MAX_AGE);
    const before = fetches();
    for (let second = 0; second < 60; second += 1) {
      await codeOf(by(attack.key));
      await codeOf(by(SECOND));
      attack.world.advance(1);
    }
    expect(fetches() - before).toBe(60 / COOLDOWN);
  });
  test.each([7, 11])(
    "that hangs for %d s does not make an unknown kid the token's fault",
    async (seconds) => {
      const { world } = attack;
      await codeOf(by(attack.key));
      world.advance(COOLDOWN);
      const settle: ((failure: Error) => void)[] = [];
      serve(() => new Promise((resolve) => settle.push(resolve)));
      const first = world.present(by(SECOND));
      await new Promise((resolve) => setImmediate(resolve));
      world.advance(seconds);
      const second = world.present(by(SECOND));
      await new Promise((resolve) => setImmediate(resolve));
      for (const fail of settle) fail(DOWN);
      for (const { body } of await Promise.all([first, second]))
        expect(body).toMatchObject({ code: 'keys_unavailable' });
      expect(await codeOf(by(attack.key))).toBe('allowed');
    },
  );
});

describe('a key is rolled over under its old kid', () => {
  const ROLLED = { ...SECOND, kid: 'first', jwk: { ...SECOND.jwk, kid: 'first' } };

  test('and the new one works at once, with a single fetch, after a cooldown', async () => {
    expect(await codeOf(by(attack.key))).toBe('allowed');
    serve(jwksOf(ROLLED));
    expect(await codeOf(by(ROLLED))).toBe('signature_invalid');
    attack.world.advance(COOLDOWN);
    const before = fetches();
    expect(await codeOf(by(ROLLED))).toBe('allowed');
    expect(await codeOf(by(attack.key))).toBe('signature_invalid');
    expect(fetches()).toBe(before + 1);
  });
  test('and many tokens with the new one wait for the same fetch', async () => {
    await codeOf(by(attack.key));
    serve(jwksOf(ROLLED));
    attack.world.advance(COOLDOWN);
    const before = fetches();
    const responses = await Promise.all(
      Array.from({ length: 50 }, (_, i) => attack.world.present(by(ROLLED, { jti: `t${i}` }))),
    );
    expect(responses.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(fetches()).toBe(before + 1);
  });
  test('but forged tokens cause no storm: one fetch per cooldown, and the good key keeps working', async () => {
    const good = by(attack.key);
    expect(await codeOf(good)).toBe('allowed');
    const { world } = attack;
    const forged = mint(FOREIGN, claims, { kid: 'first' });
    world.advance(COOLDOWN);
    const before = fetches();
    for (let i = 0; i < 1_000; i += 1) {
      expect(await codeOf(forged)).toBe('signature_invalid');
      if (i % 100 === 0) expect(await codeOf(by(attack.key, { jti: `j${i}` }))).toBe('allowed');
      world.advance(0.1);
    }
    expect(fetches() - before).toBeLessThanOrEqual(100 / COOLDOWN + 1);
    expect(await codeOf(good)).toBe('allowed');
    // The same text keeps the same set, so remembered tokens stay remembered.
    expect(world.decisions.at(-1)).toMatchObject({ remembered: true });
  });
  test('while the endpoint is down, it counts as a bad signature', async () => {
    await codeOf(by(attack.key));
    serve(DOWN);
    attack.world.advance(COOLDOWN);
    expect(await codeOf(by(ROLLED))).toBe('signature_invalid');
    expect(await codeOf(by(attack.key))).toBe('allowed');
  });
  test('and removed with it: the new set has the last word', async () => {
    await codeOf(by(attack.key));
    serve(jwksOf(SECOND));
    attack.world.advance(COOLDOWN);
    expect(await codeOf(mint(FOREIGN, claims, { kid: 'first' }))).toBe('key_unknown');
  });
});

describe('a set whose keys have no kid', () => {
  const nameless = ({ jwk: { kid: _, ...jwk } }: SigningKey) => jwk;

  test("does not log the kid of a forged token, which is the caller's own text", async () => {
    serve({ keys: [nameless(attack.key)] });
    const { world } = attack;
    await world.present(mint(FOREIGN, claims, { kid: 'text of the caller' }));
    expect(world.decisions.at(-1)).toMatchObject({ code: 'signature_invalid' });
    await world.present(mint(attack.key, claims, { kid: 'text of the caller' }));
    expect(world.decisions.at(-1)).toMatchObject({ code: 'allowed' });
    expect(JSON.stringify(world.decisions)).not.toContain('text of the caller');
  });
  test('is requested again when a kid appears, even if too many keys without one fit', async () => {
    const others = Array.from({ length: 5 }, (_, i) => nameless(createKey('ES256', `n${i}`)));
    serve({ keys: others });
    expect(await codeOf(by(attack.key))).toBe('key_unknown');
    serve({ keys: [...others, attack.key.jwk] });
    attack.world.advance(COOLDOWN);
    expect(await codeOf(by(attack.key))).toBe('allowed');
  });
});

describe('a key is rotated', () => {
  test('and the new one works within one cooldown', async () => {
    expect(await codeOf(by(attack.key))).toBe('allowed');
    serve(jwksOf(attack.key, SECOND));
    expect(await codeOf(by(SECOND))).toBe('key_unknown');
    attack.world.advance(COOLDOWN);
    expect(await codeOf(by(SECOND))).toBe('allowed');
    expect(await codeOf(by(attack.key))).toBe('allowed');
  });
  test('and the removed one stops within the refresh age, remembered tokens too', async () => {
    const remembered = by(attack.key);
    expect(await codeOf(remembered)).toBe('allowed');
    serve(jwksOf(SECOND));
    attack.world.advance(MAX_AGE);
    expect(await codeOf(remembered)).toBe('key_unknown');
    expect(await codeOf(by(attack.key))).toBe('key_unknown');
  });
  test('is refreshed ahead of time without making a request wait', async () => {
    await codeOf(by(attack.key));
    serve(jwksOf(SECOND));
    attack.world.advance(MAX_AGE * 0.8);
    expect(await codeOf(by(attack.key))).toBe('allowed');
    await new Promise((resolve) => setImmediate(resolve));
    expect(await codeOf(by(attack.key))).toBe('key_unknown');
    expect(await codeOf(by(SECOND))).toBe('allowed');
  });
  test('under the same kid, and tokens of the old key stop within the refresh age, remembered ones too', async () => {
    const impostor = createKey('ES256', 'first');
    const remembered = by(attack.key);
    expect(await codeOf(remembered)).toBe('allowed');
    serve(jwksOf(impostor));
    attack.world.advance(MAX_AGE);
    expect(await codeOf(remembered)).toBe('signature_invalid');
    expect(await codeOf(by(attack.key))).toBe('signature_invalid');
    expect(await codeOf(by(impostor))).toBe('allowed');
  });
  test('and a fetch from before the rotation that ends late does not bring the removed key back', async () => {
    const { world } = attack;
    let settle = (_: object): void => {};
    serve(() => new Promise((resolve) => (settle = resolve)));
    void world.present(by(attack.key));
    await new Promise((resolve) => setImmediate(resolve));
    world.advance(COOLDOWN);
    serve(jwksOf(SECOND));
    expect(await codeOf(by(SECOND))).toBe('allowed');

    world.advance(COOLDOWN);
    serve(() => new Promise(() => {}));
    void world.present(by(FOREIGN));
    await new Promise((resolve) => setImmediate(resolve));
    settle(jwksOf(attack.key));
    await new Promise((resolve) => setImmediate(resolve));
    expect(await codeOf(by(SECOND, { jti: 'fresh' }))).toBe('allowed');
  });
});

describe('a key set URL that is changed', () => {
  test('invalidates the old keys, and tokens remembered with them', async () => {
    const { world } = attack;
    const remembered = by(attack.key);
    expect(await codeOf(remembered)).toBe('allowed');
    world.documents.set('https://issuer.example/new', jwksOf(SECOND));
    world.parameters['jwks-uri'] = 'https://issuer.example/new';
    world.advance(60);
    expect(await codeOf(remembered)).toBe('key_unknown');
    expect(await codeOf(by(SECOND))).toBe('allowed');
  });
  test('and changed back is fetched again', async () => {
    const { world } = attack;
    await codeOf(by(attack.key));
    world.documents.set('https://issuer.example/new', jwksOf(SECOND));
    for (const url of ['https://issuer.example/new', JWKS_URI]) {
      world.parameters['jwks-uri'] = url;
      world.advance(60);
      await codeOf(by(attack.key));
    }
    expect(world.fetched).toEqual([JWKS_URI, 'https://issuer.example/new', JWKS_URI]);
  });
});

describe('discovery', () => {
  const PLACE = `${ISSUER}/.well-known/openid-configuration`;
  const discovering = (document: object | string) => {
    attack.world.parameters['jwks-uri'] = 'discover';
    attack.world.documents.set(PLACE, document);
  };

  test('finds the key set of the issuer', async () => {
    discovering({ issuer: ISSUER, jwks_uri: JWKS_URI });
    expect(await codeOf(by(attack.key))).toBe('allowed');
    expect(attack.world.fetched).toEqual([PLACE, JWKS_URI]);
  });
  test('looks in the same place for an issuer with a trailing slash', async () => {
    attack.world.parameters.issuer = `${ISSUER}/`;
    discovering({ issuer: `${ISSUER}/`, jwks_uri: JWKS_URI });
    expect(await codeOf(by(attack.key, { iss: `${ISSUER}/` }))).toBe('allowed');
  });
  test.each([
    ['another issuer', { issuer: 'https://evil.example', jwks_uri: JWKS_URI }],
    ['the issuer with an additional slash', { issuer: `${ISSUER}/`, jwks_uri: JWKS_URI }],
    ['no issuer', { jwks_uri: JWKS_URI }],
    ['no jwks_uri', { issuer: ISSUER }],
    ['a jwks_uri that is not a string', { issuer: ISSUER, jwks_uri: [JWKS_URI] }],
    ['a jwks_uri on http', { issuer: ISSUER, jwks_uri: 'http://issuer.example/jwks' }],
    ['a jwks_uri of a file', { issuer: ISSUER, jwks_uri: 'file:///etc/passwd' }],
    ['a jwks_uri with credentials', { issuer: ISSUER, jwks_uri: 'https://u:p@issuer.example/jwks' }],
    ['a jwks_uri on this machine', { issuer: ISSUER, jwks_uri: 'http://127.0.0.1:9001/jwks' }],
    ['a jwks_uri by a name of this machine', { issuer: ISSUER, jwks_uri: 'https://jwks.localhost/' }],
    ['a jwks_uri on this machine, mapped', { issuer: ISSUER, jwks_uri: 'https://[::ffff:127.0.0.1]/' }],
    [
      'a jwks_uri of the instance metadata, translated',
      { issuer: ISSUER, jwks_uri: 'https://[::ffff:0:a9fe:a9fe]/' },
    ],
    ['a jwks_uri of the instance metadata', { issuer: ISSUER, jwks_uri: 'https://169.254.169.254/' }],
    ['a relative jwks_uri', { issuer: ISSUER, jwks_uri: '/jwks' }],
    ['null', 'null'],
    ['a list', '[]'],
    ['HTML', '<html>'],
  ])('fails on a document with %s, and no key set is fetched', async (_, document) => {
    discovering(document);
    expect(await codeOf(by(attack.key))).toBe('keys_unavailable');
    expect(attack.world.fetched).toEqual([PLACE]);
    expect(attack.world.events).toContainEqual({
      name: 'keysFailed',
      detail: ['default', expect.stringContaining(PLACE)],
    });
  });
  test('may name a key set on this machine for an issuer on this machine, as in the laptop stack', async () => {
    const issuer = 'http://localhost:8081';
    attack.world.parameters.issuer = issuer;
    attack.world.parameters['jwks-uri'] = 'discover';
    attack.world.documents.set(`${issuer}/.well-known/openid-configuration`, {
      issuer,
      jwks_uri: `${issuer}/jwks`,
    });
    attack.world.documents.set(`${issuer}/jwks`, jwksOf(attack.key));
    expect(await codeOf(by(attack.key, { iss: issuer }))).toBe('allowed');
  });
});

describe('the init phase', () => {
  const SLOW = 'https://slow.example/jwks';
  const hang = () => new Promise<never>(() => {});

  test('waits for the keys of the default provider, at most a second', async () => {
    const { world } = attack;
    const waits: number[] = [];
    let over = () => {};
    world.setWait((ms) => {
      waits.push(ms);
      return new Promise<void>((resolve) => {
        over = resolve;
      });
    });
    serve(hang);
    const ready = world.prefetch();
    await new Promise((resolve) => setImmediate(resolve));
    expect(waits).toEqual([1_000]);
    over();
    await ready;
  });
  test('waits for no other provider, whose keys are being fetched', async () => {
    const { world } = attack;
    world.parameters.policy = JSON.stringify({
      providers: { slow: { type: 'jwks', issuer: 'https://slow.example', audience: 'a', jwksUri: SLOW } },
    });
    world.documents.set(SLOW, hang);
    await world.prefetch();
    expect(world.fetched).toEqual([JWKS_URI, SLOW]);
    const before = fetches();
    expect(await codeOf(by(attack.key))).toBe('allowed');
    expect(fetches()).toBe(before);
  });
});
