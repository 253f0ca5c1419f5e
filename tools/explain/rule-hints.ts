import {
  type ClaimRule,
  type ClaimRules,
  claimAt,
  isComparable,
  isInexact,
  type Scalar,
  unmetRule,
  valuesOf,
  wordsOf,
} from '../../lambda/core/claim-rules.ts';
import type { JsonObject } from '../../lambda/core/jwt/decode.ts';
import { listed, shown } from './format.ts';

/** What a rule requires, what the claim is, and why the two may differ. */
export function ruleHints(claims: JsonObject, rules: ClaimRules): string[] {
  const unmet = unmetRule(claims, rules);
  if (unmet === undefined) return [];
  const rule = rules.find(([claim]) => claim === unmet.claim)?.[1] ?? {};
  const value = claimAt(claims, unmet.claim);
  const failing = (Object.keys(rule) as (keyof ClaimRule)[]).filter((name) => {
    return unmetRule(claims, [[unmet.claim, { [name]: rule[name] }]]) !== undefined;
  });
  const part = Object.keys(rule).length > 1 ? ` (not met: ${listed(failing.map(quoted))})` : '';
  return [
    `the rule for "${unmet.claim}" is ${shown(rule)}${part}; the token has ${value === undefined ? 'none' : shown(value)}`,
    ...(valuesOf(value).some(isInexact)
      ? ['a number is beyond 2^53, where JSON is no longer exact: have the issuer send it as a string']
      : []),
    ...(failing.includes('noneOf') ? excludedHints(value, rule.noneOf ?? []) : []),
    ...(failing.includes('allOf') ? missingHints(value, rule.allOf ?? []) : []),
    ...wantedHints(value, wantedBy(rule, failing)),
    ...(failing.includes('equals') && Array.isArray(value) && value.includes(rule.equals)
      ? ['the claim is a list: "contains" and "anyOf" look into it']
      : []),
  ];
}

const quoted = (text: string): string => `"${text}"`;

/** The values that the failing members require. */
const wantedBy = ({ equals, anyOf = [], allOf = [], contains }: ClaimRule, failing: readonly string[]) =>
  [
    ...(failing.includes('equals') ? [equals] : []),
    ...(failing.includes('anyOf') ? anyOf : []),
    ...(failing.includes('allOf') ? allOf : []),
    ...(failing.includes('contains') ? [contains] : []),
  ].filter((one) => one !== undefined);

function excludedHints(value: unknown, excluded: readonly Scalar[]): string[] {
  if (value === undefined)
    return ['a missing claim does not meet "noneOf": have the issuer send at least an empty list'];
  const found = excluded.filter((one) => valuesOf(value).includes(one));
  if (found.length > 0) return [`"noneOf" excludes ${listed(found.map((one) => shown(one)))}`];
  const other = valuesOf(value).find((one) => !isComparable(one));
  return isInexact(other)
    ? []
    : [
        `"noneOf" takes strings, numbers, booleans and lists of them only, and cannot tell what ${shown(other)} stands for`,
      ];
}

function missingHints(value: unknown, wanted: readonly Scalar[]): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    return [
      '"allOf" is for lists only: "equals" and "anyOf" are for a single value, "contains" for a string of several words',
    ];
  }
  const missing = wanted.filter((one) => !value.includes(one));
  return missing.length === 0 ? [] : [`the list lacks ${listed(missing.map((one) => shown(one)))}`];
}

/** Hints about values that look like a wanted one. */
function wantedHints(value: unknown, wanted: readonly Scalar[]): string[] {
  const values = [...valuesOf(value), ...wordsOf(value)].filter((one) => typeof one !== 'object');
  const missing = wanted.filter((one) => !valuesOf(value).includes(one));
  const hints: string[] = [];
  if (missing.some((one) => values.some((held) => held !== one && String(held) === String(one)))) {
    hints.push('the types differ: 5 is not "5"');
  }
  const cased = missing.filter((one) =>
    values.some((held) => held !== one && typeof held === typeof one && lower(held) === lower(one)),
  );
  if (cased.length > 0) {
    hints.push(
      `it has ${listed(cased.map((one) => shown(one)))} in different case: claims are compared exactly`,
    );
  }
  if (typeof value === 'string' && missing.some((one) => wordsOf(value).includes(one))) {
    hints.push('the claim is a string of several words: "contains" looks for one of them');
  }
  if (
    typeof value === 'string' &&
    missing.some((one) =>
      value
        .split(',')
        .map((part) => part.trim())
        .includes(String(one)),
    )
  ) {
    hints.push('the claim is one string with commas, and is not split at them: have the issuer send a list');
  }
  return hints;
}

const lower = (value: unknown): string => String(value).toLowerCase();
