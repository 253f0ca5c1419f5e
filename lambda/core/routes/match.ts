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

/** One character of the literal prefixes, and the rules whose prefix ends here, with their places. */
interface Node {
  readonly next: Map<string, Node>;
  readonly rules: { readonly index: number; readonly rule: RouteRule }[];
}

/**
 * Compiles the rules once, so that a request is compared with those only whose literal beginning it has,
 * however many others there are. `fallback` is for requests that no rule matches.
 */
export function compileRoutes(rules: readonly RouteRule[], fallback: Route): MatchRoute {
  if (rules.length === 0) return () => fallback;
  const root = newNode();
  for (const [index, rule] of rules.entries()) {
    let node = root;
    for (const character of literalPrefix(rule.path)) {
      let child = node.next.get(character);
      if (child === undefined) {
        child = newNode();
        node.next.set(character, child);
      }
      node = child;
    }
    node.rules.push({ index, rule });
  }

  return (method, rawPath) => {
    const path = matchablePath(rawPath);
    let first = Number.POSITIVE_INFINITY;
    let route = fallback;
    let node: Node | undefined = root;
    for (let i = 0; node !== undefined; i++) {
      for (const { index, rule } of node.rules) {
        if (index >= first) break;
        if ((rule.methods === undefined || rule.methods.has(method)) && matchesPattern(rule.path, path)) {
          first = index;
          route = rule.route;
        }
      }
      node = i < path.length ? node.next.get(path.charAt(i)) : undefined;
    }
    return route;
  };
}

const newNode = (): Node => ({ next: new Map(), rules: [] });
