import { describe, expect, test } from '@jest/globals';
import { parseHeader } from '../../../../lambda/core/jwt/header.ts';
import type { KeySetProvider } from '../../../../lambda/core/provider.ts';
import { ALL_ALGORITHMS } from '../../../support/keys.ts';
import { providerOf } from '../../../support/provider.ts';

const parse = (header: Record<string, unknown>, overrides: Partial<KeySetProvider> = {}) =>
  parseHeader({ alg: 'RS256', ...header }, providerOf(overrides));

describe('alg', () => {
  test.each(ALL_ALGORITHMS)('%s is accepted', (alg) => {
    expect(parse({ alg })).toEqual({ alg, kid: undefined });
  });
  test('is accepted only if the provider accepts it', () => {
    expect(parse({ alg: 'ES256' }, { algorithms: ['RS256'] })).toMatchObject({
      code: 'algorithm_not_allowed',
    });
  });
  test.each([
    'none',
    'None',
    'nOnE',
    '',
    'HS256',
    'HS384',
    'HS512',
    'rs256',
    'RS256 ',
    'RS1',
    'ES256K',
    'RSA-OAEP',
    'dir',
    '__proto__',
    'constructor',
    'toString',
    undefined,
    null,
    256,
    ['RS256'],
    { toString: 'RS256' },
  ])('%j is not', (alg) => expect(parse({ alg })).toMatchObject({ code: 'algorithm_not_allowed' }));
});

describe('crit and b64', () => {
  test.each([
    [{ crit: ['exp'] }],
    [{ crit: ['b64'], b64: false }],
    [{ crit: ['alg'] }],
    [{ crit: [] }],
    [{ crit: null }],
    [{ crit: 'b64' }],
    [{ b64: false }],
    [{ b64: true }],
    [{ b64: null }],
  ])('%j is not supported', (header) => expect(parse(header)).toMatchObject({ code: 'header_unsupported' }));
});

describe('typ', () => {
  test.each(['JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/JWT'])(
    '%s is accepted',
    (typ) => {
      expect(parse({ typ })).toEqual({ alg: 'RS256', kid: undefined });
    },
  );
  test.each([
    'dpop+jwt',
    'logout+jwt',
    'secevent+jwt',
    'token-introspection+jwt',
    'JOSE',
    '',
    ' JWT',
    'application/application/jwt',
    'text/jwt',
    'jwt;x=1',
    null,
    1,
    ['JWT'],
  ])('%j is not', (typ) => expect(parse({ typ })).toMatchObject({ code: 'type_not_allowed' }));
});

describe('kid', () => {
  test.each(['a', '', '__proto__', 'k+/=', '../../etc/passwd', 'x'.repeat(256)])(
    '%.20j is looked up as it is',
    (kid) => {
      expect(parse({ kid })).toEqual({ alg: 'RS256', kid });
    },
  );
  test.each([null, 1, true, ['a'], { a: 1 }, 'x'.repeat(257), 'x'.repeat(10_000)])(
    '%.20j is malformed',
    (kid) => {
      expect(parse({ kid })).toMatchObject({ code: 'token_malformed' });
    },
  );
});

test('only alg and kid are returned, whatever else the header contains', () => {
  const header = {
    kid: 'a',
    jwk: { kty: 'oct', k: 'x' },
    jku: 'https://evil.example',
    x5u: 'https://evil.example',
    x5c: ['x'],
    x5t: 'x',
    zip: 'DEF',
  };
  expect(parse(header)).toEqual({ alg: 'RS256', kid: 'a' });
});

test('no reason repeats anything of the header', () => {
  const canary = 'canary';
  const headers = [{ alg: canary }, { crit: [canary] }, { typ: canary }, { kid: [canary] }];
  expect(JSON.stringify(headers.map((header) => parse(header)))).not.toContain(canary);
});
