import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { headerValue } from '../../../../lambda/core/http/header-value.ts';

/** How an upstream reads a value: it decodes an ext-value of RFC 8187 §3.2, and takes anything else as it is. */
function read(value: string): string {
  return value.startsWith("UTF-8''") ? decodeURIComponent(value.slice("UTF-8''".length)) : value;
}

/** Strings near the border between plain and encoded. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.string({
    unit: fc.constantFrom(' ', '\t', '\r', '\n', '\0', '%', "'", '(', ')', '*', '4', '1', 'é', 'a'),
  }),
  fc.string().map((rest) => `UTF-8''${rest}`),
);

describe('a claim value as a header value', () => {
  test.each([
    ['client-1', 'client-1'],
    ['', ''],
    ['read write', 'read write'],
    ['100% "sure", \\o/', '100% "sure", \\o/'],
    ['a\r\nX-Evil: 1', "UTF-8''a%0D%0AX-Evil%3A%201"],
    ['a\0b', "UTF-8''a%00b"],
    ['a\tb', "UTF-8''a%09b"],
    ['\x7f', "UTF-8''%7F"],
    ['Zoë', "UTF-8''Zo%C3%AB"],
    ['😀', "UTF-8''%F0%9F%98%80"],
    [' x', "UTF-8''%20x"],
    ['x ', "UTF-8''x%20"],
    [' ', "UTF-8''%20"],
    ["UTF-8''x", "UTF-8''UTF-8%27%27x"],
    ["é'()*", "UTF-8''%C3%A9%27%28%29%2A"],
  ])('%j is %j', (claim, value) => expect(headerValue(claim)).toBe(value));

  test('is legal: printable ASCII without a space at either end (RFC 9110 §5.5)', () => {
    fc.assert(
      fc.property(text, (claim) => {
        expect(headerValue(claim)).toMatch(/^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/);
      }),
    );
  });
  test('if encoded, has only attr-char and escapes after the prefix (RFC 8187 §3.2.1)', () => {
    fc.assert(
      fc.property(text, (claim) => {
        const value = headerValue(claim);
        if (value === claim) return;
        expect(value).toMatch(/^UTF-8''(?:[A-Za-z0-9!#$&+\-.^_`|~]|%[0-9A-F]{2})*$/);
      }),
    );
  });
  test('reads back as exactly the claim, so that no two claims look alike', () => {
    fc.assert(fc.property(text, (claim) => expect(read(headerValue(claim))).toBe(claim)));
  });
  test('is legal even for half a surrogate pair', () => {
    const unit = fc.nat(0xffff).map((code) => String.fromCharCode(code));
    fc.assert(
      fc.property(fc.string({ unit }), (claim) => {
        expect(headerValue(claim)).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });
  test.each(["utf-8''%61dmin", "Utf-8''x", "UTF-8'en'%61dmin", "iso-8859-1''%61dmin"])(
    'encodes %j, which a reader of RFC 8187 could take for an encoded value',
    (claim) => expect(headerValue(claim)).toMatch(/^UTF-8''[^']*$/),
  );
  test('half a surrogate pair and U+FFFD do not look alike', () => {
    expect(headerValue('\ud800')).not.toBe(headerValue('\ufffd'));
  });
});
