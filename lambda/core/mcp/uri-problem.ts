import { decodeEscapes } from '../paths/spelling.ts';

/**
 * Why servers might take the URI of a resource for different resources; undefined if they cannot. A route's pattern
 * is compared with the text of the URI, so the text must not lead out of what the pattern names.
 */
export function uriProblem(uri: string): string | undefined {
  let text = uri;
  for (let times = 0; times < MAX_TIMES; times++) {
    if (NEEDLESS.test(text)) return 'the URI has an escape of a character that needs none';
    if (text.includes('\\')) return 'the URI has a backslash';
    if (pathOf(text).includes('//')) return 'the URI has an empty segment';
    if (text.split(/[/?#]/).some((segment) => segment === '.' || segment === '..')) {
      return 'the URI has a dot segment';
    }
    const decoded = decodeEscapes(text);
    if (decoded === text) return undefined;
    if (/\p{Cc}/u.test(decoded)) return 'the URI has an escaped control character';
    text = decoded;
  }
  return 'the URI is escaped too many times';
}

const MAX_TIMES = 8;

/** The URI without scheme, authority, query and fragment (RFC 3986 §3). */
const pathOf = (uri: string): string => uri.replace(/^[a-z][a-z0-9+.-]*:(?:\/\/[^/?#]*)?|[?#].*$/gis, '');

/** Escapes of unreserved characters (RFC 3986 §6.2.2.2). */
const NEEDLESS = /%(?:2[DE]|3\d|4[1-9A-F]|5[\dAF]|6[1-9A-F]|7[\dAE])/i;
