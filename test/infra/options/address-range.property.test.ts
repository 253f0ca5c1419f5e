import { BlockList } from 'node:net';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseRange } from '../../../infra/options/address-range.ts';

const ipv6 = fc
  .array(fc.constantFrom('0', '1', 'db8', '2001', 'ffff', 'fe80'), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.join(':').replace(/(?:^|:)0(?::0)+(?=:|$)/, ':') || '::')
  .map((address) => (address.endsWith(':') && !address.endsWith('::') ? `${address}:` : address))
  .map((address) => (/^:[^:]/.test(address) ? `:${address}` : address));

const versions = [
  ['ipv4', fc.ipV4(), 32],
  ['ipv6', ipv6, 128],
] as const;

it.each(versions)(
  'a range of %s is one by its first address only, as Node.js has it',
  (version, address, bits) => {
    fc.assert(
      fc.property(address, fc.integer({ min: 0, max: bits }), (text, prefix) => {
        const range = parseRange(`${text}/${prefix}`);
        // The first address of a range is in the one of half its size; any other, except that of the same half, is not.
        const below = new BlockList();
        const first = firstOf(text, prefix, version, bits);
        below.addAddress(first, version);
        expect(range !== undefined).toBe(below.check(text, version));
      }),
    );
  },
);

/** The address with all bits behind the prefix unset. */
function firstOf(text: string, prefix: number, version: 'ipv4' | 'ipv6', bits: number): string {
  const parts = version === 'ipv4' ? text.split('.') : expanded(text);
  const radix = version === 'ipv4' ? 10 : 16;
  const width = version === 'ipv4' ? 8 : 16;
  const binary = parts.map((part) => Number.parseInt(part, radix).toString(2).padStart(width, '0')).join('');
  const masked = binary.slice(0, prefix).padEnd(bits, '0');
  const back = masked.match(new RegExp(`.{${width}}`, 'g')) ?? [];
  return back.map((part) => Number.parseInt(part, 2).toString(radix)).join(version === 'ipv4' ? '.' : ':');
}

/** By the URL parser, which writes an address in one form. */
function expanded(text: string): string[] {
  const [before = '', after] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split('::');
  const head = before.split(':').filter(Boolean);
  const tail = (after ?? '').split(':').filter(Boolean);
  const missing = after === undefined ? 0 : 8 - head.length - tail.length;
  return [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
}

it.each([
  '10.0.0.0',
  '10.0.0.0/33',
  '10.0.0.0/08',
  '10.0.0/8',
  '010.0.0.0/8',
  '256.0.0.0/8',
  '2001:db8::/129',
  '2001:db8/32',
  '::ffff:10.0.0.0/104',
  'fe80::%eth0/64',
  '',
  '/',
])('%j is not a range', (text) => {
  expect(parseRange(text)).toBeUndefined();
});
