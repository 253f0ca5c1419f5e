import type { Context } from 'aws-lambda';
import { type HttpRequest, headerValues } from './core/http/message.ts';
import type { LoggedRequest } from './io/log.ts';

/** What the log is told of a request, by which its line is found from the load balancer's or a trace's side. */
export const loggedRequest = ({ method, path, headers }: HttpRequest, context: Context): LoggedRequest => ({
  method,
  path,
  traceId: headerValues(headers, 'x-amzn-trace-id')[0],
  requestId: context.awsRequestId,
});
