import { compilePathJudge, type JudgePath } from '../paths/judge-path.ts';
import { STEPS, type Step } from '../paths/steps.ts';
import { hiddenRoutes } from '../routes/hidden-routes.ts';
import type { RouteRule } from '../routes/match.ts';
import type { DefaultProvider } from './default-provider.ts';
import { candidateProblems } from './mcp-routes.ts';
import type { Problems } from './problems.ts';
import { NO_ISSUER } from './providers.ts';
import { fallbackRoute } from './routes.ts';
import type { SoundPolicy } from './sound-policy.ts';

/** The steps by which some server behind the function may read a path; at least these, where not all is known. */
export function stepsOf({ document, isWhole }: SoundPolicy): readonly Step[] {
  const kept = document.paths?.readings ?? (isWhole('paths') ? undefined : ['decode']);
  return kept === undefined ? STEPS : STEPS.filter(({ name }) => kept.some((one) => one === name));
}

/** The rule of paths for these routes; what is wrong with the routes taken together is a problem. */
export function parsePaths(
  sound: SoundPolicy,
  rules: readonly RouteRule[],
  defaultProvider: DefaultProvider,
  problems: Problems,
): JudgePath {
  const policy = sound.document;
  const fallback = fallbackRoute(defaultProvider, policy);
  if (policy.paths?.readings?.includes('decode') === false) {
    problems.add('policy', 'paths.readings: must have "decode", which every server does');
  }
  for (const { rule, by } of hiddenRoutes(rules.filter(isWholeIn(sound)))) {
    const verbs = by.length === 1 ? 'comes first and matches' : 'come first and match';
    problems.add(
      'policy',
      `${placeOf(rule)}: no request can take it: ${by.map(namedPlaceOf).join(' and ')} ${verbs} everything it does, ` +
        'ignoring case and escapes; put this route first, or remove it',
    );
  }
  const isKnown = problems.list.length === 0 && defaultProvider !== 'unknown';
  for (const message of candidateProblems(rules, sound, isKnown && !fallback.missing)) {
    problems.add('policy', message);
  }
  const stripping = [...rules.map(({ route }) => route), fallback].some((route) => route.stripPrefix !== '');
  if (policy.unmatched === 'authenticate' && defaultProvider === 'none') {
    problems.add(
      'policy',
      `unmatched: cannot be "authenticate", because "issuer" is "${NO_ISSUER}" and so there is no default provider: remove it`,
    );
  }
  if (stripping && !fallback.missing && defaultProvider !== 'unknown' && sound.isWhole('unmatched')) {
    problems.add(
      'policy',
      'stripPrefix: needs "unmatched": "deny", because the upstream may have more than the routes name',
    );
  }
  return compilePathJudge({ rules, fallback, steps: stepsOf(sound) });
}

/** Whether all is known of what a rule covers, so that others can be measured by it. */
const isWholeIn =
  ({ isWhole, routes }: SoundPolicy) =>
  ({ index }: RouteRule): boolean =>
    isWhole('routes', index) &&
    (isWhole('mode') || routes.find((route) => route.index === index)?.document.mode !== undefined);

const placeOf = ({ index }: RouteRule): string => `routes.${index}`;
const namedPlaceOf = (rule: RouteRule): string => `${placeOf(rule)} (${rule.route.path})`;
