/**
 * Turns a claim's value into the value of a header field. Printable ASCII stays as it is. Anything else becomes an
 * ext-value of RFC 8187 §3.2 (`UTF-8''` and percent-encoding), and so does text that looks like one, so that the
 * upstream can always tell which it got. Nothing is split or shortened, and no two values become the same.
 */
export function headerValue(text: string): string {
  if (PLAIN.test(text) && !EXT_VALUE.test(text)) return text;
  // Half a surrogate pair is not a character. It is encoded as if it were one, which no decoder of UTF-8 accepts.
  const encoded = text.replace(/\p{Cs}|[^\p{Cs}]+/gu, (part) =>
    part.isWellFormed() ? encodeURIComponent(part) : percentEncode(surrogateBytes(part.charCodeAt(0))),
  );
  return `UTF-8''${encoded.replace(/['()*]/g, (char) => percentEncode([char.charCodeAt(0)]))}`;
}

/** VCHAR with single spaces and tabs only inside (RFC 9110 §5.5), without obs-text. */
const PLAIN = /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/;

/** What a reader that follows RFC 8187 takes for charset, language and value. */
const EXT_VALUE = /^[\w!#$%&+^`{}~-]+'[\w-]*'/;

const percentEncode = (bytes: readonly number[]): string =>
  bytes.map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

const surrogateBytes = (unit: number): number[] => [0xed, 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)];
