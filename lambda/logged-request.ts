import type { Context } from 'aws-lambda';
import { type HttpRequest, headerValues } from './core/http/message.ts';
import { requestIdOf } from './core/http/request-id.ts';
import type { LoggedRequest } from './io/log.ts';
import { cut } from './io/log-line.ts';

/** Most characters that the log is told of each part of a request, which a client may make 16 KB long. */
const MAX = { method: 32, path: 1024, traceId: 256 };

/** What the log is told of a request, by which its line is found from the load balancer's or a trace's side. */
export const loggedRequest = (
  { method, path, headers }: HttpRequest,
  { awsRequestId: invocationId }: Context,
): LoggedRequest => ({
  method: cut(method, MAX.method),
  path: cut(path, MAX.path),
  traceId: traceIdOf(headers),
  requestId: requestIdOf(headers, invocationId),
  invocationId,
});

function traceIdOf(headers: HttpRequest['headers']): string | undefined {
  const [traceId] = headerValues(headers, 'x-amzn-trace-id');
  return traceId === undefined ? undefined : cut(traceId, MAX.traceId);
}
