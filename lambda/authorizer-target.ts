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
    if ('problems' in exchange) {
      log.eventRejected(context.awsRequestId, exchange.problems);
      const problems = exchange.problems.join('; ');
      throw new Error(
        `This is not an API Gateway or AppSync authorizer event: ${problems}. Invoke the function through an API.`,
      );
    }
    const { question, answer } = exchange.value;
    const reached = await reachVerdict(question, authorizer).catch((error: unknown) => {
      log.bug(loggedRequest(question.request, context), error);
      throw new Error('internal_error');
    });
    log.decision(loggedRequest(reached.request, context), reached.outcome, authorizer.now() - startedAt);
    return answer(reached.verdict);
  };
}
