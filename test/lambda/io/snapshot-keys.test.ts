import { beforeEach, describe, expect, test } from '@jest/globals';
import { keySetId } from '../../../lambda/core/provider.ts';
import type { Snapshot, StoredKeySet } from '../../../lambda/core/snapshot/snapshot.ts';
import { createSnapshotKeys } from '../../../lambda/io/snapshot-keys.ts';
import { createKey } from '../../support/keys.ts';
import { NOW } from '../../support/tokens.ts';

const { kty, kid, crv, x, y } = createKey('ES256', 'a').jwk as Record<string, string>;
const KEY = { kty, kid, crv, x, y } as StoredKeySet['keys'][number];
const SET: StoredKeySet = {
  issuers: ['https://i.example'],
  location: 'discover',
  fetchedAt: NOW - 600,
  maxAgeSeconds: 300,
  keys: [KEY],
};
const ID = keySetId(SET.issuers, SET.location);

let problems: string[];
let keysOf: ReturnType<typeof createSnapshotKeys>;
beforeEach(() => {
  problems = [];
  keysOf = createSnapshotKeys({
    maxSnapshotSeconds: 180,
    spread: 1,
    now: () => NOW * 1000,
    onProblem: (message) => problems.push(message),
  });
});

const offersOf = (keySets: readonly StoredKeySet[], parametersReadAt = NOW) => {
  const snapshot: Snapshot = {
    path: '/app',
    writtenAt: NOW,
    parametersReadAt,
    access: [],
    revocations: [],
    keySets,
  };
  return keysOf({ snapshot, fresh: true, ageMs: 0 });
};

describe('a key set', () => {
  test('is as old as its fetch, and needs no refresh while the snapshot is fresh', async () => {
    expect((await offersOf([SET])).get(ID)).toMatchObject({
      loadedAt: (NOW - 600) * 1000,
      confirmedAt: NOW * 1000,
      maxAgeMs: 180_000,
    });
  });

  test('needs no refresh for its own lifetime if just fetched, however old the snapshot', async () => {
    expect((await offersOf([{ ...SET, fetchedAt: NOW }], NOW - 3600)).get(ID)).toMatchObject({
      confirmedAt: NOW * 1000,
      maxAgeMs: 300_000,
    });
  });

  test.each([
    [361, true],
    [360, false],
  ])('is late if it was %i seconds old when the keeper vouched for it: %s', async (age, lagging) => {
    expect((await offersOf([{ ...SET, fetchedAt: NOW - age }])).get(ID)).toMatchObject({ lagging });
  });

  test('is imported once per text, and stays the same set for the same keys', async () => {
    const first = (await offersOf([SET])).get(ID)?.set;
    expect((await offersOf([{ ...SET, fetchedAt: NOW }])).get(ID)?.set).toBe(first);
    const { y: lastMember, ...rest } = KEY;
    expect(
      (await offersOf([{ ...SET, keys: [{ y: lastMember, ...rest } as typeof KEY] }])).get(ID)?.set,
    ).toBe(first);
  });
});

test.each<[string, Partial<StoredKeySet>, string]>([
  ['from the future', { fetchedAt: NOW + 181 }, 'from the future'],
  ['without a usable key', { keys: [{ kty: 'EC' }] }, 'no usable key'],
])('a key set %s is left out, and the others stay', async (_, changes, problem) => {
  const other = { ...SET, issuers: ['https://other.example'] };
  const offers = await offersOf([{ ...SET, ...changes }, other]);
  expect([...offers.keys()]).toEqual([keySetId(other.issuers, other.location)]);
  expect(problems).toEqual([expect.stringContaining(problem)]);
});
