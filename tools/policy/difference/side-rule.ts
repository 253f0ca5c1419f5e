import type { RouteRule } from '../../../lambda/core/routes/match.ts';
import type { Route, TakenRoute } from '../../../lambda/core/routes/route.ts';

/** A rule of the policy, or one that stands for what becomes of messages at MCP routes that none of them takes. */
export interface SideRule extends RouteRule {
  /** Undefined for a rule of the policy and for what no route matches. */
  readonly refuses?: Refused;
  /** How requests take it, where its route alone does not say it. */
  readonly taken?: TakenRoute;
}

/** Clear messages that no route is for, and bodies in which no clear message is. */
export type Refused = 'unmatched' | 'unclear';

/** What stands for all paths. */
export const ALL = { named: '/*', exact: ['/*'], folded: ['/*'] } as const;

/** Whether a rule is that of the requests that no route matches. */
export const isFallback = ({ route }: RouteRule): boolean => route.path === undefined;

/** Whether a rule is one that the policy has written. */
export const isWritten = (rule: SideRule): boolean => rule.refuses === undefined && !isFallback(rule);

/** What a rule for MCP messages and those after it refuse of its paths: it lets nobody through unless it only reports. */
export const refusing = (rule: RouteRule, refuses: Refused, rest: readonly Route[] = []): SideRule => ({
  ...rule,
  refuses,
  route: { ...rule.route, ...NOTHING_ASKED, missing: true, mcp: undefined },
  taken: { ...rule.route, candidates: [rule.route, ...rest] },
});

/** What is refused whatever it has is asked for nothing. */
const NOTHING_ASKED = {
  scopes: { all: [] },
  claims: [],
  authentication: undefined,
  headers: [],
} satisfies Partial<Route>;
