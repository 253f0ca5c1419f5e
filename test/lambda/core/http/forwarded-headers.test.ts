import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as forwarded from '../../../../lambda/core/http/forwarded-headers.ts';
import type { HeaderList } from '../../../../lambda/core/http/message.ts';
import type { Identity } from '../../../../lambda/core/identity.ts';
import type { Carrier } from '../../../../lambda/core/jwt/extract.ts';
import { routeOf } from '../../../support/provider.ts';

const { MAX_IDENTITY_VALUE, responseHeaders } = forwarded;
const requestHeaders = (headers: HeaderList, verified?: Carrier) =>
  forwarded.requestHeaders(headers, verified);
const identityHeaders = (identity: Identity, headers: Readonly<Record<string, string>> = {}) =>
  forwarded.identityHeaders(identity, routeOf({ headers: Object.entries(headers) }));

const identity = (overrides: Partial<Identity> = {}): Identity => ({
  provider: 'default',
  issuer: 'https://issuer.example',
  subject: 'client-1',
  clientId: 'client-1',
  scopes: ['read', 'write'],
  claims: {},
  ...overrides,
});

const names = (headers: HeaderList): string[] => headers.map(([name]) => name);

describe('of the headers of a request', () => {
  test('all but hop-by-hop go on, in order, with every duplicate', () => {
    const headers: HeaderList = [
      ['accept', 'a'],
      ['cookie', 'a=1; b=2'],
      ['accept', 'b'],
      ['cookie', 'c=3'],
      ['authorization', 'Bearer x'],
      ['x-forwarded-for', '192.0.2.1'],
    ];
    expect(requestHeaders(headers)).toEqual(headers);
  });
  test.each([
    'connection',
    'content-length',
    'expect',
    'host',
    'http2-settings',
    'keep-alive',
    'proxy-authenticate',
    'proxy-authorization',
    'proxy-connection',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
  ])('%s ends here', (name) => {
    expect(requestHeaders([[name, 'x']])).toEqual([]);
    expect(responseHeaders([[name, 'x']])).toEqual([]);
  });
  test('what Connection names ends here, in any of its fields, whatever the case and the space around', () => {
    const headers: HeaderList = [
      ['x-a', '1'],
      ['x-b', '1'],
      ['x-c', '1'],
      ['connection', ' X-A ,close'],
      ['connection', 'x-b'],
    ];
    expect(names(requestHeaders(headers))).toEqual(['x-c']);
    expect(names(responseHeaders(headers))).toEqual(['x-c']);
  });
  test.each([
    'x-forwarded-for',
    'x-forwarded-proto',
    'x-amzn-trace-id',
    'forwarded',
    'authorization',
    'cookie',
  ])('a client cannot have %s dropped by naming it in Connection', (name) => {
    expect(
      names(
        requestHeaders([
          ['connection', name],
          [name, 'x'],
        ]),
      ),
    ).toEqual([name]);
  });
  test.each([
    'x-jwt-subject',
    'x-jwt-',
    'x-jwt-anything',
    'x_jwt_subject',
    'x-jwt_subject',
    'x_jwt-subject',
    'x-amzn-oidc-data',
    'x-amzn-oidc-identity',
    'x-amzn-oidc-accesstoken',
    'x_amzn_oidc_identity',
    'x-amzn-ava-user-context',
    'x_amzn_ava_user_context',
  ])('%s of a client never goes on, named in Connection or not', (name) => {
    expect(requestHeaders([[name, 'x']])).toEqual([]);
    expect(
      requestHeaders([
        ['connection', name],
        [name, 'x'],
      ]),
    ).toEqual([]);
  });
  test('no set of headers brings a reserved name through', () => {
    const name = fc.constantFrom(
      'x-jwt-subject',
      'x_jwt_subject',
      'x-a',
      'connection',
      'x-amzn-oidc-data',
      'te',
    );
    const value = fc.constantFrom('x', 'x-jwt-subject', 'x-a, te', 'close');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), (headers) => {
        expect(names(requestHeaders(headers)).filter((sent) => sent !== 'x-a')).toEqual([]);
      }),
    );
  });
  test.each(['x-amzn-ava-user-context', 'x-amzn-oidc-data'] as const)(
    '%s goes on where it is what has been verified, and no other spelling of it does',
    (name) => {
      const headers: HeaderList = [
        [name, 'x'],
        [name.replaceAll('-', '_'), 'x'],
        ['x-amzn-oidc-identity', 'x'],
      ];
      expect(requestHeaders(headers, name)).toEqual([[name, 'x']]);
      expect(requestHeaders(headers, 'authorization')).toEqual([]);
    },
  );
  test('the field that CGI programs take for a proxy setting (httpoxy, CVE-2016-5385) ends here', () => {
    expect(requestHeaders([['proxy', 'http://evil.example']])).toEqual([]);
  });
});

describe('of the headers of a response', () => {
  test('every Set-Cookie goes back, in order and not joined', () => {
    const headers: HeaderList = [
      ['set-cookie', 'a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT'],
      ['content-type', 'text/plain'],
      ['set-cookie', 'b=2'],
    ];
    expect(responseHeaders(headers)).toEqual(headers);
  });
});

describe('the identity as headers', () => {
  test('has provider, issuer, subject, client and scope', () => {
    expect(identityHeaders(identity())).toEqual([
      ['x-jwt-provider', 'default'],
      ['x-jwt-issuer', 'https://issuer.example'],
      ['x-jwt-subject', 'client-1'],
      ['x-jwt-client-id', 'client-1'],
      ['x-jwt-scope', 'read write'],
    ]);
  });
  test('leaves out what the token does not say', () => {
    const headers = identityHeaders(identity({ subject: undefined, clientId: undefined, scopes: [] }));
    expect(names(headers as HeaderList)).toEqual(['x-jwt-provider', 'x-jwt-issuer']);
  });
  test('has one field a claim, whatever is in the claim', () => {
    const headers = identityHeaders(identity({ subject: 'a\r\nx-jwt-subject: root', scopes: ['a\r\nb'] }));
    expect(headers).toContainEqual(['x-jwt-subject', "UTF-8''a%0D%0Ax-jwt-subject%3A%20root"]);
    expect(headers).toContainEqual(['x-jwt-scope', "UTF-8''a%0D%0Ab"]);
  });
  test('has the claims that the route maps to fields, as text or as JSON, where the token has them', () => {
    const claims = { tenant: 'a', roles: ['x', 'y'], admin: false, level: 0, evil: 'a\r\nb', nothing: null };
    const fields = Object.fromEntries(Object.keys(claims).map((name) => [`x-jwt-claim-${name}`, name]));
    const headers = identityHeaders(identity({ claims }), { ...fields, 'x-jwt-none': 'toString' });
    expect((headers as HeaderList).slice(5)).toEqual([
      ['x-jwt-claim-tenant', 'a'],
      ['x-jwt-claim-roles', '["x","y"]'],
      ['x-jwt-claim-admin', 'false'],
      ['x-jwt-claim-level', '0'],
      ['x-jwt-claim-evil', "UTF-8''a%0D%0Ab"],
      ['x-jwt-claim-nothing', 'null'],
    ]);
  });
  test('names the field whose value is too long, rather than cut it', () => {
    expect(identityHeaders(identity({ subject: 'x'.repeat(MAX_IDENTITY_VALUE) }))).toHaveLength(5);
    expect(identityHeaders(identity({ subject: 'x'.repeat(MAX_IDENTITY_VALUE + 1) }))).toEqual({
      unforwardable: 'the value of x-jwt-subject is too long',
    });
    expect(identityHeaders(identity({ scopes: ['é'.repeat(1000)] }))).toEqual({
      unforwardable: 'the value of x-jwt-scope is too long',
    });
  });
  test.each([
    ['1234567890123456789'],
    ['-9007199254740993'],
    ['1e400'],
    ['[1, 9007199254740993]'],
    ['{"a": [{"b": 9007199254740993}]}'],
  ])('names the field of a claim %s, which JSON.parse has rounded', (json) => {
    const claims = JSON.parse(`{"id": ${json}}`);
    expect(identityHeaders(identity({ claims }), { 'x-jwt-id': 'id' })).toEqual({
      unforwardable: 'the value of x-jwt-id has an integer beyond 2^53',
    });
  });
  test('has the greatest integer that is exact', () => {
    const headers = identityHeaders(identity({ claims: { id: Number.MAX_SAFE_INTEGER } }), {
      'x-jwt-id': 'id',
    });
    expect(headers).toContainEqual(['x-jwt-id', '9007199254740991']);
  });
});
