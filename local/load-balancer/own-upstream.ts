import { ArgumentError } from '../../tools/arguments.ts';
import { type PortOwner, portOf } from '../ports.ts';

/** The parts that pass requests on to the upstream, one of them through the function. */
const PASSING_ON: { readonly [part in PortOwner]?: string } = { loadBalancer: 'load balancer', api: 'API' };

/** Names and addresses at which the parts listen. */
const THIS_MACHINE = /(?:^|\.)localhost\.?$|^127\.0\.0\.1$|^\[::1?\]$|^0\.0\.0\.0$/;

/**
 * Rejects an upstream that is a part of the stack itself: it would pass each request on to itself.
 *
 * @param first the load balancer's port
 * @throws ArgumentError in terms of the command line
 */
export function rejectOwnUpstream(upstream: string, first: number, parts: readonly PortOwner[]): void {
  const { hostname, port, protocol } = new URL(upstream);
  const called = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  const own = parts.find((part) => PASSING_ON[part] !== undefined && portOf(part, first) === called);
  if (own === undefined || !THIS_MACHINE.test(hostname)) return;
  throw new ArgumentError(
    `--upstream ${upstream} is the ${PASSING_ON[own]} of this stack, which would send each request to itself. Start your application first, so that the stack takes other ports, or give the stack other ports, such as --port 9000.`,
  );
}
