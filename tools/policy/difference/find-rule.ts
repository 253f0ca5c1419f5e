import type { McpMessage } from '../../../lambda/core/mcp/mcp-message.ts';
import { compileRoutes, type MatchRoute, type RouteRule } from '../../../lambda/core/routes/match.ts';
import type { Route } from '../../../lambda/core/routes/route.ts';
import { pathsKey, type Rules } from './rule-pairs.ts';
import { ALL, refusing, type SideRule } from './side-rule.ts';

/**
 * The rule for a path in its normal spelling, with an MCP message if there is one; undefined if a message decides and there is
 * none.
 */
export type FindRule = (method: string, path: string, message?: McpMessage) => SideRule | undefined;

export interface RuleList extends Rules {
  readonly ruleOf: FindRule;
}

/** The rules for requests whose MCP message, if they need one, is clear, and those for POSTs without a clear message. */
export function ruleListsOf(
  routes: readonly RouteRule[],
  fallback: Route,
): { readonly clear: RuleList; readonly unclear: RuleList } {
  const match = compileRoutes(routes, 'exact', fallback);
  const firsts = firstMcpRules(routes);
  const last = { index: 0, patterns: ALL, methods: undefined, route: fallback };
  const unmatched = fallback.missing ? firsts.map((rule) => refusing(rule, 'unmatched', [fallback])) : [];
  const others = routes.filter(({ route }) => route.mcp === undefined);
  const unclear = firsts.map((rule) => refusing(rule, 'unclear'));
  const inOrder = [...others, ...unclear].sort((a, b) => a.index - b.index);
  const clearRules = numbered([...routes, ...unmatched, last]);
  const unclearRules = numbered([...inOrder, last]);
  return {
    clear: { rules: clearRules, ruleOf: clearFinder(clearRules, match) },
    unclear: { rules: unclearRules, ruleOf: unclearFinder(unclearRules, routes, match) },
  };
}

const numbered = (rules: readonly SideRule[]): readonly SideRule[] =>
  rules.map((rule, index) => ({ ...rule, index }));

/** The first of the rules for MCP messages at the same paths. All of these ask for the same identity. */
function firstMcpRules(routes: readonly RouteRule[]): readonly RouteRule[] {
  const seen = new Set<string>();
  return routes.filter((rule) => {
    if (rule.route.mcp === undefined || seen.has(pathsKey(rule))) return false;
    seen.add(pathsKey(rule));
    return true;
  });
}

function clearFinder(rules: readonly SideRule[], match: MatchRoute): FindRule {
  const { byRoute, refusingAt } = indexOf(rules);
  return (method, path, message) => {
    const taken = match(method, path);
    const { candidates } = taken;
    if (candidates === undefined) return byRoute.get(taken);
    if (message === undefined) return undefined;
    const route = candidates.find(({ mcp }) => mcp === undefined || mcp.matches(message));
    if (route !== undefined && !route.missing) return byRoute.get(route);
    const first = byRoute.get(candidates[0]);
    return first && refusingAt.get(pathsKey(first));
  };
}

function unclearFinder(
  rules: readonly SideRule[],
  routes: readonly RouteRule[],
  match: MatchRoute,
): FindRule {
  const { byRoute, refusingAt } = indexOf(rules);
  const placed = new Map(routes.map((rule) => [rule.route, rule]));
  return (method, path) => {
    const taken = match(method, path);
    const first = taken.candidates && placed.get(taken.candidates[0]);
    return first ? refusingAt.get(pathsKey(first)) : byRoute.get(taken);
  };
}

function indexOf(rules: readonly SideRule[]) {
  const isRefusing = ({ refuses }: SideRule) => refuses !== undefined;
  return {
    byRoute: new Map(rules.filter((rule) => !isRefusing(rule)).map((rule) => [rule.route, rule])),
    refusingAt: new Map(rules.filter(isRefusing).map((rule) => [pathsKey(rule), rule])),
  };
}
