import type { JsonObject } from './jwt/decode.ts';

/** A JSON scalar that a claim may be compared with. */
export type Scalar = string | number | boolean;

/** What a claim must be like. Every member that is given must hold. */
export interface ClaimRule {
  readonly equals?: Scalar;
  /** The claim is one of these or, if it is a list, one of its elements is. */
  readonly anyOf?: readonly Scalar[];
  /** The claim is a list that contains all of these. */
  readonly allOf?: readonly Scalar[];
  /** Neither the claim nor any element of it is one of these. All of it must be present and comparable. */
  readonly noneOf?: readonly Scalar[];
  /** The claim is a list with this element, or a string with this space-separated word. */
  readonly contains?: Scalar;
  readonly exists?: boolean;
}

/** Rules by claim. The claim is a name or, if it begins with a slash, a JSON Pointer (RFC 6901). */
export type ClaimRules = readonly (readonly [claim: string, rule: ClaimRule])[];

/** The first claim that does not meet its rule, and whether the token has it at all. */
export interface UnmetRule {
  readonly claim: string;
  readonly present: boolean;
}

export function unmetRule(claims: JsonObject, rules: ClaimRules): UnmetRule | undefined {
  for (const [claim, rule] of rules) {
    const value = claimAt(claims, claim);
    if (!meets(value, rule)) return { claim, present: value !== undefined };
  }
  return undefined;
}

/** A claim's value by name or JSON Pointer; never an inherited property. */
export function claimAt(claims: JsonObject, claim: string): unknown {
  if (!claim.startsWith('/')) return own(claims, claim);
  let value: unknown = claims;
  for (const token of claim.slice(1).split('/')) {
    value = member(value, token.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return value;
}

/** The same for a plain name. */
export const own = (object: JsonObject, name: string): unknown =>
  Object.hasOwn(object, name) ? object[name] : undefined;

/** The same for any value that can occur among claims. */
function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Array.isArray(value) && name === 'length' ? undefined : own(value as JsonObject, name);
}

function meets(value: unknown, rule: ClaimRule): boolean {
  const { equals, anyOf, allOf, noneOf, contains, exists } = rule;
  if (exists !== undefined && exists !== (value !== undefined)) return false;
  if (equals !== undefined && !isOneOf(value, [equals])) return false;
  if (anyOf !== undefined && !valuesOf(value).some((one) => isOneOf(one, anyOf))) return false;
  if (allOf !== undefined && !(Array.isArray(value) && hasAll(value, allOf))) return false;
  if (noneOf !== undefined && !valuesOf(value).every((one) => isNoneOf(one, noneOf))) return false;
  return contains === undefined || wordsOf(value).some((word) => isOneOf(word, [contains]));
}

const isOneOf = (value: unknown, values: readonly Scalar[]): boolean =>
  isComparable(value) && values.includes(value);

/** A value that cannot be compared might be an excluded one, so it does not pass. */
const isNoneOf = (value: unknown, values: readonly Scalar[]): boolean =>
  isComparable(value) && !values.includes(value);

const hasAll = (list: readonly unknown[], values: readonly Scalar[]): boolean =>
  values.every((value) => list.some((element) => isOneOf(element, [value])));

/** Beyond 2^53 one number stands for several integers (RFC 8259 §6), and any of them may have been meant. */
export const isComparable = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && !isInexact(value));

/** Whether a number is an integer that JSON.parse may have rounded, or is out of range. */
export const isInexact = (value: unknown): boolean =>
  typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER;

/** The elements of a list; any other value counts as its only element. */
export const valuesOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** The elements of a list, which are never split, or the words of a string. */
export const wordsOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : typeof value === 'string' ? value.split(' ') : [];
