/**
 * The rule for each URL that we call: https unless it is on this machine, no credentials in it, and never the
 * link-local range, where clouds keep their instance credentials. Answers the URL, or what is wrong with it.
 */
export function parseEndpoint(text: string, options: { allowHttp?: boolean } = {}): URL | string {
  if (!URL.canParse(text)) return 'is not an absolute URL';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'is not an https URL';
  if (url.protocol === 'http:' && options.allowHttp !== true && !isLoopback(url)) {
    return 'must be https (http is for loopback only)';
  }
  if (url.username !== '' || url.password !== '') return 'must not contain credentials';
  if (url.hash !== '') return 'must not contain a fragment';
  if (isLinkLocal(url)) return 'must not be a link-local address';
  return url;
}

/** RFC 2606 §2: what is deployed before an operator has set it. */
export const isPlaceholder = (host: string): boolean => host === 'invalid' || host.endsWith('.invalid');

/** RFC 6761 §6.3, RFC 1122 §3.2.1.3, RFC 4291 §2.5.3. The URL parser has already made one form of each address. */
export const isLoopback = ({ hostname }: URL): boolean =>
  /^(?:(?:.+\.)?localhost\.?|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);

/**
 * RFC 3927 as it is, mapped, compatible or through NAT64 (RFC 4291 §2.5.5, RFC 6052 §2.1), RFC 4291 §2.5.6, and
 * the addresses over IPv6 at which AWS serves credentials.
 */
const isLinkLocal = ({ hostname }: URL): boolean =>
  /^(?:169\.254\.\d+\.\d+|\[fe[89ab][0-9a-f]:.*\]|\[(?:::|::ffff:|64:ff9b::)a9fe:[0-9a-f]+\]|\[fd00:ec2::.*\])$/.test(
    hostname,
  );
