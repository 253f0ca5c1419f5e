import { isPrivate, reachOf } from '../../lambda/core/config/address.ts';
import type { Config } from '../../lambda/core/config/config.ts';
import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import { isLoopback } from '../../lambda/core/config/url.ts';
import type { Warning } from '../../lambda/core/config/warning.ts';

/** Upstreams that requests, with the tokens in them, travel to in the clear and outside a private network. */
export function upstreamWarnings({ routes = [] }: PolicyDocument, { upstream }: Config): Warning[] {
  const places = [
    {
      parameter: 'upstream' as const,
      place: '',
      origin: upstream.kind === 'origin' ? upstream.origin.href : '',
    },
    ...routes.map((route, index) => ({
      parameter: 'policy' as const,
      place: `routes.${index}.upstream: `,
      origin: route.upstream ?? '',
    })),
  ];
  return places
    .filter(({ origin }) => URL.canParse(origin) && isInTheClear(new URL(origin)))
    .map(({ parameter, place }) => ({
      kind: 'upstream-http',
      parameter,
      message: `${place}is http to a public host: anyone on the way reads and changes requests, tokens included: use https`,
    }));
}

/** Names that no public DNS has (RFC 6762, RFC 8375, RFC 9476 and usage), and load balancers inside a VPC. */
const INTERNAL =
  /^[^.]+$|\.(?:internal|local|localhost|lan|corp|intranet|private|home\.arpa|test)$|^internal-.*\.elb\.[^.]+\.amazonaws\.com$|^internal-.*\.elb\.amazonaws\.com$/;

function isInTheClear(url: URL): boolean {
  if (url.protocol !== 'http:' || isLoopback(url)) return false;
  return reachOf(url.hostname) === undefined ? !INTERNAL.test(url.hostname) : !isPrivate(url.hostname);
}
