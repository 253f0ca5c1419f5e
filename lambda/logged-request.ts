import type { Context } from 'aws-lambda';
import { type HttpRequest, headerValues } from './core/http/message.ts';
import { type ApiRequestIds, apiRequestId, requestIdOf } from './core/http/request-id.ts';
import type { LoggedRequest } from './io/log.ts';
import { cut } from './io/log-line.ts';

/** Most characters that the log is told of each part of a request, which a client may make 16 KB long. */
const MAX = { method: 32, path: 1024, traceId: 256 };

/** What the log is told of a request, by which its line is found from its caller's, the API's or a trace's side. */
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
    // An HTTP API has one id for both.
    extendedRequestId: extendedRequestId === requestId ? undefined : extendedRequestId,
    invocationId,
  };
}

function traceIdOf(headers: HttpRequest['headers']): string | undefined {
  const [traceId] = headerValues(headers, 'x-amzn-trace-id');
  return traceId === undefined ? undefined : cut(traceId, MAX.traceId);
}
