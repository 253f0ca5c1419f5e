/**
 * A path in the one spelling that routes are matched in. What may stand in a path as it is does so, and what is
 * left of escapes is in upper case (RFC 3986 §6.2.2): `%40scope` is `@scope`, `%2f` is `%2F`. Escapes of what
 * separates something, or escapes again, stay: whether `%2F` is a slash is for the readings to say.
 */
export const spell = (path: string): string =>
  path.includes('%')
    ? path.replace(/%([0-9A-F]{2})/gi, (triplet, hex: string) => {
        const character = String.fromCharCode(Number.parseInt(hex, 16));
        return INERT.test(character) ? character : triplet.toUpperCase();
      })
    : path;

/** A path as it was sent, but for the case of the hex digits, which nobody tells apart (RFC 3986 §6.2.2.1). */
export const withUpperCaseHex = (path: string): string =>
  path.includes('%') ? path.replace(/%[0-9a-f]{2}/gi, (triplet) => triplet.toUpperCase()) : path;

/** Visible ASCII without `; / \ % ? #`. */
const INERT = /^[!"$&-.0-:<->@-[\]-~]$/;

/** One character's escapes in UTF-8 (RFC 3629 §4), of ASCII those that `ascii` names. */
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

/** The text with its valid escapes decoded, and with those of IIS (`%u002f`); what is none stays. */
export const decodeEscapes = (text: string): string => decodeAll(text, ANY);

/** The same without those of `/`, `\` and `%`. */
export const decodeAllButSeparators = (text: string): string => decodeAll(text, ANY_BUT_SEPARATORS);

const decodeAll = (text: string, escapes: RegExp): string =>
  text.includes('%')
    ? text.replace(escapes, (run) =>
        /^%u/i.test(run) ? String.fromCharCode(Number.parseInt(run.slice(2), 16)) : decodeURIComponent(run),
      )
    : text;
