import { reachOf } from '../../lambda/core/config/address.ts';
import { matchesPattern } from '../../lambda/core/routes/pattern.ts';

/** An address by which requests reach a deployment. */
export interface OwnAddress {
  /** A name, or a pattern with `*` and `?` as in listener rules. */
  readonly host: string;
  /** Undefined if it is unknown. Then every port counts as this one. */
  readonly port: number | undefined;
}

/** The address in a URL, with http or https. */
export const addressOf = (url: URL): { readonly host: string; readonly port: number } => ({
  host: url.hostname,
  port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
});

/** Whether two addresses are the same as far as their text shows: no name is looked up. */
export function isAt(url: URL, own: OwnAddress): boolean {
  const { host, port } = addressOf(url);
  return port === (own.port ?? port) && matchesPattern(oneName(own.host), oneName(host));
}

/** One name for all those of this machine, and one for a load balancer's with and without its IPv6 addresses. */
function oneName(host: string): string {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (/^(?:.+\.)?localhost$/.test(name) || reachOf(name) === 'this machine') return 'localhost';
  return name.replace(/^dualstack\.(?=.+\.amazonaws\.com)/, '');
}
