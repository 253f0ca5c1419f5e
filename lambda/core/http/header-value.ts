/**
 * A claim's value as the value of a header field. Printable ASCII stays as it is; anything else becomes an
 * RFC 8187 §3.2 ext-value (`UTF-8''` and percent-encoding), as does what could be taken for one, so that
 * the upstream can always tell which it got. Nothing is split or shortened.
 */
export function headerValue(text: string): string {
  const plain = PLAIN.test(text) && !text.startsWith(PREFIX);
  return plain ? text : PREFIX + encodeURIComponent(text.toWellFormed()).replace(/['()*]/g, percentEncode);
}

const PREFIX = "UTF-8''";

/** VCHAR with single spaces and tabs only inside (RFC 9110 §5.5), without obs-text. */
const PLAIN = /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/;

/** What encodeURIComponent leaves although it is no attr-char of RFC 8187. */
const percentEncode = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
