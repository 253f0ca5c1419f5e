/** A path as HTTP APIs have it: decoded once, whatever was an escape, with U+FFFD for bytes that are no UTF-8. */
export const decodePath = (path: string): string =>
  Buffer.from(
    path.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    ),
    'latin1',
  ).toString('utf8');

/** The same again as a path, in which what RFC 3986 §3.3 lets stand in a segment is not encoded. */
export const encodePath = (decoded: string): string => decoded.split('/').map(encodeSegment).join('/');

const encodeSegment = (segment: string): string =>
  encodeURIComponent(segment).replace(/%(?:24|26|2B|2C|3A|3B|3D|40)/g, decodeURIComponent);
