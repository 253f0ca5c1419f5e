import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isCanonicalPath } from '../../../../lambda/core/http/path.ts';

const escaped = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
const bytesOf = (text: string): number[] => [...Buffer.from(text, 'latin1')];

/** Bytes that may stand for themselves in a path: pchar of RFC 3986 §3.3 without `;`, `/`, and `[ ] ^ |`. */
const RAW = new Set(
  bytesOf("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,=:@/[]^|"),
);
/** Bytes whose escape could be read as something else: unreserved, delimiters of segments, controls, overlong. */
const REFUSED_ESCAPED = new Set([
  ...bytesOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~'),
  ...bytesOf('/\\;'),
  ...Array.from({ length: 0x20 }, (_, byte) => byte),
  0x7f,
  0xc0,
  0xc1,
]);

describe('a path is canonical', () => {
  test.each([
    '/',
    '/api',
    '/api/',
    '/api/x.y/z-1_2~3',
    '/api/a..b',
    '/api/...',
    '/api/.well-known/x',
    '/api/x.',
    "/api/!$&'()*+,=:@",
    '/api/a%20b',
    '/api/100%25',
    '/api/100%25zz',
    '/api/caf%C3%A9',
    '/api/%E6%9D%B1%e4%ba%ac',
    '/api/%F0%9F%98%80',
    '/api/a%40b%3Fc%23',
  ])('%s', (path) => expect(isCanonicalPath(path)).toBe(true));
});

describe('a path is not canonical', () => {
  test.each([
    '',
    '*',
    'api/x',
    'http://evil.example/api/x',
    '@evil.example',
    '//evil.example/',
    '/\\evil.example',
    '/api//x',
    '/api/x//',
    '/api/.',
    '/api/..',
    '/api/./x',
    '/api/../admin',
    '/api/x/..',
    '/api/%2e%2e/admin',
    '/api/.%2E/admin',
    '/api/%2e/x',
    '/api/x%2fy',
    '/api/x%2Fy',
    '/api/x%5cy',
    '/api/x%5Cy',
    '/api/x;y',
    '/api/..;/admin',
    '/api/x%3by',
    '/api/x%00',
    '/api/x%0d%0aHost:',
    '/api/x%7f',
    '/api/%61dmin',
    '/api/%41',
    '/api/%7Euser',
    '/api/x%252e%252e/admin',
    '/api/x%252f',
    '/api/%c0%af',
    '/api/%C1%9C',
    '/api/x%',
    '/api/x%2',
    '/api/x%zz',
    '/api/x%u002f',
    '/api/x y',
    '/api/x\ty',
    '/api/x\n',
    '/api/x\r\nHost: evil.example',
    '/api/x\u0000',
    '/api/x?y',
    '/api/x#y',
    '/api/<x>',
    '/api/"x"',
    '/api/{x}',
    '/api/`x`',
    '/api/café',
    '/api/東京',
    '/api/\u2024\u2024/x',
    '/api/\uff0e\uff0e/x',
  ])('%j', (path) => expect(isCanonicalPath(path)).toBe(false));

  test.each(['/api/%E0%80%AF', '/api/%E0%80%AE', '/api/%e0%9f%bf', '/api/%F0%80%80%AF'])(
    'an overlong encoding of three or four bytes: %s',
    (path) => expect(isCanonicalPath(path)).toBe(false),
  );
});

describe('every byte has one verdict', () => {
  const all = Array.from({ length: 256 }, (_, byte) => byte);

  test('raw: only what RFC 3986 has in a path, and four more that browsers leave as they are', () => {
    const accepted = all.filter((byte) => isCanonicalPath(`/a${String.fromCharCode(byte)}b`));
    expect(accepted).toEqual(all.filter((byte) => RAW.has(byte)));
  });
  test('escaped, in either case: not where the escape hides a byte that has a meaning raw', () => {
    const expected = all.filter((byte) => !REFUSED_ESCAPED.has(byte));
    expect(all.filter((byte) => isCanonicalPath(`/a${escaped(byte)}b`))).toEqual(expected);
    expect(all.filter((byte) => isCanonicalPath(`/a${escaped(byte).toLowerCase()}b`))).toEqual(expected);
  });
  test('escaped twice: never', () => {
    expect(all.filter((byte) => isCanonicalPath(`/a%25${escaped(byte).slice(1)}b`))).toEqual([]);
  });
});

describe('of any string', () => {
  const hostile = fc.array(
    fc.constantFrom('/', '.', '..', '%2e', '%2F', '%25', '2e', '%', '\\', ';', 'a', 'é', ' ', '%C3%A9'),
  );
  const path = fc.oneof(
    fc.string({ unit: 'binary' }).map((text) => `/${text}`),
    hostile.map((parts) => `/${parts.join('')}`),
  );

  test('that is canonical, a URL parser leaves every byte as it is and keeps the host', () => {
    fc.assert(
      fc.property(path, (text) => {
        if (!isCanonicalPath(text)) return;
        const url = new URL(text, 'http://upstream.example');
        expect(url.host).toBe('upstream.example');
        // The one difference: the parser escapes `^`, which the rule lets stand for itself.
        expect(url.pathname.replaceAll('%5E', '^')).toBe(text);
      }),
    );
  });
  test('that is canonical, decoding once leaves nothing that separates or leaves a segment', () => {
    fc.assert(
      fc.property(path, (text) => {
        if (!isCanonicalPath(text)) return;
        const decoded = Buffer.from(unescapeBytes(text), 'latin1').toString('latin1');
        expect(decoded.split('/')).toHaveLength(text.split('/').length);
        expect(decoded).not.toMatch(/\\|;|\/\.{1,2}(\/|$)|%[0-9A-Fa-f]{2}/);
      }),
    );
  });
});

const unescapeBytes = (text: string): string =>
  text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
