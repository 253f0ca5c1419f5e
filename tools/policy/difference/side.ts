import type { Config } from '../../../lambda/core/config/config.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import { stepsOf } from '../../../lambda/core/config/paths.ts';
import type { PolicyDocument } from '../../../lambda/core/config/policy-schema.ts';
import type { Problem } from '../../../lambda/core/config/problems.ts';
import type { ParameterValues } from '../../../lambda/core/config/read-parameter.ts';
import { fallbackRoute } from '../../../lambda/core/config/routes.ts';
import { wholePolicy } from '../../../lambda/core/config/sound-policy.ts';
import { compilePathJudge, type JudgePath } from '../../../lambda/core/paths/judge-path.ts';
import type { Step } from '../../../lambda/core/paths/steps.ts';
import { DEFAULT_PROVIDER } from '../../../lambda/core/provider.ts';
import { compileRoutes, type MatchRoute, type RouteRule } from '../../../lambda/core/routes/match.ts';
import { rulesOf } from '../../check-config/route-names.ts';
import { policyDocumentOf } from '../../policy-document.ts';

/** One of the two configurations, taken apart as far as the comparison needs it. */
export interface Side {
  readonly config: Config;
  readonly policy: PolicyDocument;
  /** The routes in their order, and at the end one for the requests that none of them matches. */
  readonly rules: readonly RouteRule[];
  /** The rule that a path in its one spelling takes. */
  readonly ruleOf: (method: string, path: string) => RouteRule;
  /** The routes that it gives are those of `rules`, which those of `config` only equal. */
  readonly judgePath: JudgePath;
  readonly steps: readonly Step[];
}

/** What stands for all paths. */
export const ALL = { named: '/*', exact: ['/*'], folded: ['/*'] } as const;

/** Whether a rule is that of the requests that no route matches. */
export const isFallback = ({ route }: RouteRule): boolean => route.path === undefined;

/** Parses the parameters as the function does. */
export async function sideOf(
  values: ParameterValues,
): Promise<Side | { readonly problems: readonly Problem[] }> {
  const parsed = await parseConfig(values, 'as given');
  if ('problems' in parsed) return parsed;
  const { config } = parsed;
  const policy = policyDocumentOf(values);
  const routes = rulesOf(policy, config.providers);
  const provider = config.providers.find(({ name }) => name === DEFAULT_PROVIDER) ?? 'none';
  const fallback = fallbackRoute(provider, policy);
  const steps = stepsOf(wholePolicy(policy));
  const rules = [...routes, { index: routes.length, patterns: ALL, methods: undefined, route: fallback }];
  return {
    config,
    policy,
    rules,
    ruleOf: ruleFinder(rules, compileRoutes(routes, 'exact', fallback)),
    judgePath: compilePathJudge({ rules: routes, fallback, steps }),
    steps,
  };
}

function ruleFinder(rules: readonly RouteRule[], match: MatchRoute): Side['ruleOf'] {
  const byRoute = new Map(rules.map((rule) => [rule.route, rule]));
  return (method, path) => byRoute.get(match(method, path)) as RouteRule;
}
