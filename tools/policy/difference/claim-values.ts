import {
  type ClaimRule,
  type ClaimRules,
  claimAt,
  type Scalar,
  unmetRule,
} from '../../../lambda/core/claim-rules.ts';
import type { JsonObject } from '../../../lambda/core/jwt/decode.ts';
import { nameText } from './name-text.ts';

/** A value that no policy names. */
const OTHER = 'another-value-7f3a';

/** Values of a claim that distinguish these rules, as far as single values can. Those that the rules name come first. */
export function valuesFor(rules: readonly ClaimRule[]): readonly unknown[] {
  const named = [...new Set(rules.flatMap(namedIn))].sort((a, b) =>
    `${typeof a}${a}` < `${typeof b}${b}` ? -1 : 1,
  );
  const texts = named.filter((value) => typeof value === 'string');
  const lists = rules.map(({ allOf = [], anyOf = [], contains }) => [
    ...new Set([...allOf, ...anyOf.slice(0, 1), ...(contains === undefined ? [] : [contains])]),
  ]);
  return [
    ...named,
    ...named.map((value) => [value]),
    ...lists,
    [...new Set(lists.flat())],
    ...(texts.length > 1 ? [texts.join(' ')] : []),
    OTHER,
    [OTHER],
    undefined,
  ];
}

const namedIn = ({ equals, anyOf = [], allOf = [], noneOf = [], contains }: ClaimRule): readonly Scalar[] => [
  ...[equals, contains].filter((value) => value !== undefined),
  ...anyOf,
  ...allOf,
  ...noneOf,
];

/** The values that are most informative to a person, and stand for the others: single values rather than lists. */
export function tellingValues(values: readonly unknown[]): readonly unknown[] {
  const isOther = values.includes(OTHER);
  // A text of several words counts as something else.
  const single = values.filter(
    (value) => !Array.isArray(value) && !(isOther && typeof value === 'string' && value.includes(' ')),
  );
  return single.length > 0 ? single : values.slice(0, 1);
}

export const meetsAll = (value: unknown, rules: readonly ClaimRule[]): boolean =>
  unmetRule(
    value === undefined ? {} : { claim: value },
    rules.map((rule) => ['claim', rule]),
  ) === undefined;

/** A value, in the words that follow `a token`. */
export function valueText(claim: string, value: unknown): string {
  if (value === undefined) return `without the claim ${nameText(claim)}`;
  const isOther = value === OTHER || (Array.isArray(value) && value[0] === OTHER);
  return `whose ${nameText(claim)} is ${isOther ? 'something else' : JSON.stringify(value)}`;
}

/** Claims, changed to meet rules where they can. A value stays if the rules allow it. */
export function meeting(claims: JsonObject, rules: ClaimRules): JsonObject {
  let result = claims;
  for (const claim of new Set(rules.map(([name]) => name))) {
    const own = rules.filter(([name]) => name === claim).map(([, rule]) => rule);
    if (meetsAll(claimAt(result, claim), own)) continue;
    const value = valuesFor(own).find((one) => meetsAll(one, own));
    result = withClaim(result, claim, value);
  }
  return result;
}

/** Claims with another value of one, by its name or its JSON Pointer (RFC 6901). */
export function withClaim(claims: JsonObject, claim: string, value: unknown): JsonObject {
  if (!claim.startsWith('/')) return withMember(claims, claim, value);
  const path = claim
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  return withAt(claims, path, value) as JsonObject;
}

function withAt(object: unknown, [name = '', ...rest]: readonly string[], value: unknown): unknown {
  const members = typeof object === 'object' && object !== null ? (object as JsonObject) : {};
  if (rest.length === 0) return withMember(members, name, value);
  if (value === undefined && !Object.hasOwn(members, name)) return object;
  return withMember(members, name, withAt(Object.hasOwn(members, name) ? members[name] : {}, rest, value));
}

/** JSON has no undefined, so serializing leaves such a member out. */
const withMember = (object: JsonObject, name: string, value: unknown): JsonObject => ({
  ...object,
  [name]: value,
});
