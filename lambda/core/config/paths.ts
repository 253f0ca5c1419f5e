import { compilePathJudge, type JudgePath } from '../paths/judge-path.ts';
import { STEPS, type Step } from '../paths/steps.ts';
import { hiddenRoutes } from '../routes/hidden-routes.ts';
import type { RouteRule } from '../routes/match.ts';
import type { Route } from '../routes/route.ts';
import type { PolicyDocument } from './policy-schema.ts';
import type { Problems } from './problems.ts';
import { NO_ISSUER } from './providers.ts';

/** The steps by which some server behind the function may read a path. */
export function stepsOf({ paths }: PolicyDocument): readonly Step[] {
  const kept = paths?.readings;
  return kept === undefined ? STEPS : STEPS.filter(({ name }) => kept.includes(name));
}

/** The rule of paths for these routes; what is wrong with the routes taken together is a problem. */
export function parsePaths(
  policy: PolicyDocument,
  rules: readonly RouteRule[],
  fallback: Route,
  problems: Problems,
): JudgePath {
  if (policy.paths?.readings?.includes('decode') === false) {
    problems.add('policy', 'paths.readings: must have "decode", which every server does');
  }
  for (const { rule, by } of hiddenRoutes(rules)) {
    const verbs = by.length === 1 ? 'comes first and matches' : 'come first and match';
    problems.add(
      'policy',
      `${placeOf(rule)}: no request can take it: ${by.map(namedPlaceOf).join(' and ')} ${verbs} everything it does, ` +
        'ignoring case and escapes; put this route first, or remove it',
    );
  }
  const stripping = [...rules.map(({ route }) => route), fallback].some((route) => route.stripPrefix !== '');
  if (policy.unmatched === 'authenticate' && fallback.missing) {
    problems.add(
      'policy',
      `unmatched: cannot be "authenticate", because "issuer" is "${NO_ISSUER}" and so there is no default provider: remove it`,
    );
  }
  if (stripping && !fallback.missing) {
    problems.add(
      'policy',
      'stripPrefix: needs "unmatched": "deny", because the upstream may have more than the routes name',
    );
  }
  return compilePathJudge({ rules, fallback, steps: stepsOf(policy) });
}

const placeOf = ({ index }: RouteRule): string => `routes.${index}`;
const namedPlaceOf = (rule: RouteRule): string => `${placeOf(rule)} (${rule.route.path})`;
