import { beforeEach, describe, expect, test } from '@jest/globals';
import { nextSecrets } from '../../../lambda/core/secrets/next-secrets.ts';
import type { Secrets } from '../../../lambda/core/secrets/secrets.ts';
import { createSecretsReader } from '../../../lambda/io/secrets-reader.ts';
import type { Found } from '../../../lambda/io/snapshot-object.ts';
import { createMaker } from '../../support/secrets.ts';
import { NOW } from '../../support/tokens.ts';

const DAY = 86_400;
const make = createMaker();
const FIRST = nextSecrets(undefined, NOW, make);
const NEXT = nextSecrets(FIRST, NOW + DAY / 2, make);

function createWorld(refreshSeconds = 60) {
  let clock = NOW;
  let stored: Secrets | string | undefined = FIRST;
  let down: Error | undefined;
  const requested: (string | undefined)[] = [];
  const failures: [string, boolean][] = [];
  const read = createSecretsReader({
    object: {
      async get({ etag }): Promise<Found> {
        requested.push(etag);
        if (down !== undefined) throw down;
        if (stored === undefined) return { kind: 'absent' };
        const text = typeof stored === 'string' ? stored : JSON.stringify(stored);
        const current = `"${typeof stored === 'string' ? stored.length : stored.writtenAt}"`;
        return etag === current
          ? { kind: 'unchanged' }
          : { kind: 'found', etag: current, body: Buffer.from(text) };
      },
    },
    refreshSeconds,
    now: () => clock * 1000,
    events: { secretsFailed: (reason, news) => void failures.push([reason, news]) },
  });
  return {
    requested,
    failures,
    read,
    store: (next: typeof stored) => {
      stored = next;
    },
    fail: (error: Error | undefined) => {
      down = error;
    },
    advance: (seconds: number) => {
      clock += seconds;
    },
  };
}

let world: ReturnType<typeof createWorld>;
beforeEach(() => {
  world = createWorld();
});

describe('the secrets', () => {
  test('are read once, and again conditionally when they are as old as the configuration may get', async () => {
    expect(await world.read()).toEqual(FIRST);
    world.advance(30);
    await world.read();
    expect(world.requested).toEqual([undefined]);
    world.advance(30);
    expect(await world.read()).toEqual(FIRST);
    expect(world.requested).toEqual([undefined, `"${FIRST.writtenAt}"`]);
    world.store(NEXT);
    world.advance(60);
    expect(await world.read()).toEqual(NEXT);
  });

  test('are read once for all callers at the same time', async () => {
    await Promise.all([world.read(), world.read(), world.read()]);
    expect(world.requested).toHaveLength(1);
  });

  test('are looked for every five seconds if there are none', async () => {
    world.store(undefined);
    expect(await world.read()).toBeUndefined();
    world.store(FIRST);
    world.advance(4);
    expect(await world.read()).toBeUndefined();
    world.advance(1);
    expect(await world.read()).toEqual(FIRST);
    expect(world.failures).toEqual([['there are no shared secrets', true]]);
  });

  test('are read every five seconds if they run out, whatever the refresh interval', async () => {
    world = createWorld(3600);
    world.advance(9 * DAY - 301);
    await world.read();
    world.advance(3);
    await world.read();
    expect(world.requested).toHaveLength(1);
    world.advance(2);
    await world.read();
    world.advance(5);
    await world.read();
    expect(world.requested).toHaveLength(3);
  });
});

describe('secrets in hand stay', () => {
  test.each<[string, (world: ReturnType<typeof createWorld>) => void, string]>([
    ['S3 does not respond', ({ fail }) => fail(new Error('status 503')), 'status 503'],
    ['they were removed', ({ store }) => store(undefined), 'there are no shared secrets'],
    ['others cannot be used', ({ store }) => store('{'), 'the shared secrets cannot be used: not JSON'],
    [
      'S3 returns earlier ones',
      ({ store }) => store(FIRST),
      'the shared secrets are older than those in use',
    ],
  ])('if %s, which is reported once', async (_, happen, reason) => {
    world.store(NEXT);
    await world.read();
    happen(world);
    for (const seconds of [60, 5, 3600, 5]) {
      world.advance(seconds);
      expect(await world.read()).toEqual(NEXT);
    }
    expect(world.failures).toEqual([[reason, true], ...Array(3).fill([reason, false])]);
  });

  test('and are refreshed once the fault is over', async () => {
    await world.read();
    world.fail(new Error('status 503'));
    world.advance(60);
    await world.read();
    world.fail(undefined);
    world.store(NEXT);
    world.advance(5);
    expect(await world.read()).toEqual(NEXT);
  });
});
