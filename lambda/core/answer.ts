import type { Rejection, Unavailability } from './decision.ts';
import type { HttpResponse } from './http/message.ts';
import type { Outcome } from './outcome.ts';
import { problemResponse } from './problem.ts';

/** The answer to a request, and the line of the log about it. */
export interface Handled {
  readonly response: HttpResponse;
  readonly outcome: Outcome;
}

/** Answers a request that does not go on. */
export function rejected(rejection: Rejection | Unavailability, context: Partial<Outcome>): Handled {
  const { code, reason } = rejection;
  const response = problemResponse(code, {
    ...('retryAfterSeconds' in rejection && { retryAfterSeconds: rejection.retryAfterSeconds }),
    ...('scope' in rejection && rejection.scope !== undefined && { scope: rejection.scope }),
  });
  return { response, outcome: { ...context, code, status: response.status, reason } };
}

/** The answer when the load balancer would refuse the real one. */
export function responseTooLarge(outcome: Outcome): Handled {
  const reason = 'the answer is larger than the load balancer takes';
  return rejected({ kind: 'reject', code: 'upstream_response_too_large', reason }, outcome);
}

/** The answer when a bug prevented the real one. */
export const internalError = (): Handled =>
  rejected({ kind: 'reject', code: 'internal_error', reason: 'see the error logged before' }, {});
