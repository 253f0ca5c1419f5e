import { bare, opensExactly, type RouteRule } from '../../../lambda/core/routes/match.ts';
import { subsumes } from '../../../lambda/core/routes/pattern-subsumption.ts';
import { mergedPatterns } from './common-paths.ts';
import { isFallback, type Side } from './side.ts';

/** A rule of each side that one request may take: what it takes before, and what it takes after. */
export interface RulePair {
  readonly before: RouteRule;
  readonly after: RouteRule;
}

/** Rules that match the same requests have the same. No two of one side do: the second would be hidden. */
export const matchKey = (rule: RouteRule): string =>
  isFallback(rule)
    ? ''
    : JSON.stringify([
        [...rule.patterns.exact].sort(),
        rule.methods === undefined ? null : [...rule.methods].sort(),
        opensExactly(rule),
      ]);

/**
 * All pairs that a request can take, and few that none can. Where both rules are on both sides, a request that matches
 * them takes the same one unless their order is reversed.
 */
export function rulePairs(before: Side, after: Side): RulePair[] {
  const sides = { before: indexOf(before), after: indexOf(after) };
  return before.rules.flatMap((a, i) =>
    after.rules.flatMap((b, j) => {
      const [keyA, keyB] = [sides.before.keys[i], sides.after.keys[j]];
      if (keyA !== keyB) {
        const [placeOfA, placeOfB] = [sides.after.placeOf(keyA), sides.before.placeOf(keyB)];
        if (j >= placeOfA || i >= placeOfB) return [];
        if (i > sides.before.coverOf(b) || j > sides.after.coverOf(a)) return [];
        if (!methodsMeet(a, b) || !pathsMeet(a, b)) return [];
      }
      return { before: a, after: b };
    }),
  );
}

function indexOf({ rules }: Side) {
  const keys = rules.map(matchKey);
  const places = new Map(keys.map((key, index) => [key, index]));
  const covers = new Map<RouteRule, number>();
  return {
    keys,
    /** Where a rule is on this side; nowhere is after all of them. */
    placeOf: (key: string | undefined) => places.get(key ?? '') ?? Number.POSITIVE_INFINITY,
    /** The first rule that takes all that a rule of the other side matches: none that comes later can take any of it. */
    coverOf(rule: RouteRule): number {
      const known = covers.get(rule) ?? rules.findIndex((other) => coversRule(other, rule));
      covers.set(rule, known);
      return known;
    },
  };
}

const methodsMeet = ({ methods: a }: RouteRule, { methods: b }: RouteRule): boolean =>
  a === undefined || b === undefined || [...a].some((method) => b.has(method));

/** Patterns of what a rule matches, a slash at the end left out unless the rule opens exactly what it names. */
export const partsOf = (rule: RouteRule, spelling: 'exact' | 'folded' = 'exact'): readonly string[] =>
  isFallback(rule) || !opensExactly(rule) ? rule.patterns[spelling].flatMap(bare) : rule.patterns[spelling];

/** Folded patterns are matched by odd spellings of a path alone, and those may take other routes, too. */
const pathsMeet = (a: RouteRule, b: RouteRule): boolean =>
  (['exact', 'folded'] as const).some((spelling) =>
    partsOf(a, spelling).some((one) =>
      partsOf(b, spelling).some((other) => mergedPatterns(one, other, 1).length > 0),
    ),
  );

/** Whether a rule matches all that another one does. What opens exactly what it names leaves out a slash at the end. */
function coversRule(general: RouteRule, special: RouteRule): boolean {
  if (isFallback(general)) return true;
  if (isFallback(special) && general.methods !== undefined) return false;
  const { methods } = general;
  if (methods !== undefined && !(special.methods && [...special.methods].every((one) => methods.has(one))))
    return false;
  if (opensExactly(general) && (isFallback(special) || !opensExactly(special))) return false;
  const parts = partsOf(general);
  return partsOf(special).every((part) => parts.some((other) => subsumes(other, part)));
}
