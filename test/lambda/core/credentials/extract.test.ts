import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { extractCredential, reasonOfNone } from '../../../../lambda/core/credentials/extract.ts';
import { placeName } from '../../../../lambda/core/credentials/place.ts';
import { hasAlike } from '../../../../lambda/core/credentials/query-parameters.ts';
import type { HttpRequest } from '../../../../lambda/core/http/message.ts';
import { decode } from '../../../../lambda/core/jwt/decode.ts';
import type { Provider } from '../../../../lambda/core/provider.ts';
import { providerOf } from '../../../support/provider.ts';

function extract(authorization: string | readonly string[], query = '') {
  const values = typeof authorization === 'string' ? [authorization] : authorization;
  const request: HttpRequest = {
    method: 'GET',
    path: '/api/x',
    query,
    headers: [['accept', 'Bearer decoy'], ...values.map((value) => ['authorization', value] as const)],
    body: Buffer.alloc(0),
  };
  const extraction = extractCredential(request, [providerOf()]);
  if (extraction.kind !== 'token') return extraction;
  const { kind, token, source } = extraction;
  return { kind, place: placeName(source.place), token };
}

describe('a bearer token is extracted', () => {
  test.each([
    'Bearer a.b.c',
    'bearer a.b.c',
    'BEARER a.b.c',
    'bEaReR a.b.c',
    'Bearer   a.b.c',
    ' Bearer a.b.c ',
    '\tBearer a.b.c \t',
  ])('from %j', (value) =>
    expect(extract(value)).toEqual({ kind: 'token', place: 'authorization', token: 'a.b.c' }),
  );
  test('from among blanks, whatever characters it has, as itself', () => {
    for (const token of ['a.b.c', 'a.\u0141\ud800.c', '東京']) {
      const field = ` Bearer${' '.repeat(15_000)}${token}${'\t'.repeat(100)}`;
      expect(extract(field)).toEqual({ kind: 'token', place: 'authorization', token });
    }
  });
  test('with every character of token68', () => {
    const token = 'ABCZabcz0189-._~+/==';
    expect(extract(`Bearer ${token}`)).toEqual({ kind: 'token', place: 'authorization', token });
  });
});

describe('finds no credentials of ours', () => {
  test.each([
    '',
    ' ',
    'Basic dXNlcjpwYXNz',
    'DPoP a.b.c',
    'Bearertoken a.b.c',
    'Bearer=a.b.c',
    'xBearer a.b.c',
    'a.b.c',
  ])('in %j', (value) => expect(extract(value)).toEqual({ kind: 'none' }));
  test('without the header', () => expect(extract([])).toEqual({ kind: 'none' }));
  test('in the query', () => expect(extract([], 'access_token=a.b.c')).toEqual({ kind: 'none' }));
});

describe('logs what the request has instead if there are no credentials', () => {
  const BEARER = providerOf();
  const STAFF = {
    ...BEARER,
    type: 'verified-access',
    places: [{ kind: 'header', name: 'x-amzn-ava-user-context' }],
  } as unknown as Provider;
  const reason = (authorization: string | undefined, providers: readonly Provider[]) =>
    reasonOfNone(
      {
        method: 'GET',
        path: '/',
        query: '',
        headers: authorization === undefined ? [] : [['authorization', authorization]],
        body: Buffer.alloc(0),
      },
      providers,
    );

  test.each([
    [undefined, 'no credential in authorization'],
    ['', 'no credential in authorization: Authorization is empty'],
    ['eyJhbGciOiJub25lIn0.e30.x', 'Authorization has no scheme; send "Bearer", a space and the token'],
    ['JWT eyJhbGciOiJub25lIn0.e30.x', 'Authorization has the scheme JWT, not Bearer'],
    ['token eyJhbGciOiJub25lIn0.e30.x', 'Authorization has the scheme Token, not Bearer'],
    ['Basic dXNlcjpwYXNz', 'Authorization has the scheme Basic, not Bearer'],
    ['DPoP x', 'Authorization has the scheme DPoP, not Bearer'],
    ['canary-7f3a x', 'Authorization has a scheme other than Bearer'],
    ['canary-7f3a=x', 'Authorization has a scheme other than Bearer'],
  ])('%j: %s', (authorization, expected) => {
    expect(reason(authorization, [BEARER])).toContain(expected);
    expect(reason(authorization, [BEARER])).not.toMatch(/eyJ|canary|dXNl/);
  });
  test('and that there is a bearer token, on a route that accepts none', () => {
    expect(reason('Bearer eyJ.e30.x', [STAFF])).toBe(
      'no credential in x-amzn-ava-user-context; there is a bearer token, which the route does not accept',
    );
    expect(reason(undefined, [STAFF, BEARER])).toBe(
      'no credential in x-amzn-ava-user-context or authorization',
    );
  });
});

describe('bearer credentials are malformed', () => {
  test.each([
    'Bearer',
    'Bearer ',
    'Bearer   ',
    'Bearer\ta.b.c',
    'Bearer\u00a0a.b.c',
    '\u00a0Bearer a.b.c',
    '\nBearer a.b.c',
    'Bearer\na.b.c',
  ])('in %j', (value) => expect(extract(value)).toMatchObject({ kind: 'malformed' }));

  test.each([
    'Bearer \ta.b.c',
    'Bearer a.b.c d',
    'Bearer a.b.c\td',
    'Bearer a.b.c\n',
    'Bearer \na.b.c',
    'Bearer a.b.c\u00a0',
    'Bearer "a.b.c"',
    'Bearer a.b=.c',
    'Bearer a.b.c;x=1',
    'Bearer a.b.\u00e9',
    'Bearer Bearer a.b.c',
  ])('in %j, as decoding it shows', (value) => {
    const extraction = extract(value);
    if (extraction.kind !== 'token') throw new Error(extraction.kind);
    expect(decode(extraction.token)).toHaveProperty('malformed');
  });
});

describe('a request is ambiguous', () => {
  test.each([
    'Bearer a.b.c, Bearer d.e.f',
    'Bearer a.b.c,Bearer d.e.f',
    'Bearer a.b.c,d.e.f',
    'Bearer a.b.c,',
    'Bearer,Bearer a.b.c',
    'Basic x, Bearer a.b.c',
    'Basic x,bearer a.b.c',
  ])('with %j', (value) => expect(extract(value)).toMatchObject({ kind: 'ambiguous' }));

  test.each([
    [['Bearer a.b.c', 'Bearer a.b.c']],
    [['Bearer a.b.c', 'Basic x']],
    [['Basic x', 'Bearer a.b.c']],
    [['', 'Bearer a.b.c']],
  ])('with the fields %j', (values) => expect(extract(values)).toMatchObject({ kind: 'ambiguous' }));

  test.each([
    'access_token=d.e.f',
    'x=1&access_token=',
    'access%5Ftoken=d.e.f',
    'access_token',
    'access_to\u212aen=d.e.f',
  ])('with a token in the header and the query %s', (query) =>
    expect(extract('Bearer a.b.c', query)).toMatchObject({ kind: 'ambiguous' }),
  );

  test('with a token in the header and a query parameter that some server takes for one, and with no other', () => {
    const parts = [
      'access',
      'ACCESS',
      'acce%73s',
      'token',
      'to\u212aen',
      'to%E2%84%AAen',
      '%',
      '\u{1f511}',
      'x',
    ];
    const marks = ['_', '.', '+', '%5f', '%00', '[', '&', ';', '=', ' ', '-', '\n', 'é'];
    const query = fc.array(fc.constantFrom(...parts, ...marks), { maxLength: 8 }).map((all) => all.join(''));
    const likely = fc
      .tuple(query, fc.constantFrom(...parts), fc.constantFrom(...marks), fc.constantFrom(...parts), query)
      .map((all) => all.join(''));
    const seen = new Set<boolean>();
    fc.assert(
      fc.property(fc.oneof(query, likely), (text) => {
        const another = hasAlike(text, 'access_token');
        seen.add(another);
        expect(extract('Bearer a.b.c', text).kind).toBe(another ? 'ambiguous' : 'token');
      }),
      { numRuns: 2000 },
    );
    expect(seen.size).toBe(2);
  });
});

test('whatever the header says, the extracted text follows the scheme in it, and has no comma', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('Bearer', 'bearer', ' ', '\t', ',', 'a.b.c', '=', '\u00a0', 'é', 'Basic'))
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(value, (text) => {
      const extraction = extract(text);
      if (extraction.kind !== 'token') return;
      expect(extraction.token).not.toContain(',');
      expect(text.replace(/^[ \t]*bearer +/i, '').replace(/[ \t]+$/, '')).toBe(extraction.token);
    }),
  );
});
