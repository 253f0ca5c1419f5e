import type { HeaderList, HttpRequest } from './message.ts';

/**
 * Why a request line cannot be forwarded as it came; undefined if it can. A load balancer should let neither such a
 * line nor a field like those below through, but AWS does not document that.
 */
export function requestLineProblem({ method, query }: HttpRequest): string | undefined {
  // Methods are case-sensitive (RFC 9110 §9.1), so `post` would slip past a route for POST, and HTTP clients would
  // then send it as POST anyway. CONNECT and TRACE end at a proxy.
  if (!METHOD.test(method) || method === 'CONNECT' || method === 'TRACE') {
    return 'the method is not one that can be forwarded';
  }
  return QUERY.test(query) ? undefined : 'the query has characters that are not allowed in a URL';
}

const METHOD = /^[A-Z][A-Z-]*$/;
const QUERY = /^[\x21-\x7e]*$/;

/** The same for header fields that are to be forwarded. */
export function fieldProblem(headers: HeaderList): string | undefined {
  for (const [name, value] of headers) {
    if (!FIELD_NAME.test(name)) return 'a header field has an invalid name';
    if (!FIELD_VALUE.test(value)) return 'a header field has a control character in its value';
  }
  return undefined;
}

/** token of RFC 9110 §5.6.2. Names are in lower case by now. */
const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/** RFC 9110 §5.5: no control character but the tab. */
const FIELD_VALUE = /^[\t\P{Cc}\x80-\x9f]*$/u;

/**
 * A header value as the bytes that an HTTP client is to write, one per character. Text beyond Latin-1 was decoded
 * from UTF-8, and goes out as UTF-8 again.
 */
export const wireValue = (value: string): string =>
  /[\u0100-\uffff]/.test(value) ? Buffer.from(value, 'utf8').toString('latin1') : value;
