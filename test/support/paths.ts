import { parseConfig } from '../../lambda/core/config/parse.ts';
import { isPathProblem, type JudgePath } from '../../lambda/core/paths/judge-path.ts';
import { AUDIENCE, ISSUER } from './tokens.ts';

/** A policy, with valid other parameters. */
export const besideOthers = (policy: object) => ({
  issuer: ISSUER,
  audience: AUDIENCE,
  'jwks-uri': 'discover',
  upstream: 'whoami',
  revocations: '{}',
  policy: JSON.stringify(policy),
});

/** Parses a policy with such parameters. */
export const parsePolicy = (policy: object) => parseConfig(besideOthers(policy), '1');

/** How a policy judges paths; undefined if it is invalid. */
export async function judgeOf(policy: object): Promise<JudgePath | undefined> {
  const parsed = await parsePolicy(policy);
  return 'config' in parsed ? parsed.config.judgePath : undefined;
}

export async function problemsOf(policy: object): Promise<string[]> {
  const parsed = await parsePolicy(policy);
  return 'problems' in parsed ? parsed.problems.map(({ message }) => message) : [];
}

/** The result for a path, as one word: `rejected`, `none`, or the route's pattern. */
export function outcomeOf(judge: JudgePath | undefined, path: string, method = 'GET'): string {
  if (judge === undefined) throw new Error('the policy is not valid');
  const judged = judge(method, path);
  return isPathProblem(judged) ? 'rejected' : (judged.path ?? 'none');
}
