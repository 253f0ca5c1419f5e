import { type ClaimRule, type ClaimRules, type Scalar, unmetRule } from '../../../lambda/core/claim-rules.ts';
import type { Route } from '../../../lambda/core/routes/route.ts';

/** Whether everything that meets one demand surely meets another. If in doubt, the answer is no. */

/** For scopes: every set that meets the one meets the other. */
export function scopesImply(one: Route['scopes'], other: Route['scopes']): boolean {
  if ('all' in other) {
    const { all } = other;
    return 'all' in one
      ? isSubset(all, one.all)
      : all.length === 0 || one.any.every((scope) => isSubset(all, [scope]));
  }
  return 'all' in one ? one.all.some((scope) => other.any.includes(scope)) : isSubset(one.any, other.any);
}

export const isSubset = <T>(some: readonly T[], all: readonly T[]): boolean =>
  some.every((one) => all.includes(one));

/** For claims: every rule of the other is implied by a rule for the same claim. */
export const rulesImply = (one: ClaimRules, other: ClaimRules): boolean =>
  other.every(([claim, rule]) =>
    one.some(([name, stricter]) => name === claim && ruleImplies(stricter, rule)),
  );

function ruleImplies(one: ClaimRule, other: ClaimRule): boolean {
  if (one.equals !== undefined && unmetRule({ claim: one.equals }, [['claim', other]]) === undefined) {
    return true;
  }
  const { equals, anyOf, allOf, noneOf, contains, exists } = other;
  const has = (values: readonly Scalar[] | undefined, value: Scalar) => values?.includes(value) === true;
  return (
    (equals === undefined || one.equals === equals) &&
    (anyOf === undefined ||
      (one.anyOf !== undefined && isSubset(one.anyOf, anyOf)) ||
      one.allOf?.some((value) => anyOf.includes(value)) === true) &&
    (allOf === undefined || (one.allOf !== undefined && isSubset(allOf, one.allOf))) &&
    (noneOf === undefined || (one.noneOf !== undefined && isSubset(noneOf, one.noneOf))) &&
    (contains === undefined || one.contains === contains || has(one.allOf, contains)) &&
    (exists === undefined || one.exists === exists || (exists && asksForValue(one)))
  );
}

/** Whether a missing claim fails the rule. */
const asksForValue = (rule: ClaimRule): boolean => unmetRule({}, [['claim', rule]]) !== undefined;
