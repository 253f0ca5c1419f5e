import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { reachOf } from '../../../../lambda/core/config/address.ts';

/** Ways to write an IPv4 address as an IPv6 one, from its two halves in hexadecimal. */
const SPELLINGS: [string, (high: string, low: string, dotted: string) => string][] = [
  ['mapped', (high, low) => `::ffff:${high}:${low}`],
  ['mapped, dotted', (_high, _low, dotted) => `::ffff:${dotted}`],
  ['mapped, in full', (high, low) => `0000:0:0:0:0:FFFF:${high}:${low}`],
  ['compatible', (high, low) => `::${high}:${low}`],
  ['translated', (high, low) => `::ffff:0:${high}:${low}`],
  ['NAT64', (high, low) => `64:ff9b::${high}:${low}`],
  ['local NAT64', (high, low) => `64:ff9b:1::${high}:${low}`],
  ['6to4', (high, low) => `2002:${high}:${low}::1`],
  ['Teredo server', (high, low) => `2001:0:${high}:${low}::1`],
  ['ISATAP', (high, low) => `2001:db8::5efe:${high}:${low}`],
  ['ISATAP, global', (high, low) => `2001:db8::200:5efe:${high}:${low}`],
];
const dotted = (address: number): string =>
  [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.');
const spell = (write: (typeof SPELLINGS)[number][1], address: number): string =>
  write((address >>> 16).toString(16), (address & 0xffff).toString(16), dotted(address));

const inNetwork = (prefix: number, bits: number) =>
  fc.nat(2 ** (32 - bits) - 1).map((rest) => ((prefix << 24) >>> 0) + rest);
const LOOPBACK = inNetwork(127, 8);
const LINK = fc.nat(0xffff).map((rest) => 0xa9fe0000 + rest);
const PUBLIC = fc.nat(0xffffffff).filter((n) => ![0, 127].includes(n >>> 24) && n >>> 16 !== 0xa9fe);

describe.each(SPELLINGS)('an IPv4 address that is %s leads where the plain one does', (_, write) => {
  test('on this machine', () => {
    fc.assert(
      fc.property(LOOPBACK, (address) => expect(reachOf(spell(write, address))).toBe('this machine')),
    );
  });
  test('on the local link', () => {
    fc.assert(fc.property(LINK, (address) => expect(reachOf(spell(write, address))).toBe('the local link')));
  });
  test('elsewhere', () => {
    fc.assert(fc.property(PUBLIC, (address) => expect(reachOf(spell(write, address))).toBe('elsewhere')));
  });
  test('and the URL parser does not change that', () => {
    fc.assert(
      fc.property(fc.oneof(LOOPBACK, LINK, PUBLIC), (address) => {
        const text = spell(write, address);
        expect(reachOf(new URL(`https://[${text}]/`).hostname)).toBe(reachOf(text));
      }),
    );
  });
});

test('a Teredo client has its address inverted', () => {
  const inverted = (address: number) =>
    spell((high, low) => `2001:0:808:808:0:0:${high}:${low}`, ~address >>> 0);
  expect(reachOf(inverted(0x7f000001))).toBe('this machine');
  expect(reachOf(inverted(0xa9fea9fe))).toBe('the local link');
  expect(reachOf(inverted(0x08080808))).toBe('elsewhere');
});

test.each([
  ['127.0.0.1', 'this machine'],
  ['127.255.255.255', 'this machine'],
  ['0.0.0.0', 'this machine'],
  ['::', 'this machine'],
  ['::1', 'this machine'],
  ['[::1]', 'this machine'],
  ['0:0:0:0:0:0:0:1', 'this machine'],
  ['169.254.169.254', 'the local link'],
  ['fe80::1', 'the local link'],
  ['fe80::1%eth0', 'the local link'],
  ['febf:ffff::', 'the local link'],
  ['fd00:ec2::254', 'the local link'],
  ['fd00:0ec2::23', 'the local link'],
  ['10.0.0.1', 'elsewhere'],
  ['128.0.0.1', 'elsewhere'],
  ['169.253.0.1', 'elsewhere'],
  ['fec0::1', 'elsewhere'],
  ['fd00:ec3::1', 'elsewhere'],
  ['2606:4700::1111', 'elsewhere'],
] as const)('%s leads to %s', (address, reach) => expect(reachOf(address)).toBe(reach));

test.each([
  '',
  'localhost',
  'issuer.example',
  '1.2.3',
  '1.2.3.4.5',
  '256.0.0.1',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '12345::',
  'g::1',
  '::1.2.3',
  '1:2:3:4:5:6:7:8:9',
])('%j is no address', (text) => expect(reachOf(text)).toBeUndefined());
