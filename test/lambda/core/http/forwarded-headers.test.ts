import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { requestHeaders, responseHeaders } from '../../../../lambda/core/http/forwarded-headers.ts';
import type { HeaderList } from '../../../../lambda/core/http/message.ts';

const names = (headers: HeaderList): string[] => headers.map(([name]) => name);

describe('of the headers of a request', () => {
  test('all but hop-by-hop fields are forwarded, in order, with every duplicate', () => {
    const headers: HeaderList = [
      ['accept', 'a'],
      ['cookie', 'a=1; b=2'],
      ['accept', 'b'],
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
  ])('%s is not forwarded', (name) => {
    expect(names(requestHeaders([[name, 'x']])).filter((sent) => sent !== 'x-forwarded-host')).toEqual([]);
    expect(responseHeaders([[name, 'x']])).toEqual([]);
  });
  test('fields that Connection names are forwarded anyway: a client cannot remove fields that others set', () => {
    const headers: HeaderList = [
      ['connection', 'close, x-real-ip, via, content-type, authorization, x-forwarded-for'],
      ...['x-real-ip', 'via', 'content-type', 'authorization', 'x-forwarded-for'].map(
        (name) => [name, 'x'] as const,
      ),
    ];
    expect(requestHeaders(headers)).toEqual(headers.slice(1));
  });
  test('several Cookie fields are joined in place of the first, byte for byte', () => {
    expect(
      requestHeaders([
        ['cookie', 'a=1; b=2'],
        ['accept', 'x'],
        ['cookie', 'c=3,4'],
        ['cookie', ''],
      ]),
    ).toEqual([
      ['cookie', 'a=1; b=2; c=3,4; '],
      ['accept', 'x'],
    ]);
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
    'x-amzn-mtls-clientcert',
    'x_amzn_mtls_clientcert',
  ])("a client's %s is never forwarded, named in Connection or not", (name) => {
    expect(requestHeaders([[name, 'x']])).toEqual([]);
    expect(
      requestHeaders([
        ['connection', name],
        [name, 'x'],
      ]),
    ).toEqual([]);
  });
  test('no combination of headers gets a reserved name through', () => {
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
    '%s is forwarded if it has been verified, and no other spelling of it is',
    (name) => {
      const headers: HeaderList = [
        [name, 'x'],
        [name.replaceAll('-', '_'), 'x'],
        ['x-amzn-oidc-identity', 'x'],
      ];
      expect(requestHeaders(headers, { verified: name })).toEqual([[name, 'x']]);
      expect(requestHeaders(headers, { verified: 'authorization' })).toEqual([]);
    },
  );
  test('the field that CGI programs take for a proxy setting (httpoxy, CVE-2016-5385) is not forwarded', () => {
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

describe('the host that was called', () => {
  const SPELLINGS = [
    'x-forwarded-host',
    'x_forwarded_host',
    'x.forwarded-host',
    'forwarded',
    'x-host',
    'x-original-host',
  ];

  test('is what the client sent as Host, whatever else it sends', () => {
    const headers: HeaderList = [
      ['host', 'api.example'],
      ...SPELLINGS.map((name) => [name, 'evil.example'] as const),
    ];
    expect(requestHeaders(headers)).toEqual([['x-forwarded-host', 'api.example']]);
  });
  test.each([
    [[]],
    [[['host', '']]],
    [
      [
        ['host', 'a.example'],
        ['host', 'b.example'],
      ],
    ],
  ] as [HeaderList][])('is left out if it is not clear: %j', (headers) => {
    expect(requestHeaders([...headers, ['x-forwarded-host', 'evil.example']])).toEqual([]);
  });
  test('is what a trusted proxy says, if there is one', () => {
    const trusted = { trustForwardedHost: true };
    const headers: HeaderList = [
      ['host', 'internal.example'],
      ['x-forwarded-host', 'www.example'],
    ];
    expect(requestHeaders(headers, trusted)).toEqual(headers.slice(1));
    for (const name of SPELLINGS.filter((spelling) => spelling !== 'x-forwarded-host')) {
      expect(requestHeaders([...headers, [name, 'evil.example']], trusted)).toEqual(headers.slice(1));
    }
    expect(requestHeaders([['host', 'api.example']], trusted)).toEqual([['x-forwarded-host', 'api.example']]);
  });
});

describe('a field that names another method or path than the one decided on', () => {
  const NAMES = [
    'x-original-url',
    'x-rewrite-url',
    'x-original-uri',
    'x-http-method-override',
    'x-http-method',
    'x-method-override',
    'x-forwarded-uri',
  ];

  test.each(NAMES)('is not forwarded in any spelling (%s)', (name) => {
    const separator = fc.constantFrom('-', '_', '.', '~', '+', '!', '|');
    fc.assert(
      fc.property(fc.array(separator, { minLength: 3, maxLength: 3 }), (separators) => {
        let at = 0;
        const spelt = name.replaceAll('-', () => separators[at++] ?? '-');
        expect(requestHeaders([[spelt, 'DELETE']])).toEqual([]);
        expect(requestHeaders([[spelt, 'DELETE']], { keepOverrides: true })).toEqual([[spelt, 'DELETE']]);
      }),
    );
  });
  test.each([
    'x-original-forwarded-for',
    'x-http',
    'x-method',
    'x-url',
    'x-original-urls',
    'xx-original-url',
    'x-forwarded-proto',
  ])('%s is not such a field', (name) => expect(requestHeaders([[name, 'x']])).toEqual([[name, 'x']]));
});
