import type { ALBEvent, ALBResult, Context } from 'aws-lambda';
import type { Authorizer } from './authorizer.ts';
import { handle } from './core/handle.ts';
import { completeResponse, responseTooLarge } from './core/respond.ts';
import { MAX_ALB_RESPONSE_BYTES, requestFromAlb, responseToAlb } from './events/alb.ts';
import type { Log } from './io/log.ts';
import { forward } from './io/upstream.ts';
import { loggedRequest } from './logged-request.ts';

/** The function as the target of a load balancer: for each event, one response and one log line. */
export function createAlbTarget(authorizer: Authorizer, log: Log) {
  return async (event: ALBEvent, context: Context): Promise<ALBResult> => {
    const startedAt = authorizer.now();
    const request = requestFromAlb(event);
    const logged = loggedRequest(request, context);
    let handled = await handle(request, logged.requestId, {
      ...authorizer,
      forward: (upstreamRequest, origin, settings) =>
        forward(upstreamRequest, origin, {
          ...settings,
          remainingMs: context.getRemainingTimeInMillis(),
          maxResponseBytes: MAX_ALB_RESPONSE_BYTES,
        }),
      onBug: (error) => log.bug(logged, error),
    });
    let result = responseToAlb(completeResponse(handled), event);
    if (result === undefined) {
      handled = responseTooLarge(handled);
      result = responseToAlb(completeResponse(handled), event) as ALBResult;
    }
    log.decision(logged, handled.outcome, authorizer.now() - startedAt);
    return result;
  };
}
