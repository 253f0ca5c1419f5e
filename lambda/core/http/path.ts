/**
 * The canonical-path rule. Policy is matched on exactly the bytes that the upstream gets, so a path that an
 * upstream might read as another one is refused rather than normalised: dot segments, empty segments,
 * backslashes, path parameters (`;`), malformed or double escapes, escapes of any of those, of control
 * characters, and of characters that need none (RFC 3986 §2.3: `/%61dmin` is `/admin` to an upstream).
 */
export function isCanonicalPath(path: string): boolean {
  return PATH.test(path) && !AMBIGUOUS.test(path);
}

/** pchar and `/` of RFC 3986 §3.3 without `;`, plus `[ ] ^ |`, which browsers leave unescaped in paths. */
const PATH = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,=:@/[\]^|]|%[0-9A-Fa-f]{2})*$/;

const AMBIGUOUS = new RegExp(
  [
    '//', // empty segment
    '/\\.{1,2}(?:/|$)', // dot segments
    '%(?:[01][0-9A-F]|7F)', // control characters
    '%(?:2F|5C|3B)', // `/`, `\`, `;`
    '%25[0-9A-F]{2}', // an escape of an escape
    '%C[01]', // overlong UTF-8, never valid, read as ASCII by lax decoders
    '%(?:2[DE]|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])', // unreserved characters
  ].join('|'),
  'i',
);
