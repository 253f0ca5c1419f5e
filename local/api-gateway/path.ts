/**
 * A path as HTTP APIs have it: decoded twice and cut at a question mark, with U+FFFD for bytes that are not UTF-8.
 * Undefined where API Gateway answers 400, because a `%` begins no escape.
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

/** A decoded path as a path again, in which what RFC 3986 §3.3 lets stand in a segment is not encoded. */
export const encodePath = (decoded: string): string => decoded.split('/').map(encodeSegment).join('/');

const encodeSegment = (segment: string): string =>
  encodeURIComponent(segment).replace(/%(?:24|26|2B|2C|3A|3B|3D|40)/g, decodeURIComponent);
