/**
 * A path that has been decoded, as a path again. Which characters were escapes is lost, so every `%` is taken for itself
 * and becomes `%25`, and what cannot stand in a path (RFC 3986 §3.3) is encoded as UTF-8. Undefined where bytes were not
 * UTF-8 and have become U+FFFD: which bytes is lost.
 */
export function encodePath(decoded: string): string | undefined {
  if (PATH.test(decoded)) return decoded;
  if (!decoded.isWellFormed() || decoded.includes('\ufffd')) return undefined;
  return decoded.replace(NOT_IN_A_PATH, encodeURIComponent);
}

const PATH = /^[A-Za-z0-9\-._~!$&'()*+,;=:@/]*$/;
const NOT_IN_A_PATH = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/]+/gu;

/** A path decoded once; undefined where it has an escape that is malformed or not of UTF-8. */
export function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
