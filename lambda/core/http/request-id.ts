import { type HeaderList, type HttpResponse, soleValue } from './message.ts';

/** The field that carries a request's id to its caller and its upstream. */
export const REQUEST_ID = 'x-request-id';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html */
const TRACE_ID = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/;

/** The ids of REST APIs and AppSync. A client of a REST API may choose its own. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The ids of HTTP and WebSocket APIs, and the extended id of a REST API, such as `JKJaXmPLvHcESHA=`. */
const EXTENDED = /^[\w-]{8,40}=$/;

/** The ids that API Gateway or AppSync gives a request in its event, its response and its access log. */
export interface ApiRequestIds {
  readonly requestId?: string | null | undefined;
  readonly extendedRequestId?: string | null | undefined;
}

/** An API's id, if it has exactly one of these forms. */
export const apiRequestId = (id: string | null | undefined): string | undefined =>
  typeof id === 'string' && (UUID.test(id) || EXTENDED.test(id)) ? id : undefined;

/** Whether a text has the form of a request's id. */
export const isRequestId = (text: string): boolean => TRACE_ID.test(text) || apiRequestId(text) !== undefined;

/**
 * The id of a request: the API's, if there is one; else the load balancer's, which is `Self` in X-Amzn-Trace-Id
 * because the load balancer keeps a client's own Root; else that Root; else the id of the invocation. Anything that
 * is not exactly such an id may come from the client, and is not repeated.
 */
export const requestIdOf = (headers: HeaderList, invocationId: string, api: ApiRequestIds = {}): string =>
  apiRequestId(api.requestId) ??
  apiRequestId(api.extendedRequestId) ??
  traceRequestId(soleValue(headers, 'x-amzn-trace-id') ?? '') ??
  invocationId;

/** The id of a request in a trace header, or in `trace_id` of the load balancer's access log. */
export function traceRequestId(field: string): string | undefined {
  const parts = field.split(';').map((part) => part.split('='));
  const valuesOf = (key: string) =>
    parts.filter(([name]) => name === key).map(([, ...value]) => value.join('='));
  const own = valuesOf('Self');
  const [id, ...more] = own.length > 0 ? own : valuesOf('Root');
  return id !== undefined && more.length === 0 && TRACE_ID.test(id) ? id : undefined;
}

/** The response with the request's id, which replaces one that an upstream gave. */
export const withRequestId = (response: HttpResponse, id: string): HttpResponse => ({
  ...response,
  headers: [...response.headers.filter(([name]) => name !== REQUEST_ID), [REQUEST_ID, id]],
});
