import { describe, expect, test } from '@jest/globals';
import * as sent from '../../../../lambda/core/http/identity-headers.ts';
import type { HeaderList } from '../../../../lambda/core/http/message.ts';
import type { Identity } from '../../../../lambda/core/identity.ts';
import { routeOf } from '../../../support/provider.ts';

const { MAX_IDENTITY_VALUE } = sent;
const identityHeaders = (identity: Identity, headers: Readonly<Record<string, string>> = {}) =>
  sent.identityHeaders(identity, routeOf({ headers: Object.entries(headers) }));

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
  test('leaves out what the token does not contain', () => {
    const headers = identityHeaders(identity({ subject: undefined, clientId: undefined, scopes: [] }));
    expect(names(headers as HeaderList)).toEqual(['x-jwt-provider', 'x-jwt-issuer']);
  });
  test('has one field per claim, whatever the claim contains', () => {
    const headers = identityHeaders(identity({ subject: 'a\r\nx-jwt-subject: root', scopes: ['a\r\nb'] }));
    expect(headers).toContainEqual(['x-jwt-subject', "UTF-8''a%0D%0Ax-jwt-subject%3A%20root"]);
    expect(headers).toContainEqual(['x-jwt-scope', "UTF-8''a%0D%0Ab"]);
  });
  test('has the claims that the route maps to fields, as text or as JSON, if the token has them', () => {
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
  ])('names the field of a claim %s, which JSON.parse rounded', (json) => {
    const claims = JSON.parse(`{"id": ${json}}`);
    expect(identityHeaders(identity({ claims }), { 'x-jwt-id': 'id' })).toEqual({
      unforwardable: 'the value of x-jwt-id has an integer beyond 2^53',
    });
  });
  test('accepts the greatest exact integer', () => {
    const headers = identityHeaders(identity({ claims: { id: Number.MAX_SAFE_INTEGER } }), {
      'x-jwt-id': 'id',
    });
    expect(headers).toContainEqual(['x-jwt-id', '9007199254740991']);
  });
});
