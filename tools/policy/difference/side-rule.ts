import type { RouteRule } from '../../../lambda/core/routes/match.ts';
import type { Route, TakenRoute } from '../../../lambda/core/routes/route.ts';

/** A rule of the policy, or one that stands for the MCP messages that no MCP route of their path matches. */
export interface SideRule extends RouteRule {
  /** Undefined for a rule of the policy, and for the rule for requests that match no route. */
  readonly refuses?: Refused;
  /** How requests match it, if its route alone does not say so. */
  readonly taken?: TakenRoute;
}

/** Clear messages without a route, and bodies without a clear message. */
export type Refused = 'unmatched' | 'unclear';

/** The pattern for all paths. */
export const ALL = { named: '/*', exact: ['/*'], folded: ['/*'] } as const;

/** Whether a rule is the one for requests that match no route. */
export const isFallback = ({ route }: RouteRule): boolean => route.path === undefined;

/** Whether a rule is written in the policy. */
export const isWritten = (rule: SideRule): boolean => rule.refuses === undefined && !isFallback(rule);

/** Whether an MCP message decides on it. */
export const isMcp = ({ route }: RouteRule): boolean => route.mcp !== undefined;

/** What an MCP rule and those after it reject on their paths, as a rule that lets nobody through unless it only reports. */
export const refusing = (rule: RouteRule, refuses: Refused, rest: readonly Route[] = []): SideRule => ({
  ...rule,
  refuses,
  route: { ...rule.route, ...NOTHING_ASKED, missing: true, mcp: undefined },
  taken: { ...rule.route, candidates: [rule.route, ...rest] },
});

/** Nothing is required of a request that is rejected in any case. */
const NOTHING_ASKED = {
  scopes: { all: [] },
  claims: [],
  authentication: undefined,
  headers: [],
} satisfies Partial<Route>;
