import { opensExactly } from '../../../lambda/core/routes/match.ts';
import { subsumes } from '../../../lambda/core/routes/pattern-subsumption.ts';
import { exactKey, matchKey, nameKey, type RulePair, type Rules } from './rule-pairs.ts';
import { isFallback, type SideRule } from './side-rule.ts';

/** The methods of RFC 9110 §9 and RFC 5789 that can be forwarded, and one that stands for all others. */
export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'];

/** Requests that match no route. */
export const NO_ROUTE = 'any method (no route)';

/** HEAD is treated like GET. */
export function methodsIn(methods: readonly string[], all: readonly string[]): string {
  const told = (names: readonly string[]) =>
    names.filter((name) => name !== 'HEAD' || !names.includes('GET')).join(', ');
  if (methods.length === all.length) return 'any method';
  const others = all.filter((method) => !methods.includes(method));
  return methods.includes('PROPFIND') ? `any method but ${told(others)}` : told(methods);
}

/** The narrowest pattern that describes the paths. */
export function patternOf({ before, after }: RulePair): string {
  if (isFallback(before) && isFallback(after)) return '(no route)';
  const [one = '', other] = [...new Set([before, after].flatMap(({ route: { path } }) => path ?? []))].sort();
  if (other === undefined || subsumes(other, one)) return one;
  return subsumes(one, other) ? other : `${one} and ${other}`;
}

/**
 * The paths that a rule leaves to other rules on the side where it opens exactly what it names, and takes on the other side.
 * Undefined for other pairs.
 */
export function slashesLeft(before: Rules, after: Rules): (pair: RulePair) => string | undefined {
  const keys = (side: Rules) => new Map(side.rules.map((rule) => [matchKey(rule), rule.index]));
  const [was, now] = [keys(before), keys(after)];
  const left = (rule: SideRule, other: SideRule, there: ReadonlyMap<string, number>) => {
    const { path } = rule.route;
    if (path === undefined || opensExactly(rule) || there.has(matchKey(rule))) return undefined;
    // A rule that comes before its twin takes more than what the twin leaves.
    const twin = there.get(exactKey(rule));
    if (twin === undefined || twin > other.index || nameKey(rule) === nameKey(other)) return undefined;
    return path.endsWith('/*') ? path.slice(0, -2) || '/' : `${path}/`;
  };
  return (pair) => {
    const paths = [left(pair.after, pair.before, was), left(pair.before, pair.after, now)]
      .filter((path) => path !== undefined)
      .sort();
    // Where both sides leave something, both leave only the path with the slash.
    return paths.find((path) => path.endsWith('/')) ?? paths[0];
  };
}
