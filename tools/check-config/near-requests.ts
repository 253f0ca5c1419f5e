import type { Config } from '../../lambda/core/config/config.ts';
import type { PolicyDocument, RouteDocument } from '../../lambda/core/config/policy-schema.ts';
import { ofPolicy, type Warning } from '../../lambda/core/config/warning.ts';
import { isPathProblem } from '../../lambda/core/paths/judge-path.ts';
import { DEFAULT_PROVIDER } from '../../lambda/core/provider.ts';
import type { RouteRule } from '../../lambda/core/routes/match.ts';
import { isOpen, type Route } from '../../lambda/core/routes/route.ts';
import { listed } from '../explain/format.ts';
import { placedName, rulesOf } from './route-names.ts';

/**
 * Requests that just miss a guarding route and pass with less: by another method, by a path
 * beside its own or below it, or by a path in different case. The guard was most likely meant for them too.
 */
export function nearRequestWarnings(policy: PolicyDocument, config: Config): Warning[] {
  const { routes = [] } = policy;
  const rules = rulesOf(policy, config.providers);
  return [
    ...unmatchedForLess(policy, rules),
    ...rules.flatMap((rule) => {
      const document = routes[rule.index];
      if (document === undefined || isOpen(rule.route)) return [];
      const near: Near = { rule, name: placedName(document, rule.index), document, routes, config };
      return [...otherMethods(near), ...pathsBeside(near)];
    }),
    ...otherCase(routes),
  ];
}

interface Near {
  readonly rule: RouteRule;
  readonly name: string;
  readonly document: RouteDocument;
  readonly routes: readonly RouteDocument[];
  readonly config: Config;
}

/** How much a route requires: nothing, any token of its providers, or also scopes, claims and logins. */
export function demandsOf(route: Route): number {
  const { scopes, claims, authentication, missing } = route;
  if (missing) return Number.POSITIVE_INFINITY;
  if (isOpen(route)) return 0;
  const wanted = 'all' in scopes ? scopes.all : scopes.any;
  const rules = [wanted.length > 0, claims.length > 0, authentication !== undefined];
  return 1 + rules.filter(Boolean).length;
}

/** Which route a request matches; undefined if none or if it is rejected. */
function routeTaken({ config, rule, routes }: Near, method: string, path: string) {
  const judged = config.judgePath(method, path);
  if (isPathProblem(judged) || judged.missing || judged.path === undefined) return undefined;
  // Compared by content, because the rules here are not the same objects as in the configuration.
  const index = routes.findIndex((route, at) => {
    if (route.path !== judged.path || at === rule.index) return false;
    if (route.mcp !== undefined && method !== 'POST') return false;
    return route.methods === undefined || route.methods.includes(method === 'HEAD' ? 'GET' : method);
  });
  const document = routes[index];
  return document === undefined ? undefined : { route: judged, document, index };
}

/** A path that a pattern matches. */
export const exampleOf = (pattern: string): string => pattern.replace(/[*?]/g, 'x');

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Methods that fall to a route for all methods. A route that lists its methods most likely takes them on purpose. */
function otherMethods(near: Near): Warning[] {
  const { rule, name, document } = near;
  const { methods } = rule;
  if (methods === undefined) return [];
  const weaker = METHODS.filter((method) => !methods.has(method)).flatMap((method) => {
    const taken = routeTaken(near, method, exampleOf(document.path));
    const asksLess =
      taken !== undefined &&
      taken.document.methods === undefined &&
      demandsOf(taken.route) < demandsOf(rule.route);
    return asksLess ? [{ method, by: placedName(taken.document, taken.index) }] : [];
  });
  const [first] = weaker;
  if (first === undefined) return [];
  const others = weaker.filter(({ by }) => by === first.by).map(({ method }) => method);
  return [
    ofPolicy(
      'method-for-less',
      `${name} guards only its methods: on the same path ${listed(others)} ${others.length === 1 ? 'goes' : 'go'} to ${first.by}, which asks for less: give that route the scopes and claims it needs, or list its "methods" if this is intended`,
    ),
  ];
}

/** Nearby paths that are open, because an open route is wider than the guarded one. */
function pathsBeside(near: Near): Warning[] {
  const { rule, name, document } = near;
  const [method = 'GET'] = rule.methods ?? [];
  for (const path of pathsNear(document.path)) {
    const taken = routeTaken(near, method, path);
    if (taken === undefined || !isOpen(taken.route) || demandsOf(rule.route) === 0) continue;
    const by = placedName(taken.document, taken.index);
    return [
      ofPolicy(
        'path-for-less',
        `${name} guards only this path: ${path} goes to ${by}, which is open: narrow the open route to the paths that are meant to be open`,
      ),
    ];
  }
  return [];
}

/** Paths with a longer or shorter last word than the pattern's, and a path below one without a wildcard. */
function pathsNear(pattern: string): string[] {
  const named = /^(.*\/[^/*?]+)(\/\*)?$/.exec(pattern);
  if (named === null) return [];
  const [, guarded = '', below] = named;
  const path = exampleOf(guarded);
  const shorter = /[^/]{3,}$/.test(path) ? [path.slice(0, -1)] : [];
  return [...(below === undefined ? [`${path}/x`] : []), `${path}-x`, ...shorter];
}

/** If a route requires more than any token, a path that just misses it should not pass with less. */
function unmatchedForLess(policy: PolicyDocument, rules: readonly RouteRule[]): Warning[] {
  const strict = rules.find(({ route }) => isStricterThanDefault(route));
  const document = policy.routes?.[strict?.index ?? -1];
  if (policy.unmatched !== undefined || strict === undefined || document === undefined) return [];
  return [
    ofPolicy(
      'unmatched-for-less',
      `${placedName(document, strict.index)} asks for more than a token of the default provider, ` +
        `but that is enough for a request whose ${strict.route.mcp === undefined ? 'path or method' : 'path, method or MCP message'} matches no route: "unmatched": "deny" rejects those`,
    ),
  ];
}

const isStricterThanDefault = (route: Route): boolean =>
  demandsOf(route) > 1 || (!isOpen(route) && route.providers.every(({ name }) => name !== DEFAULT_PROVIDER));

/** Routes that differ only in case, so that a person takes them for one. */
const otherCase = (routes: readonly RouteDocument[]): Warning[] =>
  routes.flatMap((route, index) => {
    const first = routes.findIndex(
      ({ path }) => path !== route.path && path.toLowerCase() === route.path.toLowerCase(),
    );
    const other = routes[first];
    if (other === undefined || first >= index) return [];
    return ofPolicy(
      'path-case',
      `${placedName(route, index)} and ${placedName(other, first)} differ only in upper and lower case: spell both the same`,
    );
  });
