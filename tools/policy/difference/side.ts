import type { Config } from '../../../lambda/core/config/config.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import { stepsOf } from '../../../lambda/core/config/paths.ts';
import type { PolicyDocument } from '../../../lambda/core/config/policy-schema.ts';
import type { Problem } from '../../../lambda/core/config/problems.ts';
import { createProblems } from '../../../lambda/core/config/problems.ts';
import type { ParameterValues } from '../../../lambda/core/config/read-parameter.ts';
import { parseResources, type Resources } from '../../../lambda/core/config/resources.ts';
import { fallbackRoute } from '../../../lambda/core/config/routes.ts';
import { wholePolicy } from '../../../lambda/core/config/sound-policy.ts';
import { compilePathJudge, type JudgePath } from '../../../lambda/core/paths/judge-path.ts';
import type { Step } from '../../../lambda/core/paths/steps.ts';
import { DEFAULT_PROVIDER } from '../../../lambda/core/provider.ts';
import { rulesOf } from '../../check-config/route-names.ts';
import { policyDocumentOf } from '../../policy-document.ts';
import { type RuleList, ruleListsOf } from './find-rule.ts';

/**
 * One of the two configurations, taken apart as far as the comparison needs it. Its rules are the routes in their order, then
 * rules for MCP messages without a route, and last the rule for requests that match none of these.
 */
export interface Side extends RuleList {
  readonly config: Config;
  readonly policy: PolicyDocument;
  /** The same for POSTs without a clear MCP message, which get no further than the first MCP route of their path. */
  readonly unclear: RuleList;
  readonly resources: Resources;
  /** Includes protected resource metadata. Returns the route objects of `rules` themselves; those of `config` are only equal to them. */
  readonly judgePath: JudgePath;
  readonly steps: readonly Step[];
}

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
  const sound = wholePolicy(policy);
  const steps = stepsOf(sound);
  const context = { sound, steps, rules: routes, areAllKnown: true, fallback };
  const resources = parseResources(context, createProblems()) ?? { rules: [], documents: [] };
  const { clear, unclear } = ruleListsOf(routes, fallback);
  return {
    config,
    policy,
    ...clear,
    unclear,
    resources,
    judgePath: compilePathJudge({
      rules: [...resources.documents.map(({ rule }) => rule), ...routes],
      fallback,
      steps,
      ...(resources.rules.length > 0 && { resources: resources.rules }),
    }),
    steps,
  };
}
