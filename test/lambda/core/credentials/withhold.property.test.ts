import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Place } from '../../../../lambda/core/credentials/place.ts';
import { withholdCredentials } from '../../../../lambda/core/credentials/withhold.ts';
import type { HttpRequest } from '../../../../lambda/core/http/message.ts';
import { providerOf } from '../../../support/provider.ts';

/** How servers read a query or a Cookie field: pairs of a name, in the form that they compare, and a value. */
type View = (text: string) => [name: string, value: string][];

const pairs = (text: string, separator: RegExp, read: (name: string) => string): [string, string][] =>
  text.split(separator).map((pair) => {
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    return [read(name), value];
  });
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
const plus = (text: string): string => decoded(text.replaceAll('+', ' '));
/** PHP's main/php_variables.c. */
const php = (name: string): string => {
  const [, base = '', rest = ''] = /^ *(.[^[]*)(.*)$/s.exec(name) ?? [];
  return base.replaceAll(/[ .]/g, '_') + (rest.startsWith('[') && !rest.includes(']') ? '_' : '');
};

const QUERY_VIEWS: Record<string, View> = {
  'the URL Standard': (query) => pairs(query, /&/, plus),
  'ASP.NET, without case': (query) => pairs(query, /&/, (name) => plus(name).toLowerCase()),
  'a server that takes ; for &': (query) => pairs(query, /[&;]/, plus),
  PHP: (query) => pairs(query, /&/, (name) => php(plus(name))),
};
const COOKIE_VIEWS: Record<string, View> = {
  'RFC 6265': (field) => pairs(field, /; */, (name) => name.trim()),
  'ASP.NET, without case': (field) => pairs(field, /; */, (name) => name.trim().toLowerCase()),
  'RFC 2109, with commas': (field) => pairs(field, /[;,] */, (name) => name.trim()),
  "Python's http.cookies": (field) => pairs(field, /[;\s]+/, (name) => name),
  'PHP before 8.0': (field) => pairs(field, /; */, (name) => php(decoded(name))),
  'Werkzeug before 2.2.3': (field) =>
    field.split(';').flatMap((pair) => pairs(pair.trim().replace(/^=+/, ''), /$^/, (name) => name)),
};

const NAMES = ['token', '__Host-session', 'id.token'];
const spelling = fc
  .constantFrom(...NAMES)
  .chain((name) =>
    fc.constantFrom(
      name,
      name.toUpperCase(),
      name.toLowerCase(),
      name.replaceAll(/[_.-]/g, '.'),
      name.replaceAll(/[_.-]/g, '_'),
      name.replaceAll(/[_.-]/g, '+'),
      `%${name.charCodeAt(0).toString(16)}${name.slice(1)}`,
      `+${name}`,
      ` ${name}`,
      `=${name}`,
      `${name}[]`,
      `${name}[`,
      `x${name}`,
    ),
  );
const pair = fc.tuple(
  fc.oneof(spelling, fc.constantFrom('a', '', 'b%zz')),
  fc.constantFrom('1', '', 'SECRET'),
);
const joined = (separators: readonly string[]) =>
  fc
    .array(fc.tuple(pair, fc.constantFrom(...separators)), { maxLength: 6 })
    .map((parts) => parts.map(([[name, value], separator]) => `${name}=${value}${separator}`).join(''));

const providers = [
  providerOf({
    places: NAMES.flatMap((name): Place[] => [
      { kind: 'cookie', name },
      { kind: 'query', name, everywhere: true },
    ]),
  }),
];
const request = (query: string, cookie: string): HttpRequest => ({
  method: 'GET',
  path: '/',
  query,
  headers: [['cookie', cookie]],
  body: Buffer.of(),
});
const cookieOf = ({ headers }: HttpRequest): string => headers.find(([name]) => name === 'cookie')?.[1] ?? '';
const found = (view: View, text: string): string[] =>
  view(text).flatMap(([name, value]) =>
    value.includes('SECRET') && NAMES.some((one) => [one, one.toLowerCase(), php(one)].includes(name))
      ? [name]
      : [],
  );
const NOTHING = { providers, verified: undefined, unverified: false, stripped: [] };

describe('no server finds a credential that has not been verified', () => {
  test.each(Object.entries(QUERY_VIEWS))('in a query: %s', (_, view) => {
    fc.assert(
      fc.property(joined(['&', '&', ';', '&&']), (query) => {
        expect(found(view, withholdCredentials(request(query, ''), NOTHING).query)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
  test.each(Object.entries(COOKIE_VIEWS))('in cookies: %s', (_, view) => {
    fc.assert(
      fc.property(joined(['; ', ';', ', ', ',', ' ']), (cookie) => {
        expect(found(view, cookieOf(withholdCredentials(request('', cookie), NOTHING)))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
  test.each(Object.entries(COOKIE_VIEWS))('beside a verified one: %s', (_, view) => {
    const verified: Place = { kind: 'cookie', name: '__Host-session' };
    fc.assert(
      fc.property(joined(['; ', ';']), (others) => {
        const rest = others.replaceAll(/(^|;)\s*__Host-session=/g, '$1x=');
        const all = `${rest};__Host-session=GOOD`;
        const left = cookieOf(withholdCredentials(request('', all), { ...NOTHING, verified }));
        expect(found(view, left)).toEqual([]);
        expect(left).toContain('__Host-session=GOOD');
      }),
      { numRuns: 2000 },
    );
  });
});

test('other parameters and cookies are forwarded byte for byte', () => {
  const other = fc.string({ unit: fc.constantFrom(...'abt%2+=&;,. "[]_-'), maxLength: 40 });
  fc.assert(
    fc.property(other, (text) => {
      const sent = withholdCredentials(request(text, text), NOTHING);
      expect(sent.query).toBe(text);
      expect(cookieOf(sent)).toBe(text);
    }),
  );
});

test('a dry run changes no cookie and no field, in any spelling', () => {
  const places: Place[] = [
    { kind: 'header', name: 'x-token' },
    { kind: 'cookie', name: 'token' },
  ];
  const headers = [
    ['x-token', 'a'],
    ['x_token', 'b'],
    ['cookie', 'TOKEN=a; token=b'],
  ] as const;
  const dry = { ...NOTHING, providers: [providerOf({ places })], unverified: true };
  expect(withholdCredentials({ ...request('', ''), headers }, dry).headers).toEqual(headers);
});
