import { reachOf } from '../../../lambda/core/config/address.ts';
import { firstLine } from '../../../lambda/io/service-error.ts';
import { type Entry, entriesOf, isOwnName } from '../../deployment/front-doors.ts';
import { defineCheck, type Finding, found, ok, problem, skipped, warning } from '../check.ts';
import type { World } from '../world.ts';

const dns = defineCheck({
  id: 'dns',
  title: 'DNS',
  about: 'whether the domain name leads to the load balancer, to CloudFront or to Verified Access',
  scope: 'aws',
  needs: ['stack'],
  wants: ['door'],
  async run(facts, { url, addressesOf }) {
    const entries = entriesOf(facts, url);
    const named = entries.filter(
      (entry) => !isOwnName(entry) && entry.through === undefined && !isAddress(entry.url.hostname),
    );
    const led = named.flatMap(({ leadsTo, ...entry }) =>
      leadsTo === undefined ? [] : [{ ...entry, leadsTo }],
    );
    if (led.length > 0) return found(await Promise.all(led.map((entry) => compare(entry, addressesOf))));
    if (entries.length === 0) {
      return found(
        skipped('the stack has no URL', 'To look up a name of your own, give --url https://HOST/PATH.'),
      );
    }
    return found(ok("requests go to AWS's own names or to IP addresses, which need no DNS record"));
  },
});

const isAddress = (host: string): boolean => reachOf(host) !== undefined;

/** Whether there is no such record. A resolver that does not respond says nothing about that. */
const isAbsence = (error: unknown): boolean => /ENOTFOUND|ENODATA/.test(String(error));

async function compare(
  { url: { hostname }, leadsTo }: Entry & { readonly leadsTo: string },
  addressesOf: World['addressesOf'],
): Promise<Finding> {
  const look = (host: string) =>
    addressesOf(host).catch((error: unknown): readonly string[] => {
      if (isAbsence(error)) return [];
      throw error;
    });
  const looked = await Promise.all([look(hostname), look(leadsTo)]).catch((error: unknown) => String(error));
  if (typeof looked === 'string') {
    return warning(
      `${hostname} and ${leadsTo} could not be looked up: ${firstLine(looked)}`,
      "Check this machine's resolver and its network, then run this again.",
    );
  }
  const [addresses, expected] = looked;
  if (addresses.length === 0) {
    return problem(
      `${hostname} has no address`,
      `Add a record for it that leads to ${leadsTo}: an alias in Route 53, else a CNAME. If you have just added it, wait: resolvers remember for a while that it was not there.`,
    );
  }
  if (expected.length === 0) {
    return warning(
      `${hostname} should lead to ${leadsTo}, which has no address from here`,
      "Check this machine's resolver; an internal load balancer has addresses in its VPC only.",
    );
  }
  if (addresses.some((address) => expected.includes(address))) return ok(`${hostname} leads to ${leadsTo}`);
  return warning(
    `${hostname} leads to ${addresses.slice(0, 3).join(', ')}, and ${leadsTo} is at ${expected.slice(0, 3).join(', ')}`,
    'That is right if a CDN or a proxy of yours is in between. If not, correct the record.',
  );
}

export const DNS_CHECKS = [dns] as const;
