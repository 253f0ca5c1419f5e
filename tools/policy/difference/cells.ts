import { spell } from '../../../lambda/core/paths/spelling.ts';
import type { RouteRule } from '../../../lambda/core/routes/match.ts';
import { subsumes } from '../../../lambda/core/routes/pattern-subsumption.ts';
import { mergedPatterns, pathsOf } from './common-paths.ts';
import { partsOf, type RulePair } from './rule-pairs.ts';
import { isFallback, type Side } from './side.ts';

/** The requests that take one rule before and one after. */
export interface Cell extends RulePair {
  /** As people tell them: methods and pattern. */
  readonly requests: string;
  /** One of them; undefined if none was found, and there may be none. */
  readonly example: { readonly method: string; readonly path: string } | undefined;
}

/** Those of RFC 9110 §9 and RFC 5789 that can be sent on, and one for all others. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'];

/** Looks for requests that take a pair of rules. */
export function cellFinder(before: Side, after: Side): (pair: RulePair) => Cell {
  const named = [before, after].flatMap(({ rules }) => rules.flatMap(({ methods }) => [...(methods ?? [])]));
  const all = [...new Set([...METHODS, ...named.sort()])];
  return (pair) => {
    const takes = (method: string, path: string) =>
      before.ruleOf(method, spell(path)) === pair.before && after.ruleOf(method, spell(path)) === pair.after;
    const paths = samplePaths(pair);
    const possible = all.filter((method) => hasMethod(pair.before, method) && hasMethod(pair.after, method));
    const found = possible.flatMap((method) => {
      const path = paths.find((one) => takes(method, one));
      return path === undefined ? [] : { method, path };
    });
    const methods = found.length === 0 ? possible : found.map(({ method }) => method);
    return {
      ...pair,
      requests: [methodsIn(methods, all), patternOf(pair)].join(' '),
      example: found[0],
    };
  };
}

const hasMethod = ({ methods }: RouteRule, method: string): boolean => methods?.has(method) ?? true;

function samplePaths({ before, after }: RulePair): readonly string[] {
  const merged = partsOf(before).flatMap((one) =>
    partsOf(after).flatMap((other) => mergedPatterns(one, other)),
  );
  return [...new Set(merged.flatMap(pathsOf))].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}

/** HEAD goes with GET. */
function methodsIn(methods: readonly string[], all: readonly string[]): string {
  const told = (names: readonly string[]) =>
    names.filter((name) => name !== 'HEAD' || !names.includes('GET')).join(', ');
  if (methods.length === all.length) return 'any method';
  const others = all.filter((method) => !methods.includes(method));
  return methods.includes('PROPFIND') ? `any method but ${told(others)}` : told(methods);
}

/** What most narrowly says which paths they are. */
function patternOf({ before, after }: RulePair): string {
  if (isFallback(before) && isFallback(after)) return '(no route)';
  const [one = '', other] = [...new Set([before, after].flatMap(({ route: { path } }) => path ?? []))].sort();
  if (other === undefined || subsumes(other, one)) return one;
  return subsumes(one, other) ? other : `${one} and ${other}`;
}
