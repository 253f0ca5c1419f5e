import { RESOURCE_DOCUMENTS } from '../../contract.ts';
import { isLoopback } from './url.ts';

/** The problem with a text as the URL of a resource. Clients compare it character by character (RFC 9728 §3.3). */
export function resourceProblem(text: string): string | undefined {
  const url = webUrl(text);
  if (typeof url === 'string') return url;
  if (text.includes('?')) return 'must not have a query: only the path identifies a document';
  if (url.pathname.includes('*')) return 'must be one URL, without wildcards';
  return url.href === text || url.href === `${text}/`
    ? undefined
    : `must be ${url.href}, as clients write it`;
}

/** The problem with a text as the issuer of an authorization server (RFC 8414 §2). */
export function issuerProblem(text: string): string | undefined {
  const url = webUrl(text);
  if (typeof url === 'string') return url;
  return text.includes('?') ? 'must not have a query' : strayProblem(text);
}

/** The problem with a text as the URL of a page. */
export function pageUrlProblem(text: string): string | undefined {
  const url = webUrl(text.replace(/#.*$/s, ''));
  return typeof url === 'string' ? url : strayProblem(text);
}

/**
 * Looks at the text, because the parsed URL has none of these: the parser drops them, escapes them, or turns them
 * into slashes.
 */
const strayProblem = (text: string): string | undefined =>
  /[\s\\\p{Cc}]/u.test(text) ? 'must not have white space, control characters or backslashes' : undefined;

function webUrl(text: string): URL | string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    return 'must be a URL such as https://api.example.com/mcp';
  }
  if (url.protocol === 'http:' && !isLoopback(url)) return 'must be https (http is for loopback only)';
  if (url.username !== '' || url.password !== '') return 'must not contain credentials';
  return text.includes('#') ? 'must not have a fragment' : url;
}

/** The path of a resource's document: the well-known path goes between host and path (RFC 9728 §3.1). */
export function documentPath(resource: string): string {
  const { pathname } = new URL(resource);
  return RESOURCE_DOCUMENTS + (pathname === '/' ? '' : pathname);
}

/** The URL of a resource's document. */
export const documentUrl = (resource: string): string => new URL(resource).origin + documentPath(resource);
