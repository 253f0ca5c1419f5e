/**
 * A path in the one spelling that routes are matched in. Characters that need no escape have none, and the remaining
 * escapes are in upper case (RFC 3986 §6.2.2): `%40scope` becomes `@scope`, `%2f` becomes `%2F`. Escapes of
 * separators, or of escapes, stay: whether `%2F` is a slash is up to the readings.
 */
export const spell = (path: string): string =>
  path.includes('%')
    ? path.replace(/%([0-9A-F]{2})/gi, (triplet, hex: string) => {
        const character = String.fromCharCode(Number.parseInt(hex, 16));
        return INERT.test(character) ? character : triplet.toUpperCase();
      })
    : path;

/** A path as it was sent, except that hex digits are in upper case: nobody distinguishes them (RFC 3986 §6.2.2.1). */
export const withUpperCaseHex = (path: string): string =>
  path.includes('%') ? path.replace(/%[0-9a-f]{2}/gi, (triplet) => triplet.toUpperCase()) : path;

/** Visible ASCII without `; / \ % ? #`. */
const INERT = /^[!"$&-.0-:<->@-[\]-~]$/;

/** The escapes of one character in UTF-8 (RFC 3629 §4); for ASCII, only those in `ascii`. */
function utf8Escape(ascii: string): string {
  const any = '%[89AB][0-9A-F]';
  return [
    ascii,
    `%(?:C[2-9A-F]|D[0-9A-F])${any}`,
    `%(?:E0%[AB]|E[1-9ABCEF]%[89AB]|ED%[89])[0-9A-F]${any}`,
    `%(?:F0%[9AB]|F[1-3]%[89AB]|F4%8)[0-9A-F]${any}${any}`,
  ].join('|');
}

const escapesOf = (ascii: string): RegExp => new RegExp(`(?:${utf8Escape(ascii)})+|%u[0-9A-F]{4}`, 'gi');

const ANY = escapesOf('%[0-7][0-9A-F]');
const ANY_BUT_SEPARATORS = escapesOf('%(?!2F|5C|25)[0-7][0-9A-F]');

/** The text with its valid escapes decoded, including those of IIS (`%u002f`). Anything else stays. */
export const decodeEscapes = (text: string): string => decodeAll(text, ANY);

/** The same, except for escapes of `/`, `\` and `%`. */
export const decodeAllButSeparators = (text: string): string => decodeAll(text, ANY_BUT_SEPARATORS);

const decodeAll = (text: string, escapes: RegExp): string =>
  text.includes('%')
    ? text.replace(escapes, (run) =>
        /^%u/i.test(run) ? String.fromCharCode(Number.parseInt(run.slice(2), 16)) : decodeURIComponent(run),
      )
    : text;
