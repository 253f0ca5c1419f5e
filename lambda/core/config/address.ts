/**
 * Where an IP address leads: to this machine, to the link it is on (where clouds serve credentials), or elsewhere.
 */
export type Reach = 'this machine' | 'the local link' | 'elsewhere';

/** Where an address leads, in any spelling; undefined for a text that is not an address. */
export function reachOf(address: string): Reach | undefined {
  const v4 = parseV4(address);
  if (v4 !== undefined) return reachOfV4(v4);
  const groups = parseV6(withoutBrackets(address));
  if (groups === undefined) return undefined;
  const own = reachOfV6(groups);
  if (own !== 'elsewhere') return own;
  const embedded = EMBEDDINGS.flatMap((find) => find(groups) ?? []).map(reachOfV4);
  return embedded.find((reach) => reach !== 'elsewhere') ?? 'elsewhere';
}

/**
 * Whether an address belongs to this machine or to a private network, in the plain spelling: an IPv4 address within
 * an IPv6 one leads through a translator or a tunnel, and there is no telling where that ends. Never the local link.
 */
export function isPrivate(address: string): boolean {
  const v4 = parseV4(address);
  if (v4 !== undefined) {
    return PRIVATE_V4.some(([network, bits]) => v4 >>> (32 - bits) === network >>> (32 - bits));
  }
  const groups = parseV6(withoutBrackets(address));
  if (groups === undefined || reachOf(address) === 'the local link') return false;
  // Loopback (RFC 4291 §2.5.3), and unique local addresses (RFC 4193 §3.1).
  return isOne(groups) || ((groups[0] ?? 0) & 0xfe00) === 0xfc00;
}

/** Network, and the length of its prefix. */
const PRIVATE_V4 = [
  // RFC 1122 §3.2.1.3
  [0x7f000000, 8],
  // RFC 1918 §3
  [0x0a000000, 8],
  [0xac100000, 12],
  [0xc0a80000, 16],
  // RFC 6598 §7
  [0x64400000, 10],
] as const;

/** RFC 1122 §3.2.1.3, with the `this` network, which sockets treat as this machine; RFC 3927. */
function reachOfV4(address: number): Reach {
  const [first, second] = [address >>> 24, (address >>> 16) & 0xff];
  if (first === 127 || first === 0) return 'this machine';
  return first === 169 && second === 254 ? 'the local link' : 'elsewhere';
}

/** RFC 4291 §2.5.2, §2.5.3 and §2.5.6, and the network in which AWS serves credentials over IPv6. */
function reachOfV6(groups: Groups): Reach {
  if (groups.slice(0, 7).every((group) => group === 0) && (groups[7] ?? 0) <= 1) return 'this machine';
  const [first = 0, second] = groups;
  return (first & 0xffc0) === 0xfe80 || (first === 0xfd00 && second === 0x0ec2)
    ? 'the local link'
    : 'elsewhere';
}

/** Eight numbers of 16 bits. */
type Groups = readonly number[];

/** An address as a URL writes it, or with the zone of RFC 4007 §11. */
const withoutBrackets = (address: string): string => address.replace(/^\[|\]$|%.*$/g, '');

const isOne = (groups: Groups): boolean => groups.every((group, index) => group === (index === 7 ? 1 : 0));

const pair = (high: number | undefined, low: number | undefined): number =>
  (((high ?? 0) << 16) | (low ?? 0)) >>> 0;
const last = (groups: Groups): number => pair(groups[6], groups[7]);
const begins = (groups: Groups, ...prefix: readonly number[]): boolean =>
  prefix.every((group, index) => groups[index] === group);

/** RFC 6052 §2.2: the address stands around the eight bits that stay zero; undefined if all is zeros. */
const afterPrefix48 = (groups: Groups): number | undefined =>
  pair(groups[3], (((groups[4] ?? 0) & 0xff) << 8) | ((groups[5] ?? 0) >>> 8)) || undefined;

/** The ways to write an IPv4 address within an IPv6 one. */
const EMBEDDINGS: readonly ((groups: Groups) => number | undefined)[] = [
  // Compatible and mapped (RFC 4291 §2.5.5), translated (RFC 2765 §2.1).
  (groups) => (begins(groups, 0, 0, 0, 0, 0, 0) ? last(groups) : undefined),
  (groups) => (begins(groups, 0, 0, 0, 0, 0, 0xffff) ? last(groups) : undefined),
  (groups) => (begins(groups, 0, 0, 0, 0, 0xffff, 0) ? last(groups) : undefined),
  // NAT64 (RFC 6052 §2.1, RFC 8215).
  (groups) => (begins(groups, 0x64, 0xff9b) ? last(groups) : undefined),
  (groups) => (begins(groups, 0x64, 0xff9b, 1) ? afterPrefix48(groups) : undefined),
  // 6to4 (RFC 3056 §2).
  (groups) => (begins(groups, 0x2002) ? pair(groups[1], groups[2]) : undefined),
  // Teredo (RFC 4380 §4): the server, and the client with its bits inverted.
  (groups) => (begins(groups, 0x2001, 0) ? pair(groups[2], groups[3]) : undefined),
  (groups) => (begins(groups, 0x2001, 0) ? ~last(groups) >>> 0 : undefined),
  // ISATAP (RFC 5214 §6.1).
  (groups) => (groups[5] === 0x5efe && ((groups[4] ?? 0) & ~0x0200) === 0 ? last(groups) : undefined),
];

function parseV4(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.?$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((address, part) => address * 256 + part, 0);
}

function parseV6(text: string): Groups | undefined {
  if (!text.includes(':')) return undefined;
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const v4 = tail === null ? undefined : parseV4(tail[2] ?? '');
  if (tail !== null && v4 === undefined) return undefined;
  const plain =
    v4 === undefined ? text : `${tail?.[1]}${(v4 >>> 16).toString(16)}:${(v4 & 0xffff).toString(16)}`;
  const [head = '', rest, ...more] = plain.split('::');
  const parse = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const left = parse(head);
  const right = rest === undefined ? [] : parse(rest);
  const zeros = 8 - left.length - right.length;
  if (more.length > 0 || (rest === undefined ? zeros !== 0 : zeros < 1)) return undefined;
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right];
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : undefined;
}
