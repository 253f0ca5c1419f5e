import type { JsonObject } from './jwt/decode.ts';

/** A JSON scalar that a claim may be compared with. */
export type Scalar = string | number | boolean;

/** What a claim must be like; all members that are given must hold. */
export interface ClaimRule {
  readonly equals?: Scalar;
  /** The claim, or an element of it where it is a list, is one of these. */
  readonly anyOf?: readonly Scalar[];
  /** The claim is a list that has all of these. */
  readonly allOf?: readonly Scalar[];
  /** Neither the claim nor an element of it is one of these, and all of it is there to be compared with them. */
  readonly noneOf?: readonly Scalar[];
  /** The claim is a list with this element, or a string with this space-separated word. */
  readonly contains?: Scalar;
  readonly exists?: boolean;
}

/** Rules by claim: by its name, or by a JSON Pointer (RFC 6901) where that begins with a slash. */
export type ClaimRules = readonly (readonly [claim: string, rule: ClaimRule])[];

/** The first claim that does not meet its rule, and whether it is there at all. */
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

/** A claim's own value, by name or JSON Pointer; never one that an object inherits. */
export function claimAt(claims: JsonObject, claim: string): unknown {
  if (!claim.startsWith('/')) return own(claims, claim);
  let value: unknown = claims;
  for (const token of claim.slice(1).split('/')) {
    value = member(value, token.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return value;
}

/** The same of an object and a plain name. */
export const own = (object: JsonObject, name: string): unknown =>
  Object.hasOwn(object, name) ? object[name] : undefined;

/** The same of anything that may stand among claims. */
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

/** What cannot be compared might be what is excluded, so it does not pass for something else. */
const isNoneOf = (value: unknown, values: readonly Scalar[]): boolean =>
  isComparable(value) && !values.includes(value);

const hasAll = (list: readonly unknown[], values: readonly Scalar[]): boolean =>
  values.every((value) => list.some((element) => isOneOf(element, [value])));

/** Beyond 2^53 one number stands for several integers (RFC 8259 §6), so none of them is the one that was meant. */
export const isComparable = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && !isInexact(value));

/** Whether a number is an integer that JSON.parse may have rounded, or is out of range. */
export const isInexact = (value: unknown): boolean =>
  typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER;

/** The elements of a list, or the one value that anything else is. */
export const valuesOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** The elements of a list, which are never split, or the words of a string. */
export const wordsOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : typeof value === 'string' ? value.split(' ') : [];
