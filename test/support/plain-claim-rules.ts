import fc from 'fast-check';
import type { ClaimRule, Scalar } from '../../lambda/core/claim-rules.ts';

/** A claim as its issuer meant it: integers of any size are bigints, and undefined is a missing claim. */
export type Meant =
  | string
  | boolean
  | bigint
  | null
  | undefined
  | readonly Meant[]
  | { readonly [name: string]: Meant };

/** The JSON text of a claim that is present. */
export function jsonOf(value: Meant): string {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value as { readonly [name: string]: Meant });
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${jsonOf(member)}`).join(',')}}`;
}

const LIMIT = 2n ** 53n;

/** Strings, booleans and integers that JSON carries exactly; everything else is `undefined`, equal to nothing. */
function label(value: Meant | Scalar): string | undefined {
  if (typeof value === 'string') return `text ${value}`;
  if (typeof value === 'boolean') return `boolean ${value}`;
  if (typeof value === 'number') return `integer ${value}`;
  if (typeof value !== 'bigint') return undefined;
  return -LIMIT < value && value < LIMIT ? `integer ${value}` : undefined;
}

/** The meaning of each member of a rule, as documented. */
const SAYS: { readonly [name in keyof Required<ClaimRule>]: (claim: Meant, wanted: never) => boolean } = {
  exists: (claim, wanted: boolean) => (claim === undefined ? !wanted : wanted),
  equals: (claim, wanted: Scalar) => label(claim) !== undefined && label(claim) === label(wanted),
  contains: (claim, wanted: Scalar) =>
    typeof claim === 'string'
      ? claim.split(' ').some((word) => label(word) === label(wanted))
      : Array.isArray(claim) && claim.map(label).includes(label(wanted)),
  anyOf: (claim, wanted: readonly Scalar[]) => {
    const held = new Set(Array.isArray(claim) ? claim.map(label) : [label(claim)]);
    return wanted.map(label).some((one) => held.has(one));
  },
  allOf: (claim, wanted: readonly Scalar[]) => {
    if (!Array.isArray(claim)) return false;
    const held = new Set(claim.map(label));
    return wanted.map(label).every((one) => held.has(one));
  },
  noneOf: (claim, unwanted: readonly Scalar[]) => {
    const held = Array.isArray(claim) ? claim.map(label) : [label(claim)];
    return !held.includes(undefined) && unwanted.map(label).every((one) => !held.includes(one));
  },
};

export const plainlyMeets = (claim: Meant, rule: ClaimRule): boolean =>
  (Object.keys(rule) as (keyof ClaimRule)[]).every((name) => SAYS[name](claim, rule[name] as never));

/** Few values, so that rules and claims often match. */
const VALUES: readonly Scalar[] = ['a', 'b', 'a b', '', '1', 1, true, 'true'];
const meant = (value: Scalar): Meant => (typeof value === 'number' ? BigInt(value) : value);
const value = fc.constantFrom(...VALUES);
const values = fc.array(value, { minLength: 1, maxLength: 3 });

const MEMBERS = {
  equals: value,
  anyOf: values,
  allOf: values,
  noneOf: values,
  contains: value,
  exists: fc.boolean(),
};

/** Rules with one or several members, seldom so many that no claim satisfies them. */
export const claimRules: fc.Arbitrary<ClaimRule> = fc
  .uniqueArray(fc.constantFrom(...(Object.keys(MEMBERS) as (keyof ClaimRule)[])), {
    minLength: 1,
    maxLength: 4,
  })
  .chain((names) => fc.record(MEMBERS, { requiredKeys: names }).map((rule) => only(rule, names)));

const only = (rule: ClaimRule, names: readonly string[]): ClaimRule =>
  Object.fromEntries(Object.entries(rule).filter(([name]) => names.includes(name)));

/** Claims, some of which satisfy those rules. */
export const claims: fc.Arbitrary<Meant> = fc.letrec<{ claim: Meant; there: Meant; scalar: Meant }>(
  (tie) => ({
    claim: fc.oneof({ weight: 9, arbitrary: tie('there') }, fc.constant(undefined)),
    there: fc.oneof(
      { depthIdentifier: 'claim' },
      { weight: 4, arbitrary: tie('scalar') },
      { weight: 4, arbitrary: fc.array(tie('scalar'), { maxLength: 4 }) },
      fc.array(tie('there'), { maxLength: 3, depthIdentifier: 'claim' }),
      fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), tie('there'), { maxKeys: 2 }),
      fc.constant(null),
    ),
    scalar: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...VALUES.map(meant)) },
      fc.constantFrom<Meant>('a b c', 'A', 'b,a', 0n, false),
      fc.bigInt({ min: LIMIT - 2n, max: LIMIT + 2n }),
      fc.bigInt({ min: -(2n ** 1100n), max: 2n ** 1100n }),
    ),
  }),
).claim;

/** Every kind of claim that these rules distinguish, except longer texts and deeper nesting. */
export function everyClaim(): readonly Meant[] {
  const scalars = VALUES.map(meant);
  const words = VALUES.filter((one) => typeof one === 'string');
  const texts = [...words, 'z'].flatMap((one) => [...words, 'z'].map((other) => `${one} ${other}`));
  const lists = Array.from({ length: 2 ** scalars.length }, (_, set) =>
    scalars.filter((_one, index) => (set >> index) & 1),
  );
  return [undefined, null, {}, LIMIT, ...scalars, ...texts, ...lists];
}
