import { matchablePath } from '../http/path.ts';
import { literalPrefix, matchesPattern } from './pattern.ts';
import type { Route } from './route.ts';

/** A route with its conditions. */
export interface RouteRule {
  /** The pattern, spelled as matchablePath does. */
  readonly path: string;
  /** Undefined for any method. */
  readonly methods: ReadonlySet<string> | undefined;
  readonly route: Route;
}

/** The first route, in the policy's order, that matches a request. */
export type MatchRoute = (method: string, path: string) => Route;

/** A rule in its place, and what of its pattern comes after the literal beginning. */
interface PlacedRule extends RouteRule {
  readonly index: number;
  readonly rest: string;
}

/**
 * Compiles the rules once, so that a request is compared with those only whose literal beginning it has,
 * however many others there are. `fallback` is for requests that no rule matches.
 */
export function compileRoutes(rules: readonly RouteRule[], fallback: Route): MatchRoute {
  const byPrefix = new Map<string, PlacedRule[]>();
  for (const [index, rule] of rules.entries()) {
    const prefix = literalPrefix(rule.path);
    const placed = { ...rule, index, rest: rule.path.slice(prefix.length) };
    const same = byPrefix.get(prefix);
    if (same === undefined) byPrefix.set(prefix, [placed]);
    else same.push(placed);
  }
  const lengths = [...new Set([...byPrefix.keys()].map((prefix) => prefix.length))].sort((a, b) => a - b);

  return (method, rawPath) => {
    const path = matchablePath(rawPath);
    let first: PlacedRule | undefined;
    for (const length of lengths) {
      if (length > path.length) break;
      for (const rule of byPrefix.get(path.slice(0, length)) ?? []) {
        if (first !== undefined && rule.index >= first.index) break;
        if (rule.methods !== undefined && !rule.methods.has(method)) continue;
        // What most patterns end in needs no comparison.
        if (rule.rest === '*' || matchesPattern(rule.rest, path.slice(length))) first = rule;
      }
    }
    return first?.route ?? fallback;
  };
}
