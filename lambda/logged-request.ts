import type { Context } from 'aws-lambda';
import { type HttpRequest, headerValues } from './core/http/message.ts';
import { type ApiRequestIds, apiRequestId, requestIdOf } from './core/http/request-id.ts';
import type { LoggedRequest } from './io/log.ts';
import { cut } from './io/log-line.ts';

/** The most characters that the log keeps of each part of a request. A client can make a part 16 KB long. */
const MAX = { method: 32, path: 1024, traceId: 256 };

/**
 * What the log records about a request, so that its line can be found from the caller's, the API's or a trace's side.
 */
export function loggedRequest(
  { method, path, headers }: HttpRequest,
  { awsRequestId: invocationId }: Context,
  api: ApiRequestIds = {},
): LoggedRequest {
  const requestId = requestIdOf(headers, invocationId, api);
  const extendedRequestId = apiRequestId(api.extendedRequestId);
  return {
    method: cut(method, MAX.method),
    path: cut(path, MAX.path),
    traceId: traceIdOf(headers),
    requestId,
    // An HTTP API uses one id for both.
    extendedRequestId: extendedRequestId === requestId ? undefined : extendedRequestId,
    invocationId,
  };
}

function traceIdOf(headers: HttpRequest['headers']): string | undefined {
  const [traceId] = headerValues(headers, 'x-amzn-trace-id');
  return traceId === undefined ? undefined : cut(traceId, MAX.traceId);
}
