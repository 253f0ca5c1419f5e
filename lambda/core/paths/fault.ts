/** Why no decision on a path is possible, before any reading; undefined if one is. */
export function pathFault(path: string): string | undefined {
  if (!VISIBLE.test(path))
    return 'does not begin with a slash, or contains characters that are not allowed in a path';
  try {
    decodeURIComponent(path);
  } catch {
    return 'has an escape that is malformed or not UTF-8';
  }
  return undefined;
}

/** %x21-7E, without the characters that would end the path when it is forwarded. */
const VISIBLE = /^\/[!"$->@-~]*$/;

/** Why no path may have this reading; undefined if one may. */
export function readingFault(text: string): string | undefined {
  if (CONTROL.test(text)) return 'has a control character';
  // Some servers take what follows for a host (RFC 3986 §3.3).
  if (TWO_SLASHES.test(text)) return 'begins with two slashes';
  if (text.includes('.') && text.split('/').some(isDotSegment)) return 'has a dot segment';
  if (text.includes('%') && OVERLONG.test(text)) return 'has an overlong form of UTF-8';
  return undefined;
}

const CONTROL = /\p{Cc}/u;
const TWO_SLASHES = /^[/\\]{2}/;

/** RFC 3986 §5.2.4, and segments that become one where white space is dropped. Three or more dots are a name. */
const isDotSegment = (segment: string): boolean =>
  ONLY_DOTS_AND_SPACE.test(segment) && segment.includes('.') && !/^\.{3,}$/.test(segment);
const ONLY_DOTS_AND_SPACE = /^[\s.]+$/;

/** Two to six bytes for a character that takes fewer (RFC 3629 §3): lax decoders read ASCII in them. */
const OVERLONG = /%(?:C[01]|E0%[89]|F0%8|F8%8[0-7]|FC%8[0-3])/i;
