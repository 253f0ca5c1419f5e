import type { Outputs } from '../outputs.ts';
import type { Address } from './front-door.ts';

interface Called {
  readonly address: Address;
  readonly domainName: string | undefined;
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
}

/** Where to send requests, and a first one to copy. */
export function addressOutputs({ address, domainName, hosts, paths }: Called): Outputs {
  const { scheme, port, dnsName } = address;
  const path = anyOf(paths[0] ?? '/');
  const withPort = (host: string) => (port === (scheme === 'https' ? 443 : 80) ? host : `${host}:${port}`);
  const url = (host: string) => `${scheme}://${withPort(host)}${path}`;
  const typed = (host: string) => `${scheme}://${withPort(host)}${escaped(path)}`;
  const known = domainName ?? hosts.find((host) => !/[*?]/.test(host));
  // The load balancer's own name is in no certificate and, where hosts are given, takes one to no rule.
  const through = (host: string) => `curl -i --connect-to ${host}:${port}:${dnsName}:${port} ${typed(host)}`;
  const asked = known ?? (hosts.length > 0 || scheme === 'https' ? 'YOUR-HOST' : undefined);
  return {
    Url: [url(domainName ?? dnsName), 'Where to send requests'],
    Try: [
      domainName !== undefined || asked === undefined
        ? `curl -i ${typed(domainName ?? dnsName)}`
        : through(asked),
      'A first request, without a token: 401, or 503 until issuer and audience are set',
    ],
  };
}

/** A path that a pattern matches, without an empty segment unless the pattern asks for one. */
function anyOf(pattern: string): string {
  return pattern.replace(/\*$/, '').replace(/[*?]/g, 'x');
}

/** A path as a shell takes it, for all the characters that a pattern may have. */
const escaped = (path: string): string => path.replace(/["'$&~]/g, '\\$&');
