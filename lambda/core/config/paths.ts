import { compilePathJudge, type JudgePath } from '../paths/judge-path.ts';
import { STEPS, type Step } from '../paths/steps.ts';
import { hiddenRoutes } from '../routes/hidden-routes.ts';
import type { RouteRule } from '../routes/match.ts';
import type { Route } from '../routes/route.ts';
import type { Access } from './config.ts';
import type { DefaultProvider } from './default-provider.ts';
import { candidateProblems } from './mcp-routes.ts';
import type { Problems } from './problems.ts';
import { NO_ISSUER } from './providers.ts';
import type { Resources } from './resources.ts';
import type { SoundPolicy } from './sound-policy.ts';

/**
 * The steps that some server behind the function may take to read a path. If part of the policy is unknown, there may
 * be others.
 */
export function stepsOf({ document, isWhole }: SoundPolicy): readonly Step[] {
  const kept = document.paths?.readings ?? (isWhole('paths') ? undefined : ['decode']);
  return kept === undefined ? STEPS : STEPS.filter(({ name }) => kept.some((one) => one === name));
}

/** The routes and resources that paths are judged by. */
interface JudgedRoutes {
  readonly rules: readonly RouteRule[];
  /** The route of requests that no rule matches. */
  readonly fallback: Route;
  readonly resources: Resources | undefined;
}

/** Makes the judge of paths for these routes. Conflicts among the routes are problems. */
export function parsePaths(
  sound: SoundPolicy,
  { rules, fallback, resources }: JudgedRoutes,
  defaultProvider: DefaultProvider,
  problems: Problems,
): Pick<Access, 'judgePath' | 'judgePathWithDocuments'> {
  const policy = sound.document;
  const documents = resources?.documents ?? [];
  if (policy.paths?.readings?.includes('decode') === false) {
    problems.add('policy', 'paths.readings: must include "decode", because every server decodes');
  }
  const placeOf = (rule: RouteRule): string =>
    documents.find((document) => document.rule === rule)?.place ?? `routes.${rule.index}`;
  const all = [...documents.map(({ rule }) => rule), ...rules.filter(isWholeIn(sound))];
  for (const { rule, by } of hiddenRoutes(all)) {
    if (isDocument(rule)) {
      problems.add(
        'policy',
        `${placeOf(rule)}.resource: its document would be at ${rule.route.path}, where the document of ${by.map(placeOf).join(' and ')} already is: give each resource a path of its own`,
      );
      continue;
    }
    const verbs = by.length === 1 ? 'comes first and matches' : 'come first and match';
    problems.add(
      'policy',
      `${placeOf(rule)}: no request can reach it: ${by.map((one) => `${placeOf(one)} (${one.route.path})`).join(' and ')} ${verbs} everything it does, ` +
        `ignoring case and escapes; ${by.some(isDocument) ? 'remove it' : 'put this route first, or remove it'}`,
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
      'stripPrefix: needs "unmatched": "deny", because the upstream may serve more than the routes name',
    );
  }
  const steps = stepsOf(sound);
  const judgeOf = (some: readonly RouteRule[]): JudgePath =>
    compilePathJudge({ rules: some, fallback, steps, ...(resources && { resources: resources.rules }) });
  return {
    judgePath: judgeOf(rules),
    judgePathWithDocuments: resources && judgeOf([...documents.map(({ rule }) => rule), ...rules]),
  };
}

const isDocument = ({ route }: RouteRule): boolean => route.document !== undefined;

/** Whether it is known exactly what a rule covers, so that other rules can be compared with it. */
const isWholeIn =
  ({ isWhole, routes }: SoundPolicy) =>
  ({ index }: RouteRule): boolean =>
    isWhole('routes', index) &&
    (isWhole('mode') || routes.find((route) => route.index === index)?.document.mode !== undefined);
