import { isIPv4, isIPv6 } from 'node:net';

/** A range of addresses in CIDR notation, written with its first address. */
export interface AddressRange {
  readonly version: 4 | 6;
  readonly first: bigint;
  /** How many bits all its addresses have in common. */
  readonly prefix: number;
}

const BITS = { 4: 32, 6: 128 } as const;

/** The range that a text names, or `undefined` if it is not a range or does not name the range's first address. */
export function parseRange(text: string): AddressRange | undefined {
  const [, address = '', bits = ''] = /^([0-9a-f.:]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const version = isIPv4(address) ? 4 : isIPv6(address) && !address.includes('.') ? 6 : undefined;
  if (version === undefined) return undefined;
  const prefix = Number(bits);
  const first = version === 4 ? numberOf(address.split('.'), 8, 10) : numberOf(groupsOf(address), 16, 16);
  const beyond = BITS[version] - prefix;
  return beyond >= 0 && (first >> BigInt(beyond)) << BigInt(beyond) === first
    ? { version, first, prefix }
    : undefined;
}

function numberOf(parts: readonly string[], bits: number, radix: number): bigint {
  return parts.reduce((sum, part) => (sum << BigInt(bits)) | BigInt(Number.parseInt(part, radix)), 0n);
}

/** The eight groups of an IPv6 address, including those that `::` leaves out (RFC 4291 §2.2). */
function groupsOf(address: string): string[] {
  const [before = [], after = []] = address.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const missing = address.includes('::') ? 8 - before.length - after.length : 0;
  return [...before, ...Array.from({ length: missing }, () => '0'), ...after];
}
