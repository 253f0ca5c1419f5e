import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decode, MAX_TOKEN_LENGTH } from '../../../../lambda/core/jwt/decode.ts';
import { base64url } from '../../../support/tokens.ts';

const HEADER = base64url('{"alg":"RS256"}');
const CLAIMS = base64url('{"sub":"x"}');
const SIGNATURE = base64url('signature');
const tokenOf = (header = HEADER, claims = CLAIMS, signature = SIGNATURE) =>
  `${header}.${claims}.${signature}`;
const isMalformed = (token: string, options = {}): boolean => 'malformed' in decode(token, options);

test('a token is taken apart into header, claims, signing input and signature', () => {
  expect(decode(tokenOf())).toEqual({
    header: { alg: 'RS256' },
    claims: { sub: 'x' },
    signingInput: `${HEADER}.${CLAIMS}`,
    signature: Buffer.from('signature'),
  });
});

describe('a text without exactly three segments is not a token', () => {
  test.each([
    '',
    '.',
    '..',
    HEADER,
    `${HEADER}.${CLAIMS}`,
    `${HEADER}.${CLAIMS}.`,
    `.${CLAIMS}.${SIGNATURE}`,
    `${HEADER}..${SIGNATURE}`,
    `${tokenOf()}.`,
    `.${tokenOf()}`,
    `${tokenOf()}.${SIGNATURE}`,
    `${tokenOf()}.${SIGNATURE}.${SIGNATURE}`,
    '.'.repeat(MAX_TOKEN_LENGTH),
    JSON.stringify({ payload: CLAIMS, protected: HEADER, signature: SIGNATURE }),
  ])('%.60s', (token) => expect(isMalformed(token)).toBe(true));

  test.each([1, 2, 100])('rejects %d additional segments before decoding any', (extra) => {
    expect(decode(tokenOf() + '.x'.repeat(extra))).toEqual({
      malformed: 'not three segments separated by dots',
    });
  });
  test('neither is a text over the length limit, whatever it contains', () => {
    const longest = tokenOf(HEADER, CLAIMS, 'A'.repeat(MAX_TOKEN_LENGTH - HEADER.length - CLAIMS.length - 2));
    expect(longest).toHaveLength(MAX_TOKEN_LENGTH);
    expect(isMalformed(longest)).toBe(longest.length % 4 === 1);
    expect(decode(tokenOf(HEADER, CLAIMS, 'A'.repeat(MAX_TOKEN_LENGTH)))).toEqual({
      malformed: `longer than ${MAX_TOKEN_LENGTH} characters`,
    });
    expect(isMalformed('.'.repeat(100_000))).toBe(true);
  });
});

describe('header and claims are JSON objects in UTF-8', () => {
  test.each([
    ['null', 'null'],
    ['an array', '[]'],
    ['a string', '"x"'],
    ['a number', '1'],
    ['nothing', ' '],
    ['cut short', '{"a":1'],
    ['two values', '{}{}'],
    ['trailing comma', '{"a":1,}'],
    ['NaN', '{"exp":NaN}'],
    ['a byte order mark', '\ufeff{}'],
    ['a raw control character', '{"a":"\u0001"}'],
  ])('not %s', (_, json) => {
    expect(isMalformed(tokenOf(base64url(json)))).toBe(true);
    expect(isMalformed(tokenOf(HEADER, base64url(json)))).toBe(true);
  });
  test.each([
    ['a lone continuation byte', [0x80]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['half a surrogate pair', [0xed, 0xa0, 0x80]],
    ['Latin-1', [0xe9]],
  ])('not with %s in a string', (_, bytes) => {
    const segment = base64url(Buffer.from([...Buffer.from('{"a":"'), ...bytes, ...Buffer.from('"}')]));
    expect(isMalformed(tokenOf(segment))).toBe(true);
    expect(isMalformed(tokenOf(HEADER, segment))).toBe(true);
  });
  test('the last of duplicate members counts', () => {
    const token = decode(tokenOf(base64url('{"alg":"none","alg":"RS256"}'), base64url('{"exp":9,"exp":1}')));
    expect(token).toMatchObject({ header: { alg: 'RS256' }, claims: { exp: 1 } });
  });
  test('a member named __proto__ is just a member', () => {
    const token = decode(tokenOf(HEADER, base64url('{"__proto__":{"aud":"x"},"constructor":1}')));
    const { claims } = token as { claims: Record<string, unknown> };
    expect(Object.keys(claims)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(claims)).toBe(Object.prototype);
    expect(({} as { aud?: string }).aud).toBeUndefined();
  });
  test('up to 1,000 nested lists and objects pass, and more are rejected', () => {
    const nested = (lists: number) => base64url(`{"a":${'['.repeat(lists)}${']'.repeat(lists)}}`);
    expect(isMalformed(tokenOf(HEADER, nested(999)))).toBe(false);
    expect(isMalformed(tokenOf(HEADER, nested(1000)))).toBe(true);
    expect(isMalformed(tokenOf(nested(1000), CLAIMS))).toBe(true);
  });
});

describe('a segment passes only in its one canonical encoding', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });
  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

  test('the canonical one passes for any bytes', () => {
    fc.assert(
      fc.property(bytes, (signature) => {
        const token = decode(tokenOf(HEADER, CLAIMS, base64url(signature)));
        expect(token).toHaveProperty('signature', Buffer.from(signature));
      }),
    );
  });
  test('with any other trailing bits it does not', () => {
    fc.assert(
      fc.property(bytes, fc.nat(63), (signature, digit) => {
        const canonical = base64url(signature);
        const other = canonical.slice(0, -1) + ALPHABET[digit];
        if (other === canonical || Buffer.from(other, 'base64url').compare(Buffer.from(signature)) !== 0)
          return;
        expect(isMalformed(tokenOf(HEADER, CLAIMS, other))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
  test('with any character from outside the alphabet, anywhere, it does not', () => {
    const foreign = fc.constantFrom('=', '+', '/', ' ', '\t', '\r', '\n', '\0', '%', '*', 'é', '\u212a', ',');
    fc.assert(
      fc.property(bytes, foreign, fc.nat(), fc.nat(2), (content, character, at, index) => {
        const segments = [HEADER, CLAIMS, base64url(content)];
        const segment = segments[index] ?? '';
        const place = at % (segment.length + 1);
        segments[index] = segment.slice(0, place) + character + segment.slice(place);
        expect(isMalformed(segments.join('.'))).toBe(true);
      }),
    );
  });
  test('with characters of which only the low byte is in the alphabet it does not', () => {
    for (const index of [0, 1, 2]) {
      const segments = [HEADER, CLAIMS, SIGNATURE];
      const segment = segments[index] ?? '';
      expect(isMalformed(segments.join('.'))).toBe(false);
      segments[index] =
        segment.slice(0, 3) + String.fromCharCode(0x100 + segment.charCodeAt(3)) + segment.slice(4);
      expect(isMalformed(segments.join('.'))).toBe(true);
    }
  });
  test('in standard base64 it does not', () => {
    const standard = Buffer.from([0xfb, 0xff, 0xfe]).toString('base64');
    expect(standard).toBe('+//+');
    expect(isMalformed(tokenOf(HEADER, CLAIMS, standard))).toBe(true);
  });
  test('of a length that encodes no bytes it does not', () => {
    expect(isMalformed(tokenOf(HEADER, CLAIMS, 'A'))).toBe(true);
    expect(isMalformed(tokenOf(HEADER, CLAIMS, 'AAAAA'))).toBe(true);
  });
  test('whatever passes encodes back to itself', () => {
    fc.assert(
      fc.property(fc.base64String(), fc.string(), (a, b) => {
        for (const segment of [a, b]) {
          const token = decode(tokenOf(HEADER, CLAIMS, segment));
          if (!('malformed' in token)) expect(token.signature.toString('base64url')).toBe(segment);
        }
      }),
    );
  });
});

describe('with padding allowed, as in the headers that AWS signs', () => {
  const padded = (text: string): string =>
    Buffer.from(text).toString('base64').replaceAll('+', '-').replaceAll('/', '_');

  test('padded segments pass, and the padding stays in the signing input', () => {
    const header = padded('{"alg":"ES384"}x'.slice(0, 15));
    const claims = padded('{"sub":"ab"}!'.slice(0, 12));
    const token = decode(tokenOf(header, claims, padded('12')), { padding: true });
    expect(token).toMatchObject({ signingInput: `${header}.${claims}`, signature: Buffer.from('12') });
    expect(isMalformed(tokenOf(header, claims, padded('12')))).toBe(true);
  });
  test.each(['=', '==', 'MTI===', '=MTI', 'M=TI', 'MT=I', 'MTI= ', 'MTJ='])(
    '%j is still not a segment',
    (signature) => {
      expect(isMalformed(tokenOf(HEADER, CLAIMS, signature), { padding: true })).toBe(true);
    },
  );
  test('unpadded ones pass too', () => expect(isMalformed(tokenOf(), { padding: true })).toBe(false));
  test('a padded header that has just passed does not pass where padding is not allowed', () => {
    const header = padded('{"alg":"ES38"}');
    expect(header).toMatch(/=$/);
    for (const options of [{ padding: true }, {}, { padding: true }, {}]) {
      expect(isMalformed(tokenOf(header), options)).toBe(options.padding !== true);
    }
  });
});

test('an arbitrary string never throws', () => {
  const part = fc.oneof(fc.string({ unit: 'binary' }), fc.json().map(base64url), fc.base64String());
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), fc.boolean(), (parts, padding) => {
      expect(decode(parts.join('.'), { padding })).toBeDefined();
    }),
    { numRuns: 500 },
  );
});
