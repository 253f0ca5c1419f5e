import type { Config } from '../../lambda/core/config/config.ts';
import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import type { Warning } from '../../lambda/core/config/warning.ts';
import { addressOf, isAt, type OwnAddress } from './own-address.ts';
import { placedUpstreams } from './placed-upstreams.ts';

export const UPSTREAM_LOOP = 'upstream-loop';

/**
 * Upstreams that are this deployment itself: each invocation would wait for another one, until no concurrency is left.
 * Paths are not compared, because other rules of the same load balancer may lead to the real upstream.
 */
export function upstreamLoops(
  policy: PolicyDocument,
  config: Config,
  ownAddresses: readonly OwnAddress[],
): Warning[] {
  // Clients call a resource by its URL, so requests to that host arrive here.
  const own = [
    ...ownAddresses,
    ...(policy.resources ?? []).map(({ resource }) => addressOf(new URL(resource))),
  ];
  return placedUpstreams(policy, config).flatMap(({ parameter, place, url }) => {
    const address = own.find((one) => isAt(url, one));
    if (address === undefined) return [];
    const { host } = address;
    const isOwn = /[*?]/.test(host)
      ? `may be an address of this deployment itself, because ${host} is one of its hosts`
      : 'is an address of this deployment itself';
    return {
      kind: UPSTREAM_LOOP,
      parameter,
      // One id for the host, wherever in the policy it is.
      subject: url.host,
      message: `${place}${url.origin} ${isOwn}: each request would call the function again, until no execution environment is free: give the address of the service, or accept this if another listener rule sends these paths to the service`,
    };
  });
}
