import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  isEarlier,
  partOf,
  type Reading,
  versionOf,
  withLater,
} from '../../../../lambda/core/config/reading.ts';

const at = (modifiedAt: number, version: number, value = 'x'): Reading => ({
  policy: { value, version, modifiedAt },
});

describe('a reading is earlier', () => {
  test.each<[string, Reading, Reading, boolean]>([
    ['by the time of a parameter', at(10, 1), at(20, 2), true],
    ['not if it is the same', at(10, 1), at(10, 1), false],
    ['by the version, if two were put at the same time', at(10, 1), at(10, 2), true],
    ['not if the parameter was created again, and its versions started over', at(20, 1), at(10, 7), false],
    ['if a replica remembers the one before that', at(10, 7), at(20, 1), true],
    ["not if the next version's clock is a little behind", at(10, 3), at(12, 2), false],
    ['not if a parameter is missing', {}, at(10, 1), false],
    ['not if the other one lacks it', at(10, 1), {}, false],
  ])('%s', (_, one, other, earlier) => {
    expect(isEarlier(one, other)).toBe(earlier);
  });
});

test('earlier parameters in a reading are replaced, and missing ones stay missing', () => {
  const issuer = { value: 'i', version: 1, modifiedAt: 5 };
  expect(withLater(at(10, 1, 'old'), { ...at(20, 2, 'new'), issuer }, 21)).toEqual(at(20, 2, 'new'));
  expect(withLater({ ...at(30, 3, 'newest'), issuer }, at(20, 2, 'new'), 31)).toEqual({
    ...at(30, 3, 'newest'),
    issuer,
  });
});

test('after later parameters are taken over, none is earlier', () => {
  const parameter = fc.record({
    value: fc.string(),
    version: fc.integer({ min: 1, max: 9 }),
    modifiedAt: fc.nat(30),
  });
  const reading = fc.record(
    { policy: parameter, issuer: parameter, revocations: parameter },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(reading, reading, (one, other) => {
      expect(isEarlier(withLater(one as Reading, other as Reading, 0), other as Reading)).toBe(false);
    }),
  );
});

test("five minutes after a put, the store's value counts, whatever time it gives for the put", () => {
  const forged = at(1000, 9, 'forged');
  expect(withLater(at(10, 2, 'true'), forged, 1300)).toEqual(forged);
  expect(withLater(at(10, 2, 'true'), forged, 1301)).toEqual(at(10, 2, 'true'));
  expect(isEarlier(at(10, 2), forged, 1301)).toBe(false);
});

test('a unit is its own parameters, and a version says which were not found', () => {
  const reading: Reading = { ...at(1, 4), revocations: { value: '{}', version: 2, modifiedAt: 1 } };
  expect(partOf(reading, 'access')).toEqual(at(1, 4));
  expect(versionOf(reading)).toBe('-.-.-.-.4.2');
});
