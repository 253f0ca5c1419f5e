import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  API_KINDS,
  type ApiKind,
  type ApiPlace,
  type ApiRequest,
  buildAuthorizerEvent,
  integrationPath,
  readPath,
} from '../../../local/api-gateway/event.ts';
import { encodePath } from '../../../local/api-gateway/path.ts';

const PLACE: ApiPlace = { region: 'us-east-1', account: '123456789012' };
const requestFor = (path: string, overrides: Partial<ApiRequest> = {}): ApiRequest => ({
  method: 'GET',
  path,
  query: '',
  headers: [],
  sourceIp: '192.0.2.1',
  ...overrides,
});

describe('the path in an event', () => {
  test.each([
    ['/orders/a%20b', '/orders/a b'],
    ['/caf%C3%A9', '/café'],
    ['/literal%252Fvalue', '/literal/value'],
    ['/literal%2525value', '/literal%value'],
    ['/question%3Fvalue', '/question'],
    ['/caf%25C3%25A9', '/café'],
    ['/%2561', '/a'],
    ['/a+b', '/a+b'],
    ['/a%2Fb', '/a/b'],
    ['/%FF', '/\ufffd'],
  ])('is decoded twice and cut at "?" by HTTP APIs, and left alone by REST APIs: %s', (sent, decoded) => {
    const read = (kind: ApiKind) => requestFor(readPath(kind, sent) ?? '');
    expect(buildAuthorizerEvent('http', read('http'), 'x', PLACE)).toMatchObject({
      rawPath: decoded,
      requestContext: { http: { path: decoded } },
    });
    expect(buildAuthorizerEvent('http-v1', read('http-v1'), 'x', PLACE)).toMatchObject({ path: decoded });
    expect(buildAuthorizerEvent('rest', read('rest'), 'x', PLACE)).toMatchObject({ path: sent });
  });

  test.each(['/percent%25done', '/100%25', '/%', '/%zz', '/%2'])(
    'is rejected by HTTP APIs if a %% begins no escape: %s',
    (sent) => {
      expect(readPath('http', sent)).toBeUndefined();
      expect(readPath('http-v1', sent)).toBeUndefined();
      expect(readPath('rest', sent)).toBe(sent);
    },
  );

  test.each<[Partial<ApiPlace>, string, string, string]>([
    [{}, '/x', '/x', '/x'],
    [{ stage: 'prod' }, '/prod/x', '/prod/x', '/x'],
    [{ domain: { name: 'api.example.com', basePath: '/v1' } }, '/x', '/v1/x', '/v1/x'],
    [{ stage: 'prod', domain: { name: 'api.example.com', basePath: '' } }, '/prod/x', '/x', '/x'],
  ])('begins with the prefix of the stage or mapping: %j', (place, http, httpV1, rest) => {
    const at = { ...PLACE, ...place };
    expect(buildAuthorizerEvent('http', requestFor('/x'), 'x', at)).toMatchObject({ rawPath: http });
    expect(buildAuthorizerEvent('http-v1', requestFor('/x'), 'x', at)).toMatchObject({ path: httpV1 });
    expect(buildAuthorizerEvent('rest', requestFor('/x'), 'x', at)).toMatchObject({ path: rest });
  });
});

test.each(API_KINDS)('an API names its own domain (%s)', (kind) => {
  const event = buildAuthorizerEvent(kind, requestFor('/x'), 'x', PLACE);
  if (kind === 'rest-token') expect(event).not.toHaveProperty('requestContext');
  else {
    expect(event).toMatchObject({
      requestContext: {
        domainName: 'local00000.execute-api.us-east-1.amazonaws.com',
        domainPrefix: 'local00000',
      },
    });
  }
});

test('an HTTP API joins fields of one name, lower-cases names, and lists cookies separately', () => {
  const headers = [
    ['Accept', 'a'],
    ['X-Id', '1'],
    ['accept', 'b'],
    ['Cookie', 'a=1; b=2'],
  ] as const;
  expect(buildAuthorizerEvent('http', requestFor('/', { headers }), 'x', PLACE)).toMatchObject({
    headers: { accept: 'a,b', 'x-id': '1' },
    cookies: ['a=1', 'b=2'],
  });
});

describe('the path that an integration gets', () => {
  test.each([
    ['/a@b c', '/a@b%20c'],
    ['/a%', '/a%25'],
    ["/!$&'()*+,;=:@~", "/!$&'()*+,;=:@~"],
    ['/\ufffd', '/%EF%BF%BD'],
  ])('of an HTTP API is encoded again: %s', (path, got) => {
    expect(integrationPath('http', path)).toBe(got);
    expect(integrationPath('rest', path)).toBe(path);
  });

  test('means the same once decoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (path) => {
        expect(decodeURIComponent(encodePath(path))).toBe(path);
      }),
    );
  });
});
