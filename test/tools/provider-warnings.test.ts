import { describe, expect, test } from '@jest/globals';
import { checkParameters } from '../../tools/check-config/check.ts';
import { completeParameters } from '../../tools/check-config/complete-parameters.ts';

const ISSUER = 'https://issuer.example';
const A = { type: 'jwks', issuer: ISSUER, audience: 'orders' };

/** What check-config says about a policy without a default provider. */
async function warningsOf(providers: Record<string, object>, policy: object = {}) {
  const routes = [{ path: '/api/*', providers: Object.keys(providers) }];
  const text = JSON.stringify({ providers, routes, ...policy });
  const { problems, warnings } = await checkParameters(completeParameters({ policy: text, issuer: 'none' }));
  expect(problems).toEqual([]);
  return warnings.map(({ message }) => message);
}

describe('two providers of a route that share an issuer', () => {
  test.each<[string, object, string]>([
    ['algorithms', { algorithms: ['RS256'] }, '"algorithms"'],
    ['types', { typ: 'at+jwt' }, '"typ"'],
    ['whether there is an audience at all', { audience: null }, 'whether there is an "audience"'],
    ['the age of a token', { maxTokenAgeSeconds: 60 }, '"maxTokenAgeSeconds"'],
  ])('cause a warning if they differ in %s', async (_, changes, difference) => {
    const warnings = await warningsOf({ a: A, b: { ...A, ...changes } });
    expect(warnings.filter((message) => /share/.test(message))).toEqual([
      `providers.b: shares the issuer ${ISSUER} with a on a route but differs in ${difference}: a token that the stricter one rejects for this reason passes if the other accepts it`,
    ]);
  });
  test.each<[string, object]>([
    ['in the audience', { audience: 'stock' }],
    ['in the claims', { requiredClaims: { token_use: { equals: 'id' } } }],
    ['in the order of algorithms', { algorithms: ['RS256', 'ES256'] }],
  ])('may differ %s, which is what they are for', async (_, changes) => {
    const first = 'algorithms' in changes ? { ...A, algorithms: ['ES256', 'RS256'] } : A;
    expect(await warningsOf({ a: first, b: { ...A, ...changes } })).toEqual([]);
  });
  test('cause no warning if no token can be from both: other issuers, other places, other routes', async () => {
    const b = { ...A, algorithms: ['RS256'] };
    expect(await warningsOf({ a: A, b: { ...b, issuer: 'https://other.example' } })).toEqual([]);
    expect(await warningsOf({ a: A, b: { ...b, tokenFrom: [{ header: 'x-token' }] } })).toEqual([]);
    const routes = [
      { path: '/api/a/*', providers: ['a'] },
      { path: '/api/b/*', providers: ['b'] },
    ];
    expect(await warningsOf({ a: A, b }, { routes })).toEqual([]);
  });
  test('cause one warning, however many routes they are on', async () => {
    const providers = { a: A, b: { ...A, algorithms: ['RS256'] } };
    const routes = ['/api/a/*', '/api/b/*'].map((path) => ({ path, providers: ['a', 'b'] }));
    expect(await warningsOf(providers, { routes })).toHaveLength(1);
  });
});

describe('a place of tokens', () => {
  const publicOrigins = ['https://app.example.com'];
  test('causes a warning if others can set the cookie', async () => {
    const a = { ...A, tokenFrom: [{ cookie: 'session' }] };
    expect(await warningsOf({ a }, { publicOrigins })).toEqual([
      'providers.a.tokenFrom: other hosts of the same domain can set the cookie session: give it a name that begins with __Host-',
    ]);
    const safe = { ...A, tokenFrom: [{ cookie: '__Host-session' }] };
    expect(await warningsOf({ a: safe }, { publicOrigins })).toEqual([]);
  });
  test('causes a warning if it is a query parameter of any request', async () => {
    const a = { ...A, tokenFrom: [{ query: 'token', everywhere: true }] };
    expect(await warningsOf({ a })).toEqual([expect.stringContaining('keep URLs with the token in them')]);
  });
});
