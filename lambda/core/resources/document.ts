import type { HeaderList, HttpRequest, HttpResponse } from '../http/message.ts';
import { isPreflight } from '../http/preflight.ts';

/** A document that the function itself serves, to anybody. Nothing in a request changes it. */
export interface PublishedDocument {
  readonly body: Uint8Array;
  /** Entity tag (RFC 9110 §8.8.3): caches in front use it to check that their copy is current. */
  readonly etag: string;
}

/** How long clients and caches may store a document, in seconds. */
export const DOCUMENT_MAX_AGE = 300;

/** The reason in the log for a response that is a document. */
export const DOCUMENT_REASON = 'protected resource metadata';

/** The reason in the log for a document that was not served. */
export const METHOD_REASON = 'a metadata document allows only GET and HEAD';

/** The methods of a document, as the value of Allow (RFC 9110 §10.2.1). */
export const DOCUMENT_METHODS = 'GET, HEAD';

/** Whether a request gets a document, or a response to its preflight; other methods are rejected. */
export const takesMethod = (request: HttpRequest): boolean =>
  request.method === 'GET' || request.method === 'HEAD' || isPreflight(request);

/** A document is public by design (RFC 9728 §3.2): any page may read it, whatever "cors" says about the API. */
const ANY_PAGE: HeaderList = [['access-control-allow-origin', '*']];

/** Some clients add header fields of their own, such as MCP-Protocol-Version, so browsers send a preflight first. */
const PREFLIGHT: HeaderList = [
  ...ANY_PAGE,
  ['access-control-allow-methods', DOCUMENT_METHODS],
  ['access-control-allow-headers', '*'],
  ['access-control-max-age', String(DOCUMENT_MAX_AGE)],
  ['cache-control', 'no-store'],
];

const NO_BODY = new Uint8Array();

/**
 * The response to a request for a document. It is always the whole document: support for If-None-Match would save a few
 * hundred bytes, but make the response depend on the request.
 */
export function documentResponse({ body, etag }: PublishedDocument, { method }: HttpRequest): HttpResponse {
  if (method === 'OPTIONS') return { status: 204, headers: PREFLIGHT, body: NO_BODY };
  const headers: HeaderList = [
    ['content-type', 'application/json'],
    ['cache-control', `public, max-age=${DOCUMENT_MAX_AGE}`],
    ['etag', etag],
    ...ANY_PAGE,
  ];
  return { status: 200, headers, body: method === 'HEAD' ? NO_BODY : body };
}
