/**
 * Reads a path as HTTP APIs do: decoded twice and cut at a question mark, with U+FFFD for bytes that are not UTF-8.
 * Undefined for a `%` that begins no escape, to which API Gateway responds with 400.
 */
export function decodePath(sent: string): string | undefined {
  const once = decodeOnce(sent);
  const twice = once === undefined ? undefined : decodeOnce(once);
  return twice?.split('?', 1)[0];
}

function decodeOnce(path: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) return undefined;
  const bytes = Buffer.from(path).toString('latin1');
  const decoded = bytes.replace(/%(..)/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return Buffer.from(decoded, 'latin1').toString('utf8');
}

/** Encodes a decoded path again, except the characters that RFC 3986 §3.3 allows in a segment. */
export const encodePath = (decoded: string): string => decoded.split('/').map(encodeSegment).join('/');

const encodeSegment = (segment: string): string =>
  encodeURIComponent(segment).replace(/%(?:24|26|2B|2C|3A|3B|3D|40)/g, decodeURIComponent);
