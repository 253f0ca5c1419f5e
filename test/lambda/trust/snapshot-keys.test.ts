import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseKeySet } from '../../../lambda/core/keys/key-set.ts';
import { createJwksSource } from '../../../lambda/io/jwks-source.ts';
import type { KeySource } from '../../../lambda/io/key-source.ts';
import { createKey, jwksOf, type SigningKey } from '../../support/keys.ts';
import { eventually } from '../../support/local-stack-fixtures.ts';

const [OLD, NEW] = [createKey('ES256', 'old'), createKey('ES256', 'new')];
const MAX_SNAPSHOT_MS = 180_000;

/** A key source whose keys come in snapshots; the keys of its keeper and its endpoint can be changed. */
function createWorld({ egress = true } = {}) {
  let now = 1_790_000_000_000;
  let endpoint: readonly SigningKey[] | Error = [OLD];
  let onRefresh = async () => {};
  const calls: string[] = [];
  const source: KeySource = createJwksSource(
    'default',
    { kind: 'url', url: new URL('https://issuer.example/jwks') },
    {
      fetchDocument: async () => {
        calls.push('fetch');
        if (endpoint instanceof Error) throw endpoint;
        return { text: JSON.stringify(jwksOf(...endpoint)), cacheControl: undefined };
      },
      snapshots: {
        egress,
        random: () => 1,
        lookAgain: async () => {
          calls.push('refresh');
          await onRefresh();
        },
      },
      now: () => now,
      events: { keysFetched: () => {}, keysLoaded: () => {}, keysFailed: () => {} },
    },
  );
  const offer = async (keys: readonly SigningKey[], ageSeconds: number, lagging = false): Promise<void> => {
    const set = await parseKeySet(jwksOf(...keys));
    if ('problem' in set) throw new Error(set.problem);
    source.offer?.({
      set,
      loadedAt: now - ageSeconds * 1000,
      confirmedAt: now,
      maxAgeMs: MAX_SNAPSHOT_MS,
      lagging,
    });
  };
  return {
    calls,
    offer,
    advance: (seconds: number) => {
      now += seconds * 1000;
    },
    publish: (keys: readonly SigningKey[] | Error) => {
      endpoint = keys;
    },
    refreshBrings: (keys: readonly SigningKey[], ageSeconds: number) => {
      onRefresh = () => offer(keys, ageSeconds);
    },
    async resolve({ kid }: SigningKey): Promise<string> {
      const resolution = await source.resolve({ alg: 'ES256', kid });
      return resolution.kind === 'failure' ? resolution.code : resolution.kind;
    },
  };
}

let world: ReturnType<typeof createWorld>;
beforeEach(() => {
  world = createWorld();
});

describe('keys of a snapshot that is fresh', () => {
  test('serve without a request, however old they are', async () => {
    await world.offer([OLD], 3600);
    for (let i = 0; i < 3; i++) {
      expect(await world.resolve(OLD)).toBe('keys');
      world.advance(40);
    }
    expect(world.calls).toEqual([]);
  });

  test('serve no longer than four hours after they were fetched', async () => {
    world.publish(new Error('down'));
    await world.offer([OLD], 4 * 3600 - 10);
    expect(await world.resolve(OLD)).toBe('keys');
    world.advance(10);
    expect(await world.resolve(OLD)).toBe('unavailable');
  });

  test('no longer include a removed key', async () => {
    await world.offer([OLD, NEW], 100);
    expect(await world.resolve(OLD)).toBe('keys');
    await world.offer([NEW], 10);
    world.publish([NEW]);
    expect(await world.resolve(OLD)).toBe('key_unknown');
  });
});

describe('an unknown key', () => {
  test('is looked for in the snapshot first, and if found there causes no request to the issuer', async () => {
    await world.offer([OLD], 200);
    world.refreshBrings([OLD, NEW], 5);
    expect(await world.resolve(NEW)).toBe('keys');
    expect(world.calls).toEqual(['refresh']);
  });

  test('is requested from the issuer if the set is a minute old', async () => {
    await world.offer([OLD], 60);
    world.publish([OLD, NEW]);
    expect(await world.resolve(NEW)).toBe('keys');
    expect(world.calls).toEqual(['refresh', 'fetch']);
  });

  test('is simply unknown if the set is younger', async () => {
    await world.offer([OLD], 59);
    world.publish([OLD, NEW]);
    expect(await world.resolve(NEW)).toBe('key_unknown');
    expect(world.calls).toEqual(['refresh']);
  });

  test('causes at most one request for the snapshot per cooldown, and one to the issuer per minute', async () => {
    await world.offer([OLD], 300);
    for (let second = 0; second < 120; second++) {
      for (let i = 0; i < 5; i++) await world.resolve(NEW);
      if (second % 60 === 0) await world.offer([OLD], 300);
      world.advance(1);
    }
    expect(world.calls.filter((call) => call === 'refresh')).toHaveLength(12);
    expect(world.calls.filter((call) => call === 'fetch')).toHaveLength(2);
  });

  test("is not the token's fault while the issuer is down", async () => {
    await world.offer([OLD], 300);
    world.publish(new Error('down'));
    expect(await world.resolve(NEW)).toBe('unavailable');
    expect(await world.resolve(OLD)).toBe('keys');
  });
});

describe('keys that the keeper should have fetched again but has not', () => {
  test('are fetched from here, while nobody waits, so that a removed key is gone', async () => {
    await world.offer([OLD], 1000, true);
    world.publish([NEW]);
    expect(await world.resolve(OLD)).toBe('keys');
    await eventually(() => world.resolve(OLD), (resolution) => resolution === 'key_unknown'); // biome-ignore format: one line
  });

  test('are requested less and less often if the issuer is down, and stay in use meanwhile', async () => {
    world.publish(new Error('down'));
    for (let second = 0; second < 1800; second++) {
      if (second % 60 === 0) await world.offer([OLD], 1000 + second, true);
      expect(await world.resolve(OLD)).toBe('keys');
      world.advance(1);
    }
    expect(world.calls.filter((call) => call === 'fetch').length).toBeLessThan(10);
  });
});

describe('while neither the keeper nor a verifier can fetch the keys', () => {
  test("a new key is nobody's fault, whatever the other traffic", async () => {
    world.publish(new Error('down'));
    for (let second = 0; second < 600; second++) {
      if (second % 60 === 0) await world.offer([OLD], 1000 + second, true);
      expect(await world.resolve(OLD)).toBe('keys');
      expect([second, await world.resolve(NEW)]).toEqual([second, 'unavailable']);
      world.advance(1);
    }
  });

  test('an endpoint that responds without a usable key is not called more often than one that is down', async () => {
    world.publish([]);
    for (let second = 0; second < 1800; second++) {
      if (second % 60 === 0) await world.offer([OLD], 1000 + second, true);
      expect(await world.resolve(OLD)).toBe('keys');
      world.advance(1);
    }
    expect(world.calls.filter((call) => call === 'fetch').length).toBeLessThan(10);
  });
});

describe('keys that are not in the snapshot', () => {
  test('are fetched from here, and again before they expire, while nobody waits', async () => {
    await world.resolve(OLD);
    world.advance(250);
    world.publish(new Error('down'));
    expect(await world.resolve(OLD)).toBe('keys');
    expect(world.calls).toEqual(['refresh', 'fetch', 'fetch']);
  });
});

describe('without a way to the issuer', () => {
  beforeEach(() => {
    world = createWorld({ egress: false });
  });

  test('an unknown key is unknown while the keeper can fetch the set', async () => {
    await world.offer([OLD], 299);
    expect(await world.resolve(NEW)).toBe('key_unknown');
  });

  test('and the question is open if the keeper cannot fetch it', async () => {
    await world.offer([OLD], 500, true);
    expect(await world.resolve(NEW)).toBe('unavailable');
  });

  test('keys stay in use when the keeper has stopped, until they are four hours old, and are not requested anywhere', async () => {
    await world.offer([OLD], 10);
    world.advance(3600);
    expect(await world.resolve(OLD)).toBe('keys');
    world.advance(3 * 3600);
    expect(await world.resolve(OLD)).toBe('unavailable');
    expect(world.calls).not.toContain('fetch');
  });
});

describe('if the snapshot is no longer fresh', () => {
  test('keys are fetched from here', async () => {
    await world.offer([OLD], 200);
    world.advance(180);
    world.publish([OLD, NEW]);
    expect(await world.resolve(OLD)).toBe('keys');
    expect(await world.resolve(NEW)).toBe('keys');
    expect(world.calls).toEqual(['refresh', 'fetch']);
  });

  test('keys that were fetched from here are not replaced by an earlier set from a late snapshot', async () => {
    world.publish([NEW]);
    expect(await world.resolve(NEW)).toBe('keys');
    await world.offer([OLD], 30);
    expect(await world.resolve(NEW)).toBe('keys');
  });

  test('a set that was offered while an earlier fetch was under way stays', async () => {
    let respond = () => {};
    const slow = createJwksSource(
      'default',
      { kind: 'url', url: new URL('https://issuer.example/jwks') },
      {
        fetchDocument: () =>
          new Promise((resolve) => {
            respond = () => resolve({ text: JSON.stringify(jwksOf(OLD)), cacheControl: undefined });
          }),
        now: () => 1_790_000_000_000,
        events: { keysFetched: () => {}, keysLoaded: () => {}, keysFailed: () => {} },
      },
    );
    const waiting = slow.resolve({ alg: 'ES256', kid: 'old' });
    const set = await parseKeySet(jwksOf(NEW));
    if ('problem' in set) throw new Error(set.problem);
    const later = 1_790_000_000_001;
    slow.offer?.({ set, loadedAt: later, confirmedAt: later, maxAgeMs: MAX_SNAPSHOT_MS, lagging: false });
    respond();
    await waiting;
    expect(await slow.resolve({ alg: 'ES256', kid: 'new' })).toMatchObject({ kind: 'keys' });
  });
});
