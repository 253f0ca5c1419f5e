import { isPrivate, reachOf } from '../../lambda/core/config/address.ts';
import type { Config } from '../../lambda/core/config/config.ts';
import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import { isLoopback } from '../../lambda/core/config/url.ts';
import type { Warning } from '../../lambda/core/config/warning.ts';
import { placedUpstreams } from './placed-upstreams.ts';

/** Upstreams to which requests, including tokens, travel in the clear and outside a private network. */
export const upstreamWarnings = (policy: PolicyDocument, config: Config): Warning[] =>
  placedUpstreams(policy, config)
    .filter(({ url }) => isInTheClear(url))
    .map(({ parameter, place }) => ({
      kind: 'upstream-http',
      parameter,
      message: `${place}is http to a host that may be public: anyone on the way could read and change requests, tokens included: use https`,
    }));

/**
 * Names that no public DNS has (RFC 6762, RFC 8375, RFC 9476 and usage), that say so in a label, and those of AWS that lead
 * into a VPC only.
 */
const INTERNAL = [
  /^[^.]+$/,
  /\.(?:local|localhost|home\.arpa|test|svc)$/,
  /(?:^|\.)(?:internal|lan|corp|intranet|private)(?:\.|$)/,
  /^internal-.*\.elb\.(?:[^.]+\.)?amazonaws\.com$/,
  /\.(?:vpce\.amazonaws\.com|vpc-lattice-svcs\.[^.]+\.on\.aws)$/,
];

function isInTheClear(url: URL): boolean {
  if (url.protocol !== 'http:' || isLoopback(url)) return false;
  return reachOf(url.hostname) === undefined
    ? !INTERNAL.some((name) => name.test(url.hostname))
    : !isPrivate(url.hostname);
}
