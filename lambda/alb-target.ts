import type { ALBEvent, ALBResult, Context } from 'aws-lambda';
import type { Authorizer } from './authorizer.ts';
import { type Handled, internalError, responseTooLarge } from './core/answer.ts';
import { handle } from './core/handle.ts';
import { withRequestId } from './core/http/request-id.ts';
import { MAX_ALB_RESPONSE_BYTES, requestFromAlb, responseToAlb } from './events/alb.ts';
import type { Log } from './io/log.ts';
import { forward } from './io/upstream.ts';
import { loggedRequest } from './logged-request.ts';

/** The function as the target of a load balancer: one event in, one answer and one line in the log out. */
export function createAlbTarget(authorizer: Authorizer, log: Log) {
  return async (event: ALBEvent, context: Context): Promise<ALBResult> => {
    const startedAt = authorizer.now();
    const request = requestFromAlb(event);
    const logged = loggedRequest(request, context);
    const { requestId } = logged;
    const resultOf = ({ response, about }: Handled) =>
      responseToAlb(withRequestId(response, about.requestId), event);

    let handled: Handled;
    try {
      handled = await handle(request, requestId, {
        ...authorizer,
        forward: (upstreamRequest, origin, settings) =>
          forward(upstreamRequest, origin, {
            ...settings,
            remainingMs: context.getRemainingTimeInMillis(),
            maxResponseBytes: MAX_ALB_RESPONSE_BYTES,
          }),
      });
    } catch (error) {
      log.bug(logged, error);
      handled = internalError({ requestId });
    }

    let result = resultOf(handled);
    if (result === undefined) {
      handled = responseTooLarge(handled);
      result = resultOf(handled) as ALBResult;
    }
    log.decision(logged, handled.outcome, authorizer.now() - startedAt);
    return result;
  };
}
