import { isPrivate, reachOf } from './address.ts';

export interface EndpointOptions {
  /** Allow http to any host; by default only to this machine. */
  readonly allowHttp?: boolean;
  /**
   * Allow http to private addresses, and to names: where a name leads shows only when it is looked up. Undefined
   * where there is no such setting.
   */
  readonly insecureHttp?: boolean | undefined;
  /** Reject this machine: for a URL that somebody other than the operator supplies. */
  readonly elsewhere?: boolean;
}

/**
 * The rule for every URL that we call: https unless it is on this machine, no credentials, and never the link-local
 * range, where clouds serve instance credentials. Returns the URL, or what is wrong with it. Where a name leads shows
 * only when it is looked up: see `fetchDocument`.
 */
export function parseEndpoint(text: string, options: EndpointOptions = {}): URL | string {
  if (!URL.canParse(text)) return 'is not an absolute URL';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'is not an https URL';
  const reach = isLocalName(url) ? 'this machine' : reachOf(url.hostname);
  if (options.elsewhere === true && reach === 'this machine') return 'must not be a loopback address';
  if (reach === 'the local link') return 'must not be a link-local address';
  if (url.protocol === 'http:' && options.allowHttp !== true && !isLoopback(url)) {
    const problem = httpProblem(url, options.insecureHttp);
    if (problem !== undefined) return problem;
  }
  if (url.username !== '' || url.password !== '') return 'must not contain credentials';
  if (url.hash !== '') return 'must not contain a fragment';
  return url;
}

function httpProblem({ hostname }: URL, insecureHttp: boolean | undefined): string | undefined {
  if (insecureHttp === undefined) return 'must be https (http is for loopback only)';
  if (!insecureHttp)
    return 'must be https (http is for loopback, and for private addresses if the provider has "insecureHttp": true)';
  return reachOf(hostname) === undefined || isPrivate(hostname)
    ? undefined
    : 'must be https ("insecureHttp" is for private addresses only)';
}

/** RFC 2606 §2: the values that are deployed before an operator sets them. */
export const isPlaceholder = (host: string): boolean => host === 'invalid' || host.endsWith('.invalid');

/** RFC 6761 §6.3. */
const isLocalName = ({ hostname }: URL): boolean => /^(?:.+\.)?localhost\.?$/.test(hostname);

/** RFC 1122 §3.2.1.3, RFC 4291 §2.5.3, in the usual spelling only: no other needs http. */
export const isLoopback = (url: URL): boolean =>
  isLocalName(url) || /^(?:127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
