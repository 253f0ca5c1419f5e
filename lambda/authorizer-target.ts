import type { Context } from 'aws-lambda';
import type { Authorizer } from './authorizer.ts';
import type { HttpApiResponse } from './contract.ts';
import { entryOf } from './core/codes.ts';
import { BUG } from './core/failure.ts';
import type { HttpRequest } from './core/http/message.ts';
import { reachVerdict } from './core/verdict.ts';
import { exchangeOf } from './events/authorizer.ts';
import type { Log } from './io/log.ts';
import { loggedRequest } from './logged-request.ts';

/** The function as an authorizer of API Gateway or AppSync: for each event, one result or error, and one log line. */
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
    const { question, toResult } = exchange.value;
    const logged = (request: HttpRequest) => loggedRequest(request, context, question.ids);
    const elapsed = () => authorizer.now() - startedAt;
    const reached = await reachVerdict(question, authorizer).catch((error: unknown) => {
      const named = logged(question.request);
      log.bug(named, error);
      log.decision(named, { ...BUG, status: entryOf(BUG.code).status }, elapsed());
      throw new Error(BUG.code);
    });
    log.decision(logged(reached.request), reached.outcome, elapsed());
    return toResult(reached.verdict);
  };
}
