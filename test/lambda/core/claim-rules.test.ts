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
  test('contains', () => {
    expect(meets('[1234567890123456789]', { contains: stored })).toBe(false);
  });
  test('but it is there', () => {
    expect(meets('1234567890123456789', { exists: true })).toBe(true);
    expect(meets('1234567890123456789', { exists: false })).toBe(false);
  });
});

test('two integers that differ never meet one rule', () => {
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
