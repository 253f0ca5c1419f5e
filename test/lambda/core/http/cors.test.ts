import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseCors } from '../../../../lambda/core/config/cors.ts';
import { type Cors, corsHeaders, preflightHeaders, withCors } from '../../../../lambda/core/http/cors.ts';
import { type HeaderList, headerValues } from '../../../../lambda/core/http/message.ts';

const APP = 'https://app.example.com';
const corsOf = (document: Partial<Parameters<typeof parseCors>[0]> = {}): Cors => {
  const result = parseCors({ origins: [APP], ...document });
  if ('problems' in result) throw new Error(result.problems.join('; '));
  return result.value;
};
const responseFields = (cors: Cors, request: HeaderList, upstream: HeaderList = []) =>
  withCors({ status: 200, headers: upstream, body: Buffer.of() }, corsHeaders(cors, request)).headers;
const preflight = (cors: Cors, headers: HeaderList) =>
  preflightHeaders(cors, { method: 'OPTIONS', path: '/', query: '', headers, body: Buffer.of() });
const fieldOf = (granted: ReturnType<typeof preflight>, name: string) => headerValues(granted.fields, name);

const LISTED = [APP, 'https://other.example:8443', 'http://localhost:3000'];
const origins = fc.constantFrom(
  ...LISTED,
  ...[
    'null',
    '*',
    '',
    ' ',
    'https://evil.example',
    `${APP}.evil.example`,
    `${APP}/`,
    `${APP}:443`,
    `${APP} `,
  ],
  ...['HTTPS://APP.EXAMPLE.COM', 'http://app.example.com', `${APP},https://evil.example`, 'app.example.com'],
);
const policies = fc.record({
  origins: fc.oneof(
    fc.constant<string[]>(['*']),
    fc.uniqueArray(fc.constantFrom<string[]>(...LISTED), { minLength: 1 }),
  ),
  credentials: fc.boolean(),
  exposeHeaders: fc.array(fc.constantFrom('ETag', 'x-request-id', 'Link', 'WWW-AUTHENTICATE'), {
    minLength: 1,
  }),
  maxAgeSeconds: fc.nat(86_400),
});
const name = fc.constantFrom(
  ...['access-control-allow-origin', 'access-control-allow-credentials', 'access-control-expose-headers'],
  ...['access-control-allow-private-network', 'access-control-max-age', 'access-control-', 'vary', 'etag'],
);
const values = fc.oneof(origins, fc.constantFrom('true', 'Accept-Encoding', 'origin, Cookie', '*', 'a,,b'));
const upstreams = fc.array(fc.tuple(name, values), { maxLength: 6 });

test('whatever the policy, the request and the upstream: only a listed page may read, and no field appears twice', () => {
  fc.assert(
    fc.property(policies, fc.array(origins, { maxLength: 2 }), upstreams, (document, sent, upstream) => {
      fc.pre(!(document.origins.includes('*') && document.credentials));
      const cors = corsOf(document);
      const headers = responseFields(
        cors,
        sent.map((origin) => ['origin', origin]),
        upstream,
      );
      const [allowed, ...more] = headerValues(headers, 'access-control-allow-origin');
      const [origin] = sent;
      if (document.origins.includes('*')) {
        expect([undefined, '*']).toContain(allowed);
        if (origin === 'null') expect(allowed).toBeUndefined();
        if (sent.length === 1 && origin === APP) expect(allowed).toBe('*');
      } else {
        const listed = sent.length === 1 && document.origins.includes(origin ?? '');
        expect(allowed).toBe(listed ? origin : undefined);
      }
      expect(more).toEqual([]);
      const credentials = document.credentials && allowed !== undefined;
      expect(headerValues(headers, 'access-control-allow-credentials')).toEqual(credentials ? ['true'] : []);
      const names = headers.map(([key]) => key).filter((key) => key !== 'etag');
      expect(new Set(names).size).toBe(names.length);
      if (allowed === undefined) expect(names).toEqual(['vary']);
    }),
  );
});

test('Vary has Origin and everything from the upstream, or is * if the upstream says so', () => {
  fc.assert(
    fc.property(upstreams, fc.array(origins, { maxLength: 1 }), (upstream, sent) => {
      const given = headerValues(upstream, 'vary').flatMap((value) => value.split(','));
      const headers = responseFields(
        corsOf(),
        sent.map((origin) => ['origin', origin]),
        upstream,
      );
      const [vary = '', ...more] = headerValues(headers, 'vary');
      expect(more).toEqual([]);
      if (given.map((text) => text.trim()).includes('*')) return expect(vary).toBe('*');
      const names = vary.split(', ');
      expect(names.filter((text) => text.toLowerCase() === 'origin').length).toBeGreaterThan(0);
      for (const text of given) if (text.trim() !== '') expect(names).toContain(text.trim());
      return undefined;
    }),
  );
});

describe('what a page may read', () => {
  test('is the reason for a rejection, and the id of the request', () => {
    expect(responseFields(corsOf({ exposeHeaders: ['ETag', 'dpop-nonce'] }), [['origin', APP]])).toEqual([
      ['vary', 'Origin'],
      ['access-control-allow-origin', APP],
      ['access-control-expose-headers', 'WWW-Authenticate, X-Request-Id, dpop-nonce, Retry-After, ETag'],
    ]);
  });
  test('is nothing if its origin is sent twice, even the same one', () => {
    expect(
      responseFields(corsOf(), [
        ['origin', APP],
        ['origin', APP],
      ]),
    ).toEqual([['vary', 'Origin']]);
  });
  test('is open to every page with an origin if all are allowed, apps included', () => {
    for (const origin of ['https://a.example', 'chrome-extension://abc', 'capacitor://localhost']) {
      expect(responseFields(corsOf({ origins: ['*'] }), [['origin', origin]])).toContainEqual([
        'access-control-allow-origin',
        '*',
      ]);
    }
  });
});

describe('the response to a preflight', () => {
  const asks = (method: string, ...names: string[]): HeaderList => [
    ['origin', APP],
    ['access-control-request-method', method],
    ...names.map((value) => ['access-control-request-headers', value] as const),
  ];
  test('grants what its page announces', () => {
    expect(
      preflight(corsOf({ credentials: true }), asks('PUT', 'authorization,content-type', 'x-a')),
    ).toEqual({
      vary: ['Origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers'],
      fields: [
        ['access-control-allow-origin', APP],
        ['access-control-allow-credentials', 'true'],
        ['access-control-allow-methods', 'PUT'],
        ['access-control-allow-headers', 'authorization, content-type, x-a'],
        ['access-control-max-age', '600'],
      ],
    });
  });
  test('may be cached for as long as the policy says', () => {
    const granted = preflight(corsOf({ maxAgeSeconds: 0 }), asks('GET'));
    expect(fieldOf(granted, 'access-control-max-age')).toEqual(['0']);
  });
  test('grants nothing to another page', () => {
    const foreign = asks('PUT', 'x-a').map(
      ([key, value]) => [key, key === 'origin' ? 'null' : value] as const,
    );
    expect(preflight(corsOf({ origins: ['*'] }), foreign)).toEqual({ vary: ['Origin'], fields: [] });
  });
  test('repeats at most 64 names, and none with more than 128 characters', () => {
    const names = Array.from({ length: 100 }, (_, index) => `x-${index}`);
    const [value = ''] = fieldOf(
      preflight(corsOf(), asks('PUT', 'a'.repeat(129), names.join(','))),
      'access-control-allow-headers',
    );
    expect(value.split(', ')).toEqual(names.slice(0, 64));
  });
  test('repeats only tokens, each once, and never the one that stands for all', () => {
    const method = fc.oneof(fc.constantFrom('PUT', 'patch', '*', 'A B', 'A,B', ''), fc.string());
    const list = fc.array(
      fc.oneof(fc.constantFrom('x-a', ' x-b ', '*', 'a b', 'a\r\nset-cookie: b', '"', ''), fc.string()),
    );
    fc.assert(
      fc.property(method, fc.array(list), (announced, lists) => {
        const granted = preflight(corsOf(), asks(announced, ...lists.map((texts) => texts.join(','))));
        for (const field of ['access-control-allow-methods', 'access-control-allow-headers']) {
          const names = fieldOf(granted, field).flatMap((value) => value.split(', '));
          expect(new Set(names).size).toBe(names.length);
          for (const token of names) {
            expect(token).toMatch(/^[\w!#$%&'*+.^`|~-]+$/);
            expect(token).not.toBe('*');
          }
        }
      }),
    );
  });
});
