import type { Code } from '../../lambda/core/codes.ts';
import { withRequestId } from '../../lambda/core/http/request-id.ts';
import { type ProblemOptions, problemResponse } from '../../lambda/core/problem.ts';

/** The id of every example, in the form of the load balancer's. */
export const EXAMPLE_REQUEST_ID = '1-67891233-abcdef012345678912345678';

/** What the examples have in addition to their code. */
const SAID: Partial<Record<Code, Omit<ProblemOptions, 'requestId'>>> = {
  scope_missing: { challenge: { scope: 'orders:write' } },
  authentication_insufficient: { challenge: { acrValues: ['urn:example:mfa'], maxAge: 900 } },
  method_not_allowed: { allow: 'POST' },
  keys_unavailable: { retryAfterSeconds: 10 },
  config_unavailable: { retryAfterSeconds: 5 },
};

/** The function's response with this code, as HTTP/1.1. The body, sent as one line, is indented for reading. */
export function exampleResponse(code: Code): string {
  const about = { requestId: EXAMPLE_REQUEST_ID, ...SAID[code] };
  const { status, headers, body } = withRequestId(problemResponse(code, about), EXAMPLE_REQUEST_ID);
  const problem = JSON.parse(Buffer.from(body).toString()) as { readonly title: string };
  return [
    `HTTP/1.1 ${status} ${problem.title}`,
    ...headers.map((field) => field.join(': ')),
    '',
    JSON.stringify(problem, null, 2),
  ].join('\n');
}
