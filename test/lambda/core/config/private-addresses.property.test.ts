import { BlockList, isIPv4 } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isPrivate, reachOf } from '../../../../lambda/core/config/address.ts';

/** The ranges as their RFCs write them, with Node's own arithmetic: shares nothing with the tested code. */
const PRIVATE: [string, number, 'ipv4' | 'ipv6'][] = [
  ['127.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['::1', 128, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
];
const LINK: typeof PRIVATE = [
  ['169.254.0.0', 16, 'ipv4'],
  ['fe80::', 10, 'ipv6'],
  ['fd00:ec2::', 32, 'ipv6'],
];
const listOf = (ranges: typeof PRIVATE): BlockList => {
  const list = new BlockList();
  for (const [network, prefix, family] of ranges) list.addSubnet(network, prefix, family);
  return list;
};
const PRIVATE_LIST = listOf(PRIVATE);
const LINK_LIST = listOf(LINK);
const isIn = (list: BlockList, address: string) => list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');

const dotted = (address: number) => [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.');
const v4 = fc.nat(0xffffffff).map(dotted);
const group = fc.nat(0xffff).map((value) => value.toString(16));
const v6 = fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => groups.join(':'));
/** Near the ends of each range, where a mask that is slightly too short or too long shows. */
const nearV4 = fc
  .tuple(
    fc.constantFrom(0x7f000000, 0x0a000000, 0xac100000, 0xc0a80000, 0x64400000, 0xa9fe0000),
    fc.constantFrom(8, 10, 12, 16),
    fc.integer({ min: -2, max: 1 }),
  )
  .map(([network, prefix, off]) => dotted((network + (off < 0 ? off : 2 ** (32 - prefix) - 1 + off)) >>> 0));
const nearV6 = fc
  .tuple(
    fc.constantFrom('fbff', 'fc00', 'fdff', 'fe00', 'fe7f', 'fe80', 'febf', 'fec0', 'fd00', '0'),
    fc.constantFrom('0', 'ec1', 'ec2', 'ec3', 'ffff'),
    fc.array(fc.constantFrom('0', '1', 'ffff'), { minLength: 6, maxLength: 6 }),
  )
  .map(([first, second, rest]) => [first, second, ...rest].join(':'));

/** A link-local IPv4 address within an address of a private network (ISATAP): it may lead to the link. */
const hasLinkWithin = (address: string) => reachOf(address) === 'the local link' && !isIn(LINK_LIST, address);

test('an address is private exactly if an RFC says so, and never if it is link-local', () => {
  fc.assert(
    fc.property(fc.oneof(v4, nearV4, v6, nearV6), (address) => {
      const expected = isIn(PRIVATE_LIST, address) && !isIn(LINK_LIST, address) && !hasLinkWithin(address);
      expect([address, isPrivate(address)]).toEqual([address, expected]);
    }),
    { numRuns: 5000 },
  );
});

test('so at each end of each range, and next to it', () => {
  const inside =
    '127.0.0.0 127.255.255.255 10.0.0.0 10.255.255.255 172.16.0.0 172.31.255.255 192.168.0.0 192.168.255.255 ' +
    '100.64.0.0 100.127.255.255 ::1 [::1] fc00:: fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff fd00:ec1::1 fd00:ec3::1 [fd12::1]';
  const outside =
    '126.255.255.255 128.0.0.0 9.255.255.255 11.0.0.0 172.15.255.255 172.32.0.0 192.167.255.255 192.169.0.0 ' +
    '100.63.255.255 100.128.0.0 :: ::2 0.0.0.0 0.1.2.3 fbff::1 fe00::1 fec0::1 198.18.0.1 224.0.0.1 255.255.255.255 8.8.8.8 ' +
    '2606:4700::1111 ff02::1';
  expect(inside.split(' ').filter((address) => !isPrivate(address))).toEqual([]);
  expect(outside.split(' ').filter(isPrivate)).toEqual([]);
});

describe('no address is private in a spelling that leads through a translator or a tunnel', () => {
  test.each([
    '::ffff:10.0.0.1',
    '::10.0.0.1',
    '::ffff:0:10.0.0.1',
    '64:ff9b::10.0.0.1',
    '2002:a00:1::',
    '2001:0:a00:1::1',
    '2001:db8::5efe:10.0.0.1',
  ])('%s', (address) => expect(isPrivate(address)).toBe(false));
});

test.each([
  '169.254.169.254',
  '169.254.170.2',
  'fe80::1',
  'fe80::1%eth0',
  'fd00:ec2::254',
  'FD00:0EC2::23',
  'fd00:ec2:0:0:0:0:0:254',
  '::ffff:169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  'fd12::5efe:a9fe:a9fe',
])('the local link is not private: %s', (address) => {
  expect(reachOf(address)).toBe('the local link');
  expect(isPrivate(address)).toBe(false);
});

test.each(['', 'localhost', 'keys.internal', '10.0.0', '10.0.0.256'])('%j is no address', (text) =>
  expect(isPrivate(text)).toBe(false),
);
