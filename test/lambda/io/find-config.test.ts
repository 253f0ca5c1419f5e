import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Snapshot } from '../../../lambda/core/snapshot/snapshot.ts';
import { createFindConfig, type ReadParameters } from '../../../lambda/io/find-config.ts';
import type { FoundSnapshot } from '../../../lambda/io/snapshot-reader.ts';
import { readingOf } from '../../support/reading.ts';

const SSM = readingOf({ issuer: 'ssm' });
const STORED = readingOf({ issuer: 'snapshot' });
const SNAPSHOT: Snapshot = {
  path: '/app',
  writtenAt: 1,
  parametersReadAt: 1,
  access: [{ parameters: STORED }],
  revocations: [{ parameters: {} }],
  keySets: [],
};
const HOUR = 3_600_000;
const fresh: FoundSnapshot = { snapshot: SNAPSHOT, fresh: true, ageMs: 1 };
const aged = (hours: number): FoundSnapshot => ({ snapshot: SNAPSHOT, fresh: false, ageMs: hours * HOUR });
const never = () => new Promise<never>(() => {});

let reads: string[];
let patience: () => void;
beforeEach(() => {
  reads = [];
});

/** Finds the parameters with these two sources; each may succeed, fail or hang. */
function find(
  readSnapshot: (() => Promise<FoundSnapshot | undefined>) | undefined,
  readParameters: ReadParameters,
  first = true,
  snapshotOnly = false,
) {
  const noted: string[] = [];
  const found = createFindConfig({
    readParameters: (options) => {
      reads.push('ssm');
      return readParameters(options);
    },
    readSnapshot:
      readSnapshot &&
      (() => {
        reads.push('snapshot');
        return readSnapshot();
      }),
    onSnapshot: async () => void noted.push('snapshot used'),
    wait: () =>
      new Promise<void>((resolve) => {
        patience = resolve;
      }),
    now: () => 0,
    onFailure: (reason) => noted.push(reason),
  })({ first, snapshotOnly });
  const issuers = async () => ((await found)?.readings.access ?? []).map(({ issuer }) => issuer?.value);
  return { found, issuers, noted };
}
const responds = async () => SSM;
const throttled = () => Promise.reject(new Error('throttled'));
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('without a keeper, only SSM is called', async () => {
  expect(await find(undefined, responds).issuers()).toEqual(['ssm']);
  await expect(find(undefined, throttled).found).rejects.toThrow('throttled');
});

describe.each([true, false])('a fresh snapshot (cold: %s)', (first) => {
  test('replaces SSM, which is not called', async () => {
    const { issuers, noted } = find(async () => fresh, throttled, first);
    expect(await issuers()).toEqual(['snapshot']);
    expect(reads).toEqual(['snapshot']);
    expect(noted).toEqual(['snapshot used']);
  });
});

describe.each([true, false])('a snapshot that is not fresh (cold: %s)', (first) => {
  test('yields to what SSM returns', async () => {
    expect(await find(async () => aged(30 * 24), responds, first).issuers()).toEqual(['ssm', 'snapshot']);
  });
  test('is not needed if SSM responds', async () => {
    expect(await find(async () => undefined, responds, first).issuers()).toEqual(['ssm']);
  });
  test('serves for a while if SSM does not respond, and the reason is logged', async () => {
    const { found, issuers, noted } = find(async () => aged(3), throttled, first);
    expect(await issuers()).toEqual(['snapshot']);
    expect((await found)?.retryMs).toBe(30_000);
    expect(noted).toContain('throttled');
  });
  test('is missed if SSM is down, which is a failure', async () => {
    await expect(find(async () => undefined, throttled, first).found).rejects.toThrow('throttled');
  });
});

test('a snapshot that is four hours old or older serves no cold start that cannot reach SSM', async () => {
  await expect(find(async () => aged(4), throttled).found).rejects.toThrow(/throttled.*4 hours/);
  expect(await find(async () => aged(40), throttled, false).issuers()).toEqual(['snapshot']);
});

describe('a cold start whose snapshot takes long', () => {
  test('calls SSM only after a quarter of a second, and uses its response if that is sooner', async () => {
    const { found, issuers } = find(never, responds);
    await settle();
    expect(reads).toEqual(['snapshot']);
    patience();
    expect(await issuers()).toEqual(['ssm']);
    expect((await found)?.more).toBeDefined();
  });

  test('still uses the snapshot if that is sooner than SSM', async () => {
    let arrive = (_: FoundSnapshot) => {};
    const { issuers } = find(
      () =>
        new Promise((resolve) => {
          arrive = resolve;
        }),
      never,
    );
    patience();
    await settle();
    expect(reads).toEqual(['snapshot', 'ssm']);
    arrive(fresh);
    expect(await issuers()).toEqual(['snapshot']);
  });

  test('waits for the snapshot if SSM fails', async () => {
    let arrive = (_: FoundSnapshot) => {};
    const { issuers } = find(
      () =>
        new Promise((resolve) => {
          arrive = resolve;
        }),
      throttled,
    );
    patience();
    await settle();
    arrive(aged(1));
    expect(await issuers()).toEqual(['snapshot']);
  });

  test("falls back on the snapshot if SSM's values turn out not to be valid", async () => {
    let arrive = (_: FoundSnapshot) => {};
    const { found } = find(
      () =>
        new Promise((resolve) => {
          arrive = resolve;
        }),
      responds,
    );
    patience();
    const more = (await found)?.more;
    arrive(aged(100));
    expect((await more?.())?.readings.access).toEqual([STORED]);
  });
});

test('a caller that misses a key gets a fresh snapshot or nothing, and SSM is not called', async () => {
  expect(await find(async () => fresh, responds, false, true).issuers()).toEqual(['snapshot']);
  expect(await find(async () => aged(1), responds, false, true).found).toBeUndefined();
  expect(reads).not.toContain('ssm');
});

test('with a usable snapshot, SSM gets no more time than at a refresh', async () => {
  const given: unknown[] = [];
  const read: ReadParameters = async ({ brief }) => {
    given.push(brief);
    return SSM;
  };
  await find(async () => aged(1), read).found;
  await find(async () => aged(5), read).found;
  await find(async () => undefined, read).found;
  expect(given).toEqual([true, false, false]);
});

test('a warm environment waits for the snapshot before it calls SSM, which a fleet shares', async () => {
  find(never, responds, false);
  await settle();
  expect(reads).toEqual(['snapshot']);
});
