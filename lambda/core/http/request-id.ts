import { type HeaderList, type HttpResponse, soleValue } from './message.ts';

/** The field that names a request to its caller and its upstream. */
export const REQUEST_ID = 'x-request-id';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html */
const TRACE_ID = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/;

/**
 * The id of a request: what the load balancer, which keeps a client's own Root, calls it in `Self` of X-Amzn-Trace-Id; else
 * that Root; else the id of the invocation. Whatever is not exactly such an id may be a client's, and is not repeated.
 */
export function requestIdOf(headers: HeaderList, invocationId: string): string {
  const field = soleValue(headers, 'x-amzn-trace-id') ?? '';
  const parts = field.split(';').map((part) => part.split('='));
  const valuesOf = (key: string) =>
    parts.filter(([name]) => name === key).map(([, ...value]) => value.join('='));
  const own = valuesOf('Self');
  const [id, ...more] = own.length > 0 ? own : valuesOf('Root');
  return id !== undefined && more.length === 0 && TRACE_ID.test(id) ? id : invocationId;
}

/** The answer with the request's id, in place of any that an upstream gave. */
export const withRequestId = (response: HttpResponse, id: string): HttpResponse => ({
  ...response,
  headers: [...response.headers.filter(([name]) => name !== REQUEST_ID), [REQUEST_ID, id]],
});
