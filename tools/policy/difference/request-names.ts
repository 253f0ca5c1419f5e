import type { RouteRule } from '../../../lambda/core/routes/match.ts';
import { subsumes } from '../../../lambda/core/routes/pattern-subsumption.ts';
import { matchKey, nameKey, type RulePair } from './rule-pairs.ts';
import { isFallback, type Side } from './side.ts';

/** Those of RFC 9110 §9 and RFC 5789 that can be sent on, and one for all others. */
export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'];

/** HEAD goes with GET. */
export function methodsIn(methods: readonly string[], all: readonly string[]): string {
  const told = (names: readonly string[]) =>
    names.filter((name) => name !== 'HEAD' || !names.includes('GET')).join(', ');
  if (methods.length === all.length) return 'any method';
  const others = all.filter((method) => !methods.includes(method));
  return methods.includes('PROPFIND') ? `any method but ${told(others)}` : told(methods);
}

/** What most narrowly says which paths they are. */
export function patternOf({ before, after }: RulePair): string {
  if (isFallback(before) && isFallback(after)) return '(no route)';
  const [one = '', other] = [...new Set([before, after].flatMap(({ route: { path } }) => path ?? []))].sort();
  if (other === undefined || subsumes(other, one)) return one;
  return subsumes(one, other) ? other : `${one} and ${other}`;
}

/**
 * Of a rule that opens exactly what it names on one side only, the paths that it leaves there to others; undefined for
 * other pairs.
 */
export function slashesLeft(before: Side, after: Side): (pair: RulePair) => string | undefined {
  const keys = (side: Side, key: (rule: RouteRule) => string) => new Set(side.rules.map(key));
  const names = { before: keys(before, nameKey), after: keys(after, nameKey) };
  const rules = { before: keys(before, matchKey), after: keys(after, matchKey) };
  const left = (rule: RouteRule, other: RouteRule, side: 'before' | 'after') => {
    const isTwin = names[side].has(nameKey(rule)) && !rules[side].has(matchKey(rule));
    const { path } = rule.route;
    if (path === undefined || !isTwin || nameKey(rule) === nameKey(other)) return undefined;
    return path.endsWith('/*') ? path.slice(0, -2) || '/' : `${path}/`;
  };
  return (pair) => left(pair.after, pair.before, 'before') ?? left(pair.before, pair.after, 'after');
}
