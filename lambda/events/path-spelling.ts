/**
 * Turns a decoded path back into a path. It is no longer known which characters were escapes, so every `%` counts as
 * itself and becomes `%25`, and characters that a path cannot contain (RFC 3986 §3.3) are encoded as UTF-8. Undefined
 * if bytes were not UTF-8 and have become U+FFFD: those bytes are lost.
 */
export function encodePath(decoded: string): string | undefined {
  if (PATH.test(decoded)) return decoded;
  if (!decoded.isWellFormed() || decoded.includes('\ufffd')) return undefined;
  return decoded.replace(NOT_IN_A_PATH, encodeURIComponent);
}

const PATH = /^[A-Za-z0-9\-._~!$&'()*+,;=:@/]*$/;
const NOT_IN_A_PATH = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/]+/gu;

/** A path decoded once; undefined if an escape is malformed or not UTF-8. */
export function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
