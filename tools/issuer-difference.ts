/**
 * In words, how two issuers differ that a person would take for the same; undefined if they are
 * equal or plainly different. `iss` is compared as it is (RFC 7519 §4.1.1), so any such difference is a mismatch.
 */
export function issuerDifference(configured: string, actual: string): string | undefined {
  if (configured === actual) return undefined;
  if (configured.trim() === actual.trim()) return 'they differ only in white space';
  if (bare(configured) === bare(actual)) {
    return actual.endsWith('/')
      ? 'the configured one lacks the slash at the end'
      : 'the configured one has a slash at the end that the other has not';
  }
  if (configured.toLowerCase() === actual.toLowerCase()) return 'they differ only in upper and lower case';
  const [ours, theirs] = [parts(configured), parts(actual)];
  if (ours.rest === theirs.rest) {
    return `they differ only in the scheme: ${ours.scheme || 'none'} here, ${theirs.scheme || 'none'} there`;
  }
  const loosely = (text: string) => bare(parts(text).rest.toLowerCase());
  if (loosely(configured) === loosely(actual)) return 'they differ in scheme, case or the slash at the end';
  return undefined;
}

const bare = (issuer: string): string => issuer.replace(/\/+$/, '');

function parts(issuer: string): { scheme: string; rest: string } {
  const [, scheme = '', rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(issuer) ?? [];
  return { scheme, rest };
}
