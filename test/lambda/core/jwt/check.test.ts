import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { claimAt } from '../../../../lambda/core/claim-rules.ts';
import {
  checkAge,
  checkAudience,
  checkClaims,
  checkTimes,
  parseTimes,
} from '../../../../lambda/core/jwt/check.ts';
import type { JsonObject } from '../../../../lambda/core/jwt/decode.ts';
import type { KeySetProvider } from '../../../../lambda/core/provider.ts';
import { providerOf } from '../../../support/provider.ts';
import { claimsOf, ISSUER, NOW } from '../../../support/tokens.ts';

const times = (claims: Record<string, unknown>, now = NOW) => {
  const parsed = parseTimes(claims, { requireExp: true });
  return 'code' in parsed ? parsed : checkTimes(parsed, providerOf(), now);
};
const check = (overrides: Record<string, unknown>, provider: Partial<KeySetProvider> = {}) =>
  checkAll(claimsOf(overrides), provider);
/** Checks the audience, then the other claims, in the order of the pipeline. */
function checkAll(claims: JsonObject, provider: Partial<KeySetProvider> = {}) {
  const complete = providerOf(provider);
  return checkAudience(claims, complete) ?? checkClaims(claims, complete, ISSUER);
}
/** The result if nothing is wrong. */
const ACCEPTED = { provider: 'default', issuer: ISSUER };

describe('exp', () => {
  test('is good until exactly the end of the tolerance', () => {
    expect(times({ exp: NOW - 29.999 })).toBeUndefined();
    expect(times({ exp: NOW - 30 })).toMatchObject({ code: 'token_expired' });
    expect(times({ exp: NOW }, NOW + 29.999)).toBeUndefined();
    expect(times({ exp: NOW }, NOW + 30)).toMatchObject({ code: 'token_expired' });
  });
  test('may be a fraction (RFC 7519 §2)', () => {
    expect(times({ exp: NOW - 29.5 })).toBeUndefined();
    expect(times({ exp: NOW - 30.5 })).toMatchObject({ code: 'token_expired' });
  });
  test('is required', () => expect(times({})).toMatchObject({ code: 'claim_missing' }));
  test('is not taken from what the claims inherit', () => {
    expect(times(Object.create({ exp: NOW + 60 }))).toMatchObject({ code: 'claim_missing' });
  });
  test.each([-1, 0, -NOW])('%p is long past', (exp) => {
    expect(times({ exp })).toMatchObject({ code: 'token_expired' });
  });
  test.each([
    String(NOW + 60),
    'NaN',
    '',
    null,
    true,
    [NOW + 60],
    { valueOf: NOW + 60 },
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    (NOW + 60) * 1000,
    253_402_300_800,
    Number.MAX_VALUE,
  ])('%p is not a NumericDate', (exp) => expect(times({ exp })).toMatchObject({ code: 'claim_malformed' }));

  test.each([
    [31, '31 s'],
    [118.9, '119 s'],
    [120, '2 min'],
    [7199, '119 min'],
    [7200, '2 h'],
    [86_400 * 30, '720 h'],
  ])('the log says how long ago: %d s', (seconds, text) => {
    expect(times({ exp: NOW - seconds })?.reason).toBe(`expired ${text} ago`);
  });
});

describe('the greatest age', () => {
  const age = (claims: Record<string, unknown>, maxTokenAgeSeconds: number | undefined = 600) =>
    checkAge(claims, providerOf({ maxTokenAgeSeconds }), NOW);

  test('counts from iat, with the tolerance', () => {
    expect(age({ iat: NOW - 630 })).toBeUndefined();
    expect(age({ iat: NOW - 630.001 })).toMatchObject({ code: 'token_expired' });
  });
  test('makes iat required, as a NumericDate', () => {
    expect(age({})).toMatchObject({ code: 'claim_missing' });
    expect(age({ iat: String(NOW) })).toMatchObject({ code: 'claim_missing' });
  });
  test('does not exist if the provider sets none', () => {
    expect(checkAge({ iat: 0 }, providerOf(), NOW)).toBeUndefined();
    expect(checkAge({}, providerOf(), NOW)).toBeUndefined();
  });
});

describe.each(['nbf', 'iat'])('%s', (name) => {
  const exp = NOW + 60;
  test('may be ahead by exactly the tolerance', () => {
    expect(times({ exp, [name]: NOW + 30 })).toBeUndefined();
    expect(times({ exp, [name]: NOW + 30.001 })).toMatchObject({ code: 'token_not_yet_valid' });
  });
  test.each([NOW, NOW - 1e6, 0, -5, NOW + 0.5])('%p is good', (value) => {
    expect(times({ exp, [name]: value })).toBeUndefined();
  });
  test.each([String(NOW), null, Number.POSITIVE_INFINITY, Number.NaN, NOW * 1000, [NOW], {}])(
    '%p is malformed',
    (value) => {
      expect(times({ exp, [name]: value })).toMatchObject({ code: 'claim_malformed' });
    },
  );
  test('may be missing', () => expect(times({ exp })).toBeUndefined());
});

describe('aud', () => {
  const audience = ['orders', 'billing'];
  test.each(['orders', 'billing'])('%s is accepted', (aud) =>
    expect(check({ aud }, { audience })).toMatchObject(ACCEPTED),
  );
  test.each([[['orders']], [['other', 'billing']]])('%j is accepted', (aud) => {
    expect(check({ aud }, { audience })).toMatchObject(ACCEPTED);
  });
  test.each([
    'other',
    'order',
    'orders2',
    'Orders',
    ' orders',
    'orders ',
    'orders billing',
    'orders,billing',
    '',
  ])('%j is for another audience', (aud) =>
    expect(check({ aud }, { audience })).toMatchObject({ code: 'audience_mismatch' }),
  );
  test.each([[[]], [['other']], [['Orders']]])('%j is for another audience', (aud) => {
    expect(check({ aud }, { audience })).toMatchObject({ code: 'audience_mismatch' });
  });
  test.each([
    1,
    true,
    null,
    {},
    { 0: 'orders', length: 1 },
    { orders: true },
    [['orders']],
    ['orders', 1],
    ['orders', null],
  ])('%j is malformed', (aud) =>
    expect(check({ aud }, { audience })).toMatchObject({ code: 'claim_malformed' }),
  );
  test('is required', () => {
    const { aud: _, ...claims } = claimsOf();
    expect(checkAll(claims)).toMatchObject({ code: 'claim_missing' });
  });
  test('is not taken from what the claims inherit', () => {
    expect(checkAll(Object.create(claimsOf()))).toMatchObject({
      code: 'claim_missing',
    });
  });
  test('with no configured audience, which is not the opt-out, nothing passes', () => {
    expect(check({}, { audience: [] })).toMatchObject({ code: 'audience_mismatch' });
    expect(check({ aud: [] }, { audience: [] })).toMatchObject({ code: 'audience_mismatch' });
  });
  test('is not checked if the provider says null', () => {
    expect(check({ aud: 'anything' }, { audience: null })).toMatchObject(ACCEPTED);
    expect(check({ aud: undefined }, { audience: null })).toMatchObject(ACCEPTED);
  });
});

describe('cnf', () => {
  test.each([{ jkt: 'x' }, { 'x5t#S256': 'x' }, {}, null, '', false])(
    '%j requires a proof that is not checked',
    (cnf) => {
      expect(check({ cnf })).toMatchObject({ code: 'token_sender_constrained' });
      expect(check({ cnf }, { audience: null })).toMatchObject({ code: 'token_sender_constrained' });
    },
  );
});

describe('a claim that the provider requires', () => {
  const requiredClaims = [['tenant', { anyOf: ['a', 'b'] }]] as const;
  test("must be present and meet the provider's rule", () => {
    for (const tenant of ['a', ['c', 'a']]) {
      expect(check({ tenant }, { requiredClaims })).toMatchObject({ ...ACCEPTED, claims: { tenant } });
    }
    expect(check({}, { requiredClaims })).toMatchObject({ code: 'claim_missing' });
    for (const tenant of ['c', 'A', ['c'], [], null]) {
      expect(check({ tenant }, { requiredClaims })).toMatchObject({ code: 'claim_not_accepted' });
    }
  });
});

describe('what becomes identity', () => {
  test.each(['sub', 'client_id', 'jti'])('%s is a string or missing', (name) => {
    expect(check({ [name]: undefined })).toMatchObject(ACCEPTED);
    expect(check({ [name]: '' })).toMatchObject(ACCEPTED);
    for (const value of [1, null, true, ['x'], { x: 1 }]) {
      expect(check({ [name]: value })).toMatchObject({ code: 'claim_malformed' });
    }
  });
  test.each(['azp', 'cid', 'appid'])(
    '%s, which need not identify anybody, is skipped if it is not a string',
    (name) => {
      for (const value of [42, null, true, ['x'], { x: 1 }]) {
        expect(check({ [name]: value, client_id: 'client-1' })).toMatchObject({ clientId: 'client-1' });
        expect(check({ [name]: value, client_id: undefined })).toMatchObject({ clientId: undefined });
      }
    },
  );
  test.each(['scope', 'scp'])('%s is a string, a list of strings, null or missing', (name) => {
    const { scope: _, ...claims } = claimsOf();
    const checkScope = (value: unknown) => checkClaims({ ...claims, [name]: value }, providerOf(), ISSUER);
    for (const good of ['a b', [], ['a', 'b'], null]) expect(checkScope(good)).toMatchObject(ACCEPTED);
    for (const bad of [1, true, {}, ['a', 1], [['a']]]) {
      expect(checkScope(bad)).toMatchObject({ code: 'claim_malformed' });
    }
  });
});

describe('the identity', () => {
  const identity = (claims: object, provider: Partial<KeySetProvider> = {}) =>
    checkClaims(claims as JsonObject, providerOf({ name: 'partner', audience: null, ...provider }), ISSUER);

  test('has the provider and the issuer that verified it, not what the claims say', () => {
    expect(identity({ provider: 'staff', issuer: 'x', iss: 'y' })).toMatchObject({
      provider: 'partner',
      issuer: ISSUER,
    });
  });
  test('has the client of client_id, else of azp', () => {
    expect(identity({ client_id: 'a', azp: 'b' })).toMatchObject({ clientId: 'a' });
    expect(identity({ azp: 'b' })).toMatchObject({ clientId: 'b' });
    expect(identity({})).toMatchObject({ clientId: undefined });
  });
  test.each([
    [{ scope: 'read write' }, ['read', 'write']],
    [{ scope: ' read  write ' }, ['read', 'write']],
    [{ scope: '' }, []],
    [{ scope: ['read', 'write'] }, ['read', 'write']],
    [{ scp: 'read write' }, ['read', 'write']],
    [{ scp: ['read', 'write'] }, ['read', 'write']],
    [{ scope: 'read', scp: ['admin'] }, ['read']],
    [{ scope: '', scp: ['admin'] }, []],
    [{ scope: null, scp: ['admin'] }, []],
    [{}, []],
  ])('of %j has the scopes %j', (claims, scopes) => expect(identity(claims)).toMatchObject({ scopes }));

  test('has the scopes from the claim that the provider names, and from no other', () => {
    const provider = { scopeClaim: 'permissions' };
    expect(identity({ permissions: ['a'], scope: 'admin' }, provider)).toMatchObject({ scopes: ['a'] });
    expect(identity({ scope: 'admin' }, provider)).toMatchObject({ scopes: [] });
  });
  test.each([
    [{ scope: ['friends of admin'] }, []],
    [{ scp: ['read write', 'delete'] }, ['delete']],
    [{ scope: ['admin\tx', 'admin\nx', 'admin\u00a0x', ' admin', 'admin ', ''] }, []],
  ])(
    'of %j has the scopes %j: an element of a list is never split, nor joined with others to be several',
    (claims, scopes) => {
      expect(identity(claims)).toMatchObject({ scopes });
    },
  );
  test('has only the elements of a list of groups as scopes, even in the header that upstreams split', () => {
    const element = fc.oneof(fc.constantFrom('admin', 'read'), fc.string({ maxLength: 12 }));
    fc.assert(
      fc.property(fc.array(element, { maxLength: 6 }), (groups) => {
        const result = identity({ groups }, { scopeClaim: 'groups' });
        const scopes = 'scopes' in result ? result.scopes : [];
        expect(groups).toEqual(expect.arrayContaining([...scopes]));
        expect(scopes.length === 0 ? [] : scopes.join(' ').split(/\s/)).toEqual(scopes);
      }),
    );
  });
  test('takes nothing from what the claims inherit', () => {
    expect(identity(Object.create({ sub: 'root', scope: 'admin' }))).toMatchObject({
      subject: undefined,
      scopes: [],
    });
  });
});

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
  'claim %s is read only if the token has it',
  (name) => {
    expect(claimAt({}, name)).toBeUndefined();
    expect(claimAt(JSON.parse(`{"${name}":"own"}`), name)).toBe('own');
  },
);
