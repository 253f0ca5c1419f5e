import { coversMessages } from '../../../lambda/core/mcp/mcp-condition.ts';
import {
  bare,
  opensExactly,
  type RouteRule,
  withAndWithoutSlash,
} from '../../../lambda/core/routes/match.ts';
import { literalPrefix } from '../../../lambda/core/routes/pattern.ts';
import { subsumes } from '../../../lambda/core/routes/pattern-subsumption.ts';
import { patternsMeet } from '../../../lambda/core/routes/patterns-meet.ts';
import { serialized } from './plain-values.ts';
import { ALL, isFallback, type SideRule } from './side-rule.ts';
import { messagesMeet } from './witness-messages.ts';

/** The rules that one request may take before the change and after it. */
export interface RulePair {
  readonly before: SideRule;
  readonly after: SideRule;
}

/** Rules in their order. The last is for everything that no other matches. */
export interface Rules {
  readonly rules: readonly SideRule[];
}

/** The same for rules that match the same requests. Unique within a side, where a second one would never be reached. */
export const matchKey = (rule: SideRule): string =>
  !isFallback(rule) && opensExactly(rule) ? exactKey(rule) : nameKey(rule);

/** The key of a rule that names the same paths and opens exactly those. */
export const exactKey = (rule: SideRule): string => `${nameKey(rule)} exactly`;

/** The same for rules that name the same paths. An open one of them may match fewer: see `pathsKey`. */
const patternsKey = (rule: RouteRule): string =>
  isFallback(rule) ? '' : JSON.stringify([...rule.patterns.exact].sort());

/** The same for rules that match the same paths, with regard to a slash at the end too, whatever their methods. */
export const pathsKey = (rule: RouteRule): string =>
  !isFallback(rule) && opensExactly(rule) ? `${patternsKey(rule)} exactly` : patternsKey(rule);

/** Whether two rules name the same paths, with no regard to a slash at the end. */
export const areNamedAlike = (one: RouteRule, other: RouteRule): boolean =>
  patternsKey(one) === patternsKey(other);

/** The same for rules for the same messages at the same paths, whatever their methods. */
export const messagesOnly = (rule: SideRule): string =>
  [pathsKey(rule), serialized(rule.route.mcp), rule.refuses].join(' ');

/** The same for rules that differ at most in a trailing slash. */
export function nameKey(rule: SideRule): string {
  if (isFallback(rule)) return '';
  const { methods, route, refuses } = rule;
  const key =
    NAME_KEYS.get(rule) ??
    [
      JSON.stringify([patternsKey(rule), methods === undefined ? null : [...methods].sort()]),
      ...(route.mcp === undefined ? [] : [serialized(route.mcp)]),
      ...(refuses === undefined ? [] : [refuses]),
    ].join();
  NAME_KEYS.set(rule, key);
  return key;
}

const NAME_KEYS = new WeakMap<RouteRule, string>();

/**
 * All pairs that a request can take, and a few that none can. If both rules are on both sides, a request that matches both takes
 * the same one, unless their order is reversed.
 */
export function rulePairs(before: Rules, after: Rules): RulePair[] {
  const sides = { before: indexOf(before), after: indexOf(after) };
  return before.rules.flatMap((a, i) =>
    after.rules.flatMap((b, j) => {
      const [keyA, keyB] = [sides.before.keys[i], sides.after.keys[j]];
      if (keyA !== keyB) {
        const [placeOfA, placeOfB] = [sides.after.placeOf(keyA), sides.before.placeOf(keyB)];
        if (j >= placeOfA || i >= placeOfB) return [];
        if (!methodsMeet(a, b) || !messagesMeet(a.route.mcp, b.route.mcp)) return [];
        if (!partsMeet(sides.before.parts[i], sides.after.parts[j])) return [];
        if (i > sides.before.coverOf(b) || j > sides.after.coverOf(a)) return [];
      }
      return { before: a, after: b };
    }),
  );
}

function indexOf({ rules }: Rules) {
  const keys = rules.map(matchKey);
  const places = new Map(keys.map((key, index) => [key, index]));
  const covers = new Map<RouteRule, number>();
  return {
    keys,
    parts: rules.map((rule) =>
      allPartsOf(rule).map((pattern) => ({ pattern, start: literalPrefix(pattern) })),
    ),
    /** The place of a rule on this side; infinity if it is not there. */
    placeOf: (key: string | undefined) => places.get(key ?? '') ?? Number.POSITIVE_INFINITY,
    /** The first rule that takes everything that a rule of the other side matches. No later rule can take any of it. */
    coverOf(rule: RouteRule): number {
      const known = covers.get(rule) ?? rules.findIndex((other) => coversRule(other, rule));
      covers.set(rule, known);
      return known;
    },
  };
}

interface Part {
  readonly pattern: string;
  /** What comes before any wildcard. */
  readonly start: string;
}

const partsMeet = (some: readonly Part[] = [], others: readonly Part[] = []): boolean =>
  some.some(({ pattern, start }) =>
    others.some(
      (other) =>
        (start.startsWith(other.start) || other.start.startsWith(start)) &&
        patternsMeet(pattern, other.pattern),
    ),
  );

/** Whether two rules have paths in common. */
export const rulesMeet = (one: SideRule, other: SideRule): boolean =>
  allPartsOf(one).some((part) => allPartsOf(other).some((another) => patternsMeet(part, another)));

/** Undefined for any method. */
export type Methods = RouteRule['methods'];
type WithMethods = Pick<RouteRule, 'methods'>;

export const methodsMeet = ({ methods: a }: WithMethods, { methods: b }: WithMethods): boolean =>
  a === undefined || b === undefined || [...a].some((method) => b.has(method));

export const FOR_GET: WithMethods = { methods: new Set(['GET']) };
export const FOR_POST: WithMethods = { methods: new Set(['POST']) };

/** The methods that both rules of a pair are for. */
export const commonMethods = ({ before: { methods: a }, after: { methods: b } }: RulePair): Methods =>
  a === undefined || b === undefined ? (a ?? b) : new Set([...a].filter((method) => b.has(method)));

/** Whether a rule covers all of these methods. */
export const hasMethods = ({ methods }: WithMethods, some: Methods): boolean =>
  methods === undefined || (some !== undefined && [...some].every((method) => methods.has(method)));

/** Patterns of what a rule matches, without a trailing slash unless the rule opens exactly what it names. */
export const partsOf = (rule: RouteRule): readonly string[] =>
  isFallback(rule) || !opensExactly(rule) ? rule.patterns.exact.flatMap(bare) : rule.patterns.exact;

/** The same with the folded patterns, which only odd spellings of a path match. Those may match other routes too. */
const allPartsOf = ({ patterns, ...rule }: RouteRule): readonly string[] => [
  ...new Set([
    ...partsOf({ ...rule, patterns }),
    ...partsOf({ ...rule, patterns: { ...patterns, exact: patterns.folded } }),
  ]),
];

/** Whether earlier rules of either side leave nothing to a pair. Used for pairs for which no request was found. */
export function isCovered(pair: RulePair, before: Rules, after: Rules): boolean {
  const methods = commonMethods(pair);
  const both = [pair.before, pair.after].map((rule): SideRule => ({ ...rule, methods }));
  return [before.rules.slice(0, pair.before.index), after.rules.slice(0, pair.after.index)].some((earlier) =>
    earlier.some((rule) => both.some((one) => coversRule(rule, one))),
  );
}

/** Whether a rule matches everything that another does. A rule that opens exactly what it names excludes a trailing slash. */
function coversRule(general: RouteRule, special: RouteRule): boolean {
  if (isFallback(general)) return true;
  if (!coversMessages(general.route.mcp, special.route.mcp)) return false;
  if (general.methods === undefined && general.patterns.named === ALL.named) return true;
  if (isFallback(special) && general.methods !== undefined) return false;
  if (!hasMethods(general, special.methods)) return false;
  return coversPaths(general, special);
}

/** The same by their paths alone. */
export function coversPaths(general: RouteRule, special: RouteRule): boolean {
  const parts = partsOf(general);
  // A rule that opens exactly what it names must name a path both with and without the slash.
  const isStrict = opensExactly(general) && (isFallback(special) || !opensExactly(special));
  return partsOf(special)
    .flatMap((part) => (isStrict ? withAndWithoutSlash(part) : [part]))
    .every((part) => parts.some((other) => subsumes(other, part)));
}
