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

/** What a route's path stands for, any one of each list. */
export interface Patterns {
  /** The path of the policy in its one spelling. */
  readonly named: string;
  /** The same with its escapes, and with them decoded. */
  readonly exact: readonly string[];
  /** These folded, for paths that are; empty where none is. */
  readonly folded: readonly string[];
}

/** Whether a path that is its own fold is matched alike by both lists. */
export const isOwnFold = ({ exact, folded }: Patterns): boolean =>
  folded.length === exact.length && folded.every((pattern) => exact.includes(pattern));

/**
 * Whether a rule opens only what it names both with a slash at the end and without. One that is written with the slash
 * names both.
 */
export const opensExactly = ({ route, patterns }: Pick<RouteRule, 'route' | 'patterns'>): boolean =>
  isOpen(route) && !patterns.named.endsWith('/');

/** The first route, in the policy's order, that matches a request by its method and a spelled path. */
export type MatchRoute = (method: string, path: string) => TakenRoute;

/** A rule in its place, and whether a path matches what one of its patterns has after the literal beginning. */
interface PlacedRule extends Omit<RouteRule, 'patterns'> {
  readonly matchesRest: MatchText;
  readonly open: boolean;
}

/** What is left of a pattern for all below a path, and for the path itself unless the route is open. */
const BELOW = '/*';

/**
 * Compiles the rules once, so that a request is compared with those only whose literal beginning it has,
 * however many others there are. `fallback` is for requests that no rule matches.
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

  /** The first rule that matches and has this index or a later one. Those of documents have negative ones. */
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
        // An open route opens nothing that it does not name, and no handler that ignores the slash.
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

/** The literal beginning of a pattern and what comes after it, as it is compared with paths; it may take two. */
function partsOf(pattern: string, open: boolean): [prefix: string, rest: string][] {
  const prefix = literalPrefix(pattern);
  if (pattern === `${prefix}*` && prefix.endsWith('/')) return [[prefix.slice(0, -1), BELOW]];
  return (open ? [pattern] : bare(pattern)).map((part) => {
    const literal = literalPrefix(part);
    return [literal, part.slice(literal.length)];
  });
}

/** What most patterns end in needs no comparison. */
function compileRest(rest: string, open: boolean): MatchText {
  if (rest === BELOW) return (text, at) => text.charAt(at) === '/' || (text.length === at && !open);
  return rest === '*' ? () => true : compilePattern(rest);
}

/** Of a path's slashes at the end none decides its route. */
export function withoutLastSlash(path: string): string {
  let end = path.length;
  while (end > 1 && path.charAt(end - 1) === '/') end -= 1;
  return end === path.length ? path : path.slice(0, end);
}

/** The patterns that match, of the paths that a pattern matches, what is left without a slash at the end. */
export const bare = (pattern: string): readonly string[] =>
  pattern.endsWith(BELOW) ? [pattern, withoutLastSlash(pattern.slice(0, -1))] : [withoutLastSlash(pattern)];

/** What an open route has of a pattern: of `/x/*` it has not `/x/`, which is `/x`. */
export const openPart = (pattern: string): string => pattern.replace(/(?<=.)\/\*$/, '/?*');
