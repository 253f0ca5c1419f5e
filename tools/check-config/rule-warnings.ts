import { type ClaimRule, unmetRule } from '../../lambda/core/claim-rules.ts';
import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import { ofPolicy, type Warning } from '../../lambda/core/config/warning.ts';
import { listed } from '../explain/format.ts';
import { type PlacedRule, placedRules } from './placed-rules.ts';

/** Claim rules that are valid but most likely a mistake. */
export function ruleWarnings(policy: PolicyDocument, inForce: boolean): Warning[] {
  const rules = placedRules(policy);
  return [
    ...rules
      .filter(({ rule }) => isImpossible(rule))
      .map(({ place }) =>
        ofPolicy('rule-never-holds', `${place} can never hold: its members exclude each other`),
      ),
    ...rules
      .filter(({ rule }) => isForSeveralWords(rule))
      .map(({ place }) =>
        ofPolicy(
          'rule-for-several-words',
          `${place} holds only for a string of several words that include the one in "contains": "noneOf" excludes it everywhere else`,
        ),
      ),
    ...rules
      .filter(({ claim, rule }) => isForWholeScopes(claim, rule))
      .map(({ place }) =>
        ofPolicy(
          'rule-for-whole-scopes',
          `${place}: where the claim is a string, "noneOf" compares it as a whole, so an excluded scope passes beside another one; list the scopes that are required instead`,
        ),
      ),
    ...(inForce ? widerRules(rules) : []),
  ];
}

/**
 * Whether no claim meets a rule. A claim that meets one can be made smaller until it is one of these: a missing one, a
 * single value that the rule names, a text with the word that it requires, or a list of exactly what it requires.
 */
export function isImpossible(rule: ClaimRule): boolean {
  const { equals, anyOf = [], allOf = [], contains } = rule;
  const named = [equals, contains].filter((value) => value !== undefined);
  const required = [...allOf, ...(contains === undefined ? [] : [contains])];
  const lists = rule.anyOf === undefined ? [required] : anyOf.map((value) => [...required, value]);
  const candidates: readonly unknown[] = [undefined, ...named, ...anyOf, ...severalWords(rule), ...lists];
  return !candidates.some((candidate) => isMetBy(candidate, rule));
}

const isMetBy = (value: unknown, rule: ClaimRule): boolean =>
  unmetRule(value === undefined ? {} : { claim: value }, [['claim', rule]]) === undefined;

/** A text that contains the required word, and as a whole is not a value that a rule names. */
function severalWords({ contains, noneOf = [] }: ClaimRule): readonly string[] {
  if (typeof contains !== 'string') return [];
  const longest = Math.max(...noneOf.map((value) => String(value).length), 0);
  return [`${contains} ${'x'.repeat(longest + 1)}`];
}

const isForSeveralWords = (rule: ClaimRule): boolean =>
  rule.contains !== undefined && (rule.noneOf?.includes(rule.contains) ?? false) && !isImpossible(rule);

/** RFC 8693 §4.2: "scope" is one text. With some issuers, so is "scp". */
const isForWholeScopes = (claim: string, { equals, anyOf, allOf, noneOf }: ClaimRule): boolean =>
  noneOf !== undefined &&
  [equals, anyOf, allOf].every((other) => other === undefined) &&
  ['scope', 'scp'].includes(lastName(claim));

/** Claims that issuers send as lists, by the last part of their name: `cognito:groups`, `https://app.example/roles`, `/realm_access/roles`. */
const LISTS = new Set([
  ...['aud', 'amr', 'authorities', 'entitlements', 'group', 'groups', 'memberof', 'permissions'],
  ...['role', 'roles', 'scp', 'wids'],
]);

const lastName = (claim: string): string =>
  claim
    .toLowerCase()
    .split(/[/:.]|~1/)
    .at(-1) ?? '';

/**
 * One warning for all rules of a live policy that hold for more than they did when "anyOf" was for single values
 * only. A policy with a member at least as new was never in force before, so nothing in it has changed.
 */
function widerRules(rules: readonly PlacedRule[]): Warning[] {
  if (rules.some(({ rule }) => rule.allOf !== undefined || rule.noneOf !== undefined)) return [];
  const wider = rules.filter(
    ({ claim, rule }) => isWider(rule) && (rule.contains !== undefined || LISTS.has(lastName(claim))),
  );
  const [first] = wider;
  if (first === undefined) return [];
  return [
    ofPolicy(
      'rule-wider',
      `${first.place}: "anyOf" holds for lists as well, which it did not in earlier versions: a list with one of the values now meets ${listed(wider.map(({ place }) => place))}. If lists must still be rejected, add the rule ${JSON.stringify(firstElementOf(first.claim))}: {"exists": false}`,
    ),
  ];
}

/** Whether a rule with only older members holds for some list, now that "anyOf" looks into lists. */
export const isWider = ({ anyOf, equals, exists }: ClaimRule): boolean =>
  anyOf !== undefined && equals === undefined && exists !== false;

/** JSON Pointer (RFC 6901 §3) to an element that only a non-empty list has. */
const firstElementOf = (claim: string): string =>
  claim.startsWith('/') ? `${claim}/0` : `/${claim.replaceAll('~', '~0').replaceAll('/', '~1')}/0`;
