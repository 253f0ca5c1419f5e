import type { Outputs } from '../outputs.ts';
import type { Address } from './front-door.ts';

interface Called {
  readonly address: Address;
  readonly domainName: string | undefined;
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
}

/** Where to send requests, and a first request to copy. */
export function addressOutputs({ address, domainName, hosts, paths }: Called): Outputs {
  const { scheme, port, dnsName } = address;
  const path = anyOf(paths[0] ?? '/');
  const withPort = (host: string) => (port === (scheme === 'https' ? 443 : 80) ? host : `${host}:${port}`);
  const url = (host: string) => `${scheme}://${withPort(host)}${path}`;
  const typed = (host: string) => `${scheme}://${withPort(host)}${escaped(path)}`;
  const known = domainName ?? hosts.find((host) => !/[*?]/.test(host));
  // No certificate has the load balancer's own name and, where hosts are given, no rule matches it.
  const through = (host: string) => `curl -i --connect-to ${host}:${port}:${dnsName}:${port} ${typed(host)}`;
  const host = known ?? (hosts.length > 0 || scheme === 'https' ? 'YOUR-HOST' : undefined);
  return {
    Url: [url(domainName ?? dnsName), 'Where to send requests'],
    Try: [
      domainName !== undefined || host === undefined
        ? `curl -i ${typed(domainName ?? dnsName)}`
        : through(host),
      'A first request, without a token: expect 401, 503 until issuer and audience are set, or 403 if the policy denies this path',
    ],
  };
}

/** A path that a pattern matches, without an empty segment unless the pattern has one. */
function anyOf(pattern: string): string {
  return pattern.replace(/\*$/, '').replace(/[*?]/g, 'x');
}

/** A path escaped for a shell, for all the characters that a pattern may have. */
const escaped = (path: string): string => path.replace(/["'$&~]/g, '\\$&');
