import type { Rejection, Unavailability } from './decision.ts';
import { BUG } from './failure.ts';
import { type CorsHeaders, withCors } from './http/cors.ts';
import type { HttpResponse } from './http/message.ts';
import { withRequestId } from './http/request-id.ts';
import type { Outcome } from './outcome.ts';
import { type ProblemOptions, problemResponse } from './problem.ts';

/** The response to a request, and its log line. */
export interface Handled {
  readonly response: HttpResponse;
  readonly outcome: Outcome;
  readonly about: About;
}

/** What every response says about its request. */
export interface About extends Pick<ProblemOptions, 'requestId' | 'problemTypes'> {
  /** For pages of other origins; set where the policy has `cors`. */
  readonly cors?: CorsHeaders | undefined;
}

/** The response as it goes out, whether the function or the upstream made it. */
export function completeResponse({ response, about }: Handled): HttpResponse {
  const { cors, requestId } = about;
  return withRequestId(cors === undefined ? response : withCors(response, cors), requestId);
}

/** Responds to a request that is not forwarded. */
export function rejected(
  rejection: Rejection | Unavailability,
  context: Partial<Outcome>,
  about: About,
): Handled {
  const { code, reason } = rejection;
  const response = problemResponse(code, {
    ...about,
    ...('retryAfterSeconds' in rejection && { retryAfterSeconds: rejection.retryAfterSeconds }),
    ...('challenge' in rejection && rejection.challenge && { challenge: rejection.challenge }),
    ...('allow' in rejection && rejection.allow !== undefined && { allow: rejection.allow }),
  });
  return { response, outcome: { ...context, code, status: response.status, reason }, about };
}

/** The response when the load balancer would reject the real one. */
export function responseTooLarge({ outcome, about }: Handled): Handled {
  const reason = 'the response is larger than the load balancer accepts';
  return rejected({ kind: 'reject', code: 'upstream_response_too_large', reason }, outcome, about);
}

/** The response when a bug prevented the real one. */
export const internalError = (about: About): Handled => rejected({ kind: 'reject', ...BUG }, {}, about);
