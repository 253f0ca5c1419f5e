import { describe, expect, test } from '@jest/globals';
import { signingKeyAt } from '../../../../lambda/core/secrets/in-use.ts';
import { nextSecrets } from '../../../../lambda/core/secrets/next-secrets.ts';
import type { Secrets } from '../../../../lambda/core/secrets/secrets.ts';
import { createMaker } from '../../../support/secrets.ts';
import { NOW } from '../../../support/tokens.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** The secrets after runs of the keeper at these times after the first one. */
function secretsAfter(...runs: number[]): Secrets {
  const make = createMaker();
  return runs.reduce(
    (previous, at) => nextSecrets(previous, NOW + at, make),
    nextSecrets(undefined, NOW, make),
  );
}

/** The windows, in seconds after the first run. */
const windows = (entries: Secrets['signingKeys'] | Secrets['nonceSecrets']) =>
  entries.map(({ notBefore, useUntil }) => [notBefore - NOW, useUntil - NOW]);

/** A run every hour. */
const hourly = (from: number, until: number) =>
  Array.from({ length: Math.floor((until - from) / HOUR) + 1 }, (_, index) => from + index * HOUR);

describe('a signing key', () => {
  const FIRST = [60, 60 + 31 * DAY];
  const SECOND = [60 + 30 * DAY, 60 + 61 * DAY];

  test('that is the first one is used a minute later, when all verifiers can know it', () => {
    expect(windows(secretsAfter().signingKeys)).toEqual([FIRST]);
  });

  test('is published for an hour after its last use', () => {
    expect(secretsAfter().signingKeys[0]?.publishUntil).toBe(NOW + 60 + 31 * DAY + HOUR);
  });

  test('gets a successor a week before it takes over, and verifiers that do not know the successor use the key for a day more', () => {
    expect(windows(secretsAfter(23 * DAY).signingKeys)).toEqual([FIRST]);
    expect(windows(secretsAfter(23 * DAY + 60).signingKeys)).toEqual([FIRST, SECOND]);
  });

  test('is removed a day after it is no longer published', () => {
    const kept = 60 + 30 * DAY + 49 * HOUR;
    expect(windows(secretsAfter(24 * DAY, kept - 1).signingKeys)).toEqual([FIRST, SECOND]);
    expect(windows(secretsAfter(24 * DAY, kept).signingKeys)).toEqual([SECOND]);
  });

  test.each([
    ['a day', 24 * DAY, 30 * DAY + 60],
    ['six days', 29 * DAY, 30 * DAY + 60],
    ['a week', 30 * DAY, 31 * DAY],
    ['more than a week', 30 * DAY + HOUR, 31 * DAY + 60],
    ['eight days less a minute', 31 * DAY - 60, 31 * DAY + 60],
    ['longer than the last key lasts', 40 * DAY, 40 * DAY + 60],
  ])(
    "after the keeper's absence of %s gets a successor as soon as all can know it, and in time",
    (_, back, starts) => {
      const { signingKeys } = secretsAfter(23 * DAY, back);
      expect(windows(signingKeys)[1]).toEqual([starts, starts + 31 * DAY]);
    },
  );
});

describe('a nonce secret', () => {
  test('is used at once if it is the first one, and for a day', () => {
    expect(windows(secretsAfter().nonceSecrets)).toEqual([[0, 9 * DAY]]);
    expect(windows(secretsAfter(12 * HOUR).nonceSecrets)).toEqual([
      [0, 9 * DAY],
      [DAY, 10 * DAY],
    ]);
  });

  test('is removed an hour after its successor has taken over', () => {
    expect(windows(secretsAfter(12 * HOUR, 25 * HOUR - 1).nonceSecrets)).toHaveLength(2);
    expect(windows(secretsAfter(12 * HOUR, 25 * HOUR).nonceSecrets)).toEqual([[DAY, 10 * DAY]]);
  });

  test('stays in use while the keeper is away, and gets a successor two hours after its return', () => {
    expect(windows(secretsAfter(5 * DAY).nonceSecrets)).toEqual([
      [0, 9 * DAY],
      [5 * DAY + 2 * HOUR, 14 * DAY + 2 * HOUR],
    ]);
  });
});

test('returns the same secrets and makes nothing if nothing is due', () => {
  const make = createMaker();
  const first = nextSecrets(undefined, NOW, make);
  expect(make.made).toHaveLength(2);
  expect(nextSecrets(first, NOW + 11 * HOUR, make)).toBe(first);
  expect(make.made).toHaveLength(2);
});

test('a year of hourly runs makes a key per month and a secret per day, and never keeps more than three of either', () => {
  const make = createMaker();
  let secrets = nextSecrets(undefined, NOW, make);
  for (const at of hourly(HOUR, 365 * DAY)) {
    secrets = nextSecrets(secrets, NOW + at, make);
    expect(secrets.signingKeys.length).toBeLessThanOrEqual(3);
    expect(secrets.nonceSecrets.length).toBeLessThanOrEqual(3);
    expect(signingKeyAt(secrets, NOW + at)).toBeDefined();
  }
  expect(make.made).toHaveLength(13 + 366);
});

test('each document is later than the one before, even if the clock of its keeper is not', () => {
  const make = createMaker();
  const first = nextSecrets(undefined, NOW, make);
  const next = nextSecrets({ ...first, writtenAt: NOW + DAY }, NOW + 12 * HOUR, make);
  expect(next.writtenAt).toBeGreaterThan(NOW + DAY);
});

test('secrets that a clock far ahead has made are dropped, and replaced within a minute', () => {
  const make = createMaker();
  const wrong = nextSecrets(undefined, NOW + 365 * DAY, make);
  const next = nextSecrets(wrong, NOW, make);
  expect(windows(next.signingKeys)).toEqual([[60, 60 + 31 * DAY]]);
  expect(windows(next.nonceSecrets)).toEqual([[0, 9 * DAY]]);
  expect(next.writtenAt).toBeGreaterThan(wrong.writtenAt);
});
