import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ClaimRule, unmetRule } from '../../lambda/core/claim-rules.ts';
import { isImpossible, isWider } from '../../tools/check-config/rule-warnings.ts';
import { claimRules, everyClaim, type Meant, plainlyMeets } from '../support/plain-claim-rules.ts';

const EVERY_CLAIM = everyClaim();

test('says that a rule never holds exactly if no claim meets it', () => {
  const seen = { true: 0, false: 0 };
  fc.assert(
    fc.property(claimRules, (rule) => {
      const impossible = !EVERY_CLAIM.some((claim) => plainlyMeets(claim, rule));
      seen[`${impossible}`] += 1;
      expect(isImpossible(rule)).toBe(impossible);
    }),
    { numRuns: 5000 },
  );
  expect(Math.min(seen.true, seen.false)).toBeGreaterThan(1000);
});

test.each<[ClaimRule]>([
  [{ anyOf: ['a', 'b'], noneOf: ['b', 'a', 'c'] }],
  [{ allOf: ['a', 'b'], noneOf: ['b'] }],
  [{ contains: 1, noneOf: [1] }],
  [{ contains: 'a b', noneOf: ['a b'] }],
  [{ equals: 'a', noneOf: ['a'] }],
  [{ equals: 'a', allOf: ['a'] }],
  [{ equals: 'a', anyOf: ['b'] }],
  [{ exists: false, noneOf: ['a'] }],
  [{ exists: false, allOf: ['a'] }],
])('%j never holds', (rule) => expect(isImpossible(rule)).toBe(true));

test.each<[ClaimRule]>([
  [{ anyOf: ['a', 'b'], noneOf: ['b'] }],
  [{ anyOf: ['a'], contains: 'b', allOf: ['c'], noneOf: ['d'] }],
  [{ contains: 'a', noneOf: ['a'] }],
  [{ contains: '', noneOf: [''] }],
  [{ noneOf: ['a'] }],
  [{ exists: false }],
  [{ exists: true, noneOf: ['a', 1, true] }],
])('%j can hold', (rule) => expect(isImpossible(rule)).toBe(false));

/** A rule as it was before "anyOf" looked into lists. */
const heldBefore = (claim: Meant, rule: ClaimRule): boolean =>
  plainlyMeets(claim, rule) && !(rule.anyOf !== undefined && Array.isArray(claim));

test('says that a rule holds for more than before exactly if some claim newly meets it', () => {
  const before = claimRules.filter(({ allOf, noneOf }) => allOf === undefined && noneOf === undefined);
  fc.assert(
    fc.property(before, (rule) => {
      const wider = EVERY_CLAIM.some((claim) => plainlyMeets(claim, rule) && !heldBefore(claim, rule));
      expect(isWider(rule)).toBe(wider);
    }),
    { numRuns: 3000 },
  );
});

test('the rule that check-config suggests keeps lists out and lets single values through', () => {
  const holds = (roles: unknown) =>
    unmetRule({ roles }, [
      ['roles', { anyOf: ['a', 'b'] }],
      ['/roles/0', { exists: false }],
    ]) === undefined;
  expect(['a', 'b'].filter(holds)).toEqual(['a', 'b']);
  expect([['a'], ['a', 'b'], [], 'c', null].filter(holds)).toEqual([]);
});
