import { type HeaderList, type HttpResponse, soleValue } from './message.ts';

/** The field that names a request to its caller and its upstream. */
export const REQUEST_ID = 'x-request-id';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html */
const TRACE_ID = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/;

/** REST APIs and AppSync; a client of a REST API may choose it. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** HTTP and WebSocket APIs, and the extended id of a REST API, such as `JKJaXmPLvHcESHA=`. */
const EXTENDED = /^[\w-]{8,40}=$/;

/** What API Gateway or AppSync calls a request in its event, its answer and its access log. */
export interface ApiRequestIds {
  readonly requestId?: string | null | undefined;
  readonly extendedRequestId?: string | null | undefined;
}

/** Such an id, if it is exactly in its form. */
export const apiRequestId = (id: string | null | undefined): string | undefined =>
  typeof id === 'string' && (UUID.test(id) || EXTENDED.test(id)) ? id : undefined;

/** Whether a text is an id that a request can have here. */
export const isRequestId = (text: string): boolean => TRACE_ID.test(text) || apiRequestId(text) !== undefined;

/**
 * The id of a request: what the API calls it, where there is one; else what the load balancer, which keeps a client's own
 * Root, calls it in `Self` of X-Amzn-Trace-Id; else that Root; else the id of the invocation. Whatever is not exactly such an
 * id may be a client's, and is not repeated.
 */
export const requestIdOf = (headers: HeaderList, invocationId: string, api: ApiRequestIds = {}): string =>
  apiRequestId(api.requestId) ??
  apiRequestId(api.extendedRequestId) ??
  traceRequestId(soleValue(headers, 'x-amzn-trace-id') ?? '') ??
  invocationId;

/** The id that a trace header, or `trace_id` of the load balancer's access log, gives the request. */
export function traceRequestId(field: string): string | undefined {
  const parts = field.split(';').map((part) => part.split('='));
  const valuesOf = (key: string) =>
    parts.filter(([name]) => name === key).map(([, ...value]) => value.join('='));
  const own = valuesOf('Self');
  const [id, ...more] = own.length > 0 ? own : valuesOf('Root');
  return id !== undefined && more.length === 0 && TRACE_ID.test(id) ? id : undefined;
}

/** The answer with the request's id, in place of any that an upstream gave. */
export const withRequestId = (response: HttpResponse, id: string): HttpResponse => ({
  ...response,
  headers: [...response.headers.filter(([name]) => name !== REQUEST_ID), [REQUEST_ID, id]],
});
