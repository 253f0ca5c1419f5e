import { type AddressRange, parseRange } from '../options/address-range.ts';

/** A subnet of an existing VPC, as the CDK CLI found it. */
export interface KnownSubnet {
  readonly id: string;
  readonly zone: string;
  /** According to its route table: `public` has a route to an internet gateway, `private` to a NAT or a transit gateway. */
  readonly kind: 'public' | 'private' | 'isolated';
  /** Subnets with the same purpose have the same tier. Without a tag that names it, it is the same as the kind. */
  readonly tier: string;
  readonly range: string;
}

export interface Wanted {
  readonly vpcId: string;
  readonly internal: boolean;
  readonly subnetIds?: readonly string[] | undefined;
  readonly zones?: readonly string[] | undefined;
}

export type Choice =
  | { readonly kind: 'ok'; readonly subnets: readonly KnownSubnet[]; readonly note: string }
  | { readonly kind: 'invalid'; readonly problem: string };

/** A load balancer needs one subnet per zone, in at least this many zones. */
const FEWEST_ZONES = 2;

/** An internal load balancer prefers subnets with a way out, and uses public ones only if there are no others. */
const KINDS = { internal: ['private', 'isolated', 'public'], public: ['public'] } as const;

/**
 * Chooses one subnet per zone for a load balancer: those that are requested, or else those of the tier with the most
 * zones. The choice depends on what the VPC has, not on the order in which it is listed.
 */
export function chooseSubnets(all: readonly KnownSubnet[], wanted: Wanted): Choice {
  const { vpcId, internal, subnetIds, zones } = wanted;
  if (all.length === 0)
    return { kind: 'invalid', problem: `vpcId: ${vpcId} has no subnets; give another VPC` };
  if (subnetIds !== undefined) return requested(all, subnetIds, vpcId);
  const invalid = (lack: string): Choice => ({
    kind: 'invalid',
    problem: `vpcId: ${vpcId} has no ${lack}; give subnetIds, one per zone, from ${listed(all)}`,
  });
  const inZones = all.filter(({ zone }) => zones?.includes(zone) ?? true);
  const found = KINDS[internal ? 'internal' : 'public']
    .map((kind) => onePerZone(inZones.filter((subnet) => subnet.kind === kind)))
    .find((subnets) => subnets.length >= (zones?.length ?? FEWEST_ZONES));
  if (found === undefined) {
    const kind = internal ? 'subnets of one kind' : 'public subnets';
    return invalid(zones === undefined ? `${kind} in two zones` : `${kind} in ${zones.join(' and ')}`);
  }
  return { kind: 'ok', subnets: found, note: noteOf(found, all) };
}

function requested(all: readonly KnownSubnet[], subnetIds: readonly string[], vpcId: string): Choice {
  const invalid = (problem: string): Choice => ({ kind: 'invalid', problem: `subnetIds ${problem}` });
  const missing = subnetIds.filter((id) => !all.some((subnet) => subnet.id === id));
  if (missing.length > 0) {
    return invalid(`has ${missing.join(', ')}, which ${vpcId} does not; it has ${listed(all)}`);
  }
  const subnets = all.filter(({ id }) => subnetIds.includes(id));
  const crowded = subnets.filter(({ zone }) => subnets.filter((other) => other.zone === zone).length > 1);
  if (crowded.length > 0) return invalid(`has several in one zone; keep one per zone of ${listed(crowded)}`);
  return { kind: 'ok', subnets, note: noteOf(subnets, []) };
}

/** The first subnet of each zone, by tier and address, in the order of the list. */
function onePerZone(subnets: readonly KnownSubnet[]): KnownSubnet[] {
  const zonesOf = (tier: string) =>
    new Set(subnets.flatMap((subnet) => (subnet.tier === tier ? subnet.zone : []))).size;
  const sorted = [...subnets].sort(
    (a, b) =>
      zonesOf(b.tier) - zonesOf(a.tier) ||
      compare(a.tier, b.tier) ||
      compare(addressOf(a), addressOf(b)) ||
      compare(a.id, b.id),
  );
  const first = new Map(sorted.toReversed().map(({ zone, id }) => [zone, id]));
  return subnets.filter(({ zone, id }) => first.get(zone) === id);
}

const addressOf = ({ range }: KnownSubnet): AddressRange['first'] => parseRange(range)?.first ?? 0n;

const compare = <T extends string | bigint>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

function noteOf(subnets: readonly KnownSubnet[], all: readonly KnownSubnet[]): string {
  const isRival = (one: KnownSubnet) =>
    subnets.some(({ id, zone, kind }) => zone === one.zone && kind === one.kind && id !== one.id);
  const others = all.filter(isRival);
  const choice = others.length > 0 ? ' Set subnetIds to choose others.' : '';
  return `Subnets of the load balancer: ${listed(subnets)}.${choice}`;
}

const listed = (subnets: readonly KnownSubnet[]): string =>
  subnets.map(({ id, zone, tier, range }) => `${id} (${zone}, ${tier}, ${range})`).join(', ');
