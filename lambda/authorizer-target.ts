import type { Context } from 'aws-lambda';
import type { Authorizer } from './authorizer.ts';
import type { HttpApiResponse } from './contract.ts';
import { reachVerdict } from './core/verdict.ts';
import { exchangeOf } from './events/authorizer.ts';
import type { Log } from './io/log.ts';
import { loggedRequest } from './logged-request.ts';

/** The function as an authorizer of API Gateway or AppSync: one event in, one answer or error and one line out. */
export function createAuthorizerTarget(authorizer: Authorizer, log: Log, httpApiResponse: HttpApiResponse) {
  return async (event: unknown, context: Context): Promise<unknown> => {
    const startedAt = authorizer.now();
    const exchange = exchangeOf(event, httpApiResponse);
    if (exchange === undefined) {
      throw new Error('The event is none of an API Gateway or AppSync authorizer');
    }
    const logged = loggedRequest(exchange.request, context);
    const reached = await reachVerdict(exchange.request, authorizer).catch((error: unknown) => {
      log.bug(logged, error);
      throw new Error('internal_error');
    });
    log.decision(logged, reached.outcome, authorizer.now() - startedAt);
    return exchange.answer(reached.verdict);
  };
}
