/**
 * The canonical-path rule. Policy is matched on exactly the bytes that the upstream gets, so a path that an
 * upstream might read as another one is refused rather than normalised: dot segments, empty segments,
 * backslashes, path parameters (`;`), malformed or double escapes, escapes of any of those, of control
 * characters, and of characters that need none (RFC 3986 §2.3: `/%61dmin` is `/admin` to an upstream).
 */
export function isCanonicalPath(path: string): boolean {
  return PLAIN.test(path) || (PATH.test(path) && !AMBIGUOUS.test(path));
}

/** What most paths are, and sooner told: segments without escapes, dots or anything else to think about. */
const PLAIN = /^(?:\/[A-Za-z0-9_-]+)+$/;

/** pchar and `/` of RFC 3986 §3.3 without `;`, plus `[ ] ^ |`, which browsers leave unescaped in paths. */
const PATH = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,=:@/[\]^|]|%[0-9A-Fa-f]{2})*$/;

const AMBIGUOUS = new RegExp(
  [
    '//', // empty segment
    '/\\.{1,2}(?:/|$)', // dot segments
    '%(?:[01][0-9A-F]|7F)', // control characters
    '%(?:2F|5C|3B)', // `/`, `\`, `;`
    '%25(?:[0-9A-F]{2}|u[0-9A-F]{4})', // an escape of an escape
    '%C[01]|%E0%[89]|%F0%8', // overlong UTF-8, never valid, read as ASCII by lax decoders
    '%(?:2[DE]|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])', // unreserved characters
  ].join('|'),
  'i',
);

/**
 * A canonical path in the one spelling that it is matched in. `%40` and `@` are the same to most upstreams, and
 * both are common, so a route must not tell them apart: characters that may stand in a path as they are do
 * so, and what is left of escapes is in upper case (RFC 3986 §6.2.2).
 */
export const matchablePath = (path: string): string =>
  path.includes('%')
    ? path.replace(/%[0-9A-Fa-f]{2}/g, (triplet) => {
        const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16));
        return PATH_CHARACTER.test(character) ? character : triplet.toUpperCase();
      })
    : path;

const PATH_CHARACTER = /^[A-Za-z0-9\-._~!$&'()*+,=:@[\]^|]$/;
