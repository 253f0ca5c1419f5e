import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ClaimRule, unmetRule } from '../../../lambda/core/claim-rules.ts';

const meets = (json: string, rule: ClaimRule): boolean =>
  unmetRule(JSON.parse(`{"tenant": ${json}}`), [['tenant', rule]]) === undefined;

describe('a number beyond 2^53 meets no rule for its value', () => {
  const stored = Number('1234567890123456768');

  test.each([
    ['equals', { equals: stored }],
    ['anyOf', { anyOf: ['a', stored] }],
  ])('%s', (_, rule) => {
    expect(meets('1234567890123456789', rule)).toBe(false);
    expect(meets('1234567890123456768', rule)).toBe(false);
  });
  test('noneOf, whatever it excludes', () => {
    expect(meets('1234567890123456789', { noneOf: ['a'] })).toBe(false);
    expect(meets('["b", 1234567890123456789]', { noneOf: ['a'] })).toBe(false);
    expect(meets('[9007199254740992]', { noneOf: [1] })).toBe(false);
    expect(meets('[9007199254740991]', { noneOf: [1] })).toBe(true);
  });
  test('allOf and anyOf, in a list', () => {
    expect(meets('[1234567890123456789]', { allOf: [stored] })).toBe(false);
    expect(meets('["a", 1234567890123456789]', { allOf: ['a'] })).toBe(true);
    expect(meets('[1234567890123456789]', { anyOf: [stored] })).toBe(false);
  });
  test('contains', () => {
    expect(meets('[1234567890123456789]', { contains: stored })).toBe(false);
  });
  test('but it counts as present', () => {
    expect(meets('1234567890123456789', { exists: true })).toBe(true);
    expect(meets('1234567890123456789', { exists: false })).toBe(false);
  });
});

test('two different integers never meet the same rule', () => {
  const integer = fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n });
  const near = integer.chain((a) => fc.tuple(fc.constant(a), fc.bigInt({ min: -2000n, max: 2000n })));
  fc.assert(
    fc.property(near, ([a, distance]) => {
      const rule = { equals: Number(a) };
      expect(meets(String(a), rule) && meets(String(a + distance), rule)).toBe(
        distance === 0n && Number.isSafeInteger(Number(a)),
      );
    }),
    { numRuns: 2000 },
  );
});

test('values of different types never match', () => {
  expect(meets('1', { equals: '1' })).toBe(false);
  expect(meets('"1"', { equals: 1 })).toBe(false);
  expect(meets('true', { anyOf: ['true', 1] })).toBe(false);
  expect(meets('1.0', { equals: 1 })).toBe(true);
});

test('a string contains its words, and a list its elements', () => {
  expect(meets('"a b"', { contains: 'b' })).toBe(true);
  expect(meets('["a b"]', { contains: 'b' })).toBe(false);
  expect(meets('["b"]', { contains: 'b' })).toBe(true);
});

describe('of a list and of a single value', () => {
  test.each<[string, ClaimRule, string[], string[]]>([
    [
      'anyOf accepts one of its values',
      { anyOf: ['a', 'b'] },
      ['"a"', '["b"]', '["x", "a"]', '["a", {}]'],
      ['"c"', '["c"]', '[]', '"a b"', '["a b"]', '[["a"]]', '{"a": true}', 'null', '[null]'],
    ],
    [
      'allOf accepts lists with all of its values',
      { allOf: ['a', 'b'] },
      ['["a", "b"]', '["b", "x", "a", null]'],
      ['"a"', '["a"]', '[]', '"a b"', '[["a", "b"]]', '{"0": "a", "1": "b"}', 'null'],
    ],
    [
      'noneOf accepts a claim with none of its values',
      { noneOf: ['a', 'b'] },
      ['"c"', '["c", 1, true]', '[]', '""', '"a b"', '5', 'false'],
      ['"a"', '["a"]', '["c", "b"]'],
    ],
    [
      'noneOf rejects a claim that cannot be compared with its values',
      { noneOf: ['a'] },
      [],
      ['null', '["c", null]', '{}', '{"a": true}', '[["a"]]', '["c", {"name": "a"}]'],
    ],
    [
      'noneOf refines another member',
      { anyOf: ['a'], noneOf: ['suspended'] },
      ['"a"', '["a", "x"]'],
      ['["a", "suspended"]', '["x"]', '[]'],
    ],
  ])('%s', (_, rule, held, unmet) => {
    expect(held.filter((json) => !meets(json, rule))).toEqual([]);
    expect(unmet.filter((json) => meets(json, rule))).toEqual([]);
  });
  test('a missing claim meets none of these', () => {
    for (const rule of [{ anyOf: ['a'] }, { allOf: ['a'] }, { noneOf: ['a'] }]) {
      expect(unmetRule({}, [['tenant', rule]])).toEqual({ claim: 'tenant', present: false });
    }
  });
});
