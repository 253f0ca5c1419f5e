import { decodeEscapes } from '../paths/spelling.ts';
import { compilePattern, literalPrefix, type MatchText } from './pattern.ts';
import { isOpen, type Route, type TakenRoute } from './route.ts';

/** A route with its conditions. */
export interface RouteRule {
  /** Its place in the policy, from 0. */
  readonly index: number;
  readonly patterns: Patterns;
  /** Undefined for any method. */
  readonly methods: ReadonlySet<string> | undefined;
  readonly route: Route;
}

/** The patterns that a route's path stands for. A path matches if any of a list does. */
export interface Patterns {
  /** The policy's path in its one spelling. */
  readonly named: string;
  /** The same with its escapes, and with the escapes decoded. */
  readonly exact: readonly string[];
  /** The same folded, for folded paths; empty if no path is folded. */
  readonly folded: readonly string[];
}

/** Whether both lists match the same paths among those that folding does not change. */
export const isOwnFold = ({ exact, folded }: Patterns): boolean =>
  folded.length === exact.length && folded.every((pattern) => exact.includes(pattern));

/**
 * The patterns that the last reading of every path matches, since every server decodes. A path may match only these, and
 * not the patterns with escapes: `/a/b` matches `/a%2Fb`.
 */
export const decoded = (patterns: readonly string[]): readonly string[] =>
  patterns.filter((pattern) => decodeEscapes(pattern) === pattern);

/**
 * Whether a rule opens only exactly the paths that it names, with regard to a slash at the end. A rule that is
 * written with the slash names both forms.
 */
export const opensExactly = ({ route, patterns }: Pick<RouteRule, 'route' | 'patterns'>): boolean =>
  isOpen(route) && !patterns.named.endsWith('/');

/** Finds the first route, in the policy's order, that matches a request by its method and its spelled path. */
export type MatchRoute = (method: string, path: string) => TakenRoute;

/** A rule with its place, and a matcher for the rest of a path after the literal beginning of one of its patterns. */
interface PlacedRule extends Omit<RouteRule, 'patterns'> {
  readonly matchesRest: MatchText;
  readonly open: boolean;
}

/** The rest of a pattern that matches everything below a path and, unless the route is open, the path itself. */
const BELOW = '/*';

/**
 * Compiles the rules once, so that a request is compared only with rules that begin like its path, however many
 * others there are. `fallback` is for requests that no rule matches.
 */
export function compileRoutes(
  rules: readonly RouteRule[],
  spelling: 'exact' | 'folded',
  fallback: Route,
): MatchRoute {
  const byPrefix = new Map<string, PlacedRule[]>();
  for (const { index, methods, route, patterns } of rules) {
    const open = opensExactly({ route, patterns });
    for (const [prefix, rest] of patterns[spelling].flatMap((pattern) => partsOf(pattern, open))) {
      const placed = { index, methods, route, matchesRest: compileRest(rest, open), open };
      const same = byPrefix.get(prefix);
      if (same === undefined) byPrefix.set(prefix, [placed]);
      else same.push(placed);
    }
  }
  const lengths = [...new Set([...byPrefix.keys()].map((prefix) => prefix.length))].sort((a, b) => a - b);

  /** The first rule that matches and has this index or a later one. Rules of documents have negative indexes. */
  function find(method: string, path: string, from: number): PlacedRule | undefined {
    const barePath = withoutLastSlash(path);
    let first: PlacedRule | undefined;
    for (const length of lengths) {
      if (length > path.length) break;
      for (const rule of byPrefix.get(path.slice(0, length)) ?? []) {
        if (first !== undefined && rule.index >= first.index) break;
        if (rule.index < from) continue;
        if (rule.methods !== undefined && !rule.methods.has(method)) continue;
        if (length > barePath.length || !rule.matchesRest(barePath, length)) continue;
        // An open route opens only what it names, so the slash must match too: another handler may serve the path
        // with the slash.
        if (rule.open && path !== barePath && !rule.matchesRest(path, length)) continue;
        first = rule;
      }
    }
    return first;
  }

  function withCandidates(first: PlacedRule, method: string, path: string): TakenRoute {
    const candidates: [Route, ...Route[]] = [first.route];
    let last: PlacedRule | undefined = first;
    while (last?.route.mcp !== undefined) {
      last = find(method, path, last.index + 1);
      candidates.push(last?.route ?? fallback);
    }
    return { ...first.route, candidates };
  }

  return (method, path) => {
    const first = find(method, path, Number.NEGATIVE_INFINITY);
    if (first === undefined) return fallback;
    return first.route.mcp === undefined ? first.route : withCandidates(first, method, path);
  };
}

/**
 * Splits a pattern into its literal beginning and the rest, as they are compared with paths; some patterns make two
 * such pairs.
 */
function partsOf(pattern: string, open: boolean): [prefix: string, rest: string][] {
  const prefix = literalPrefix(pattern);
  if (pattern === `${prefix}*` && prefix.endsWith('/')) return [[prefix.slice(0, -1), BELOW]];
  return (open ? [pattern] : bare(pattern)).map((part) => {
    const literal = literalPrefix(part);
    return [literal, part.slice(literal.length)];
  });
}

/** The usual endings of patterns need no comparison. */
function compileRest(rest: string, open: boolean): MatchText {
  if (rest === BELOW) return (text, at) => text.charAt(at) === '/' || (text.length === at && !open);
  return rest === '*' ? () => true : compilePattern(rest);
}

/** Slashes at the end of a path do not decide its route. */
export function withoutLastSlash(path: string): string {
  let end = path.length;
  while (end > 1 && path.charAt(end - 1) === '/') end -= 1;
  return end === path.length ? path : path.slice(0, end);
}

/**
 * The patterns of what is left when a slash at the end is removed from the paths that a pattern matches. What is below
 * an empty segment, as in `/x//*`, is not below `/x`.
 */
export function bare(pattern: string): readonly string[] {
  if (!pattern.endsWith(BELOW)) return [withoutLastSlash(pattern)];
  return pattern.endsWith(`/${BELOW}`) ? [pattern] : [pattern, withoutLastSlash(pattern.slice(0, -1))];
}

/** The part of a pattern that an open route matches: `/x/*` does not cover `/x/`, which is `/x`. */
export const openPart = (pattern: string): string => pattern.replace(/(?<=.)\/\*$/, '/?*');

/**
 * What a strict rule matches by one of its bare patterns: paths, none of which ends in a slash, and the same paths with
 * any number of slashes. An open rule matches all of that only if it names all of these.
 */
export function withAndWithoutSlash(barePattern: string): string[] {
  const part = openPart(barePattern);
  return part.endsWith('*') ? [part] : [part, `${part}/*`];
}
