import type { HeaderList, HttpRequest } from './message.ts';

/**
 * What makes a request line one that cannot be sent on as it came, or undefined. A load balancer should never
 * let such a thing through, nor such a field as below; that it does not is not documented.
 */
export function requestLineProblem({ method, query }: HttpRequest): string | undefined {
  // Methods are case-sensitive (RFC 9110 §9.1), so `post` would slip past a route for POST; HTTP clients make
  // it upper-case all the same. CONNECT and TRACE end at a proxy.
  if (!METHOD.test(method) || method === 'CONNECT' || method === 'TRACE') {
    return 'the method is not one that can be forwarded';
  }
  return QUERY.test(query) ? undefined : 'the query has characters that no URL has';
}

const METHOD = /^[A-Z][A-Z-]*$/;
const QUERY = /^[\x21-\x7e]*$/;

/** The same of header fields that are to be sent on. */
export function fieldProblem(headers: HeaderList): string | undefined {
  for (const [name, value] of headers) {
    if (!FIELD_NAME.test(name)) return 'a header field has no valid name';
    if (!FIELD_VALUE.test(value)) return 'a header field has a control character in its value';
  }
  return undefined;
}

/** token of RFC 9110 §5.6.2; names are in lower case by now. */
const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/** RFC 9110 §5.5: no control character but the tab. */
const FIELD_VALUE = /^[\t\P{Cc}\x80-\x9f]*$/u;

/**
 * A header value as the bytes, one a character, that an HTTP client is to write. What is beyond Latin-1 has
 * been decoded from UTF-8, and goes out as that again.
 */
export const wireValue = (value: string): string =>
  /[\u0100-\uffff]/.test(value) ? Buffer.from(value, 'utf8').toString('latin1') : value;
