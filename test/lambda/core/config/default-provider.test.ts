import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PARAMETERS } from '../../../../lambda/contract.ts';
import { parseAccess } from '../../../../lambda/core/config/parse.ts';
import type { ParameterValues } from '../../../../lambda/core/config/read-parameter.ts';

const OF_POLICY = { type: 'jwks', issuer: 'https://idp.example', audience: 'api' };
const ROUTE = { path: '/api/*', providers: ['idp'] };

/** The values of a fresh deployment, except those that are given. */
async function parse(values: ParameterValues, policy: object = {}) {
  const initial = Object.fromEntries(
    Object.entries(PARAMETERS).map(([name, { initial: value }]) => [name, value]),
  );
  const parsed = await parseAccess({ ...initial, policy: JSON.stringify(policy), ...values });
  return 'value' in parsed
    ? parsed.value
    : parsed.problems.map(({ parameter, message }) => `${parameter} ${message}`);
}
const providersOf = (result: Awaited<ReturnType<typeof parse>>): readonly string[] =>
  'providers' in result ? result.providers.map(({ name }) => name) : result;

describe('with the issuer none', () => {
  test('there is no default provider, and its other parameters are ignored', async () => {
    const policy = { providers: { idp: OF_POLICY }, routes: [ROUTE] };
    for (const values of [{}, { audience: ',' }, { 'jwks-uri': 'file:///etc/passwd' }, { audience: '' }]) {
      expect(providersOf(await parse({ issuer: 'none', ...values }, policy))).toEqual(['idp']);
    }
  });
  test('every path without a route is denied, even if there are no routes at all', async () => {
    const result = await parse({ issuer: 'none' });
    if (!('judgePath' in result)) throw new Error(String(result));
    expect(result.judgePath('GET', '/api/x')).toMatchObject({ missing: true, providers: [] });
  });
  test('a policy without routes is valid, with a warning that every request is denied', async () => {
    const warning = { message: 'it has no routes, so every request is denied (route_missing)' };
    expect(await parse({ issuer: 'none' })).toMatchObject({ warnings: [warning] });
    expect(await parse({ issuer: 'none' }, { providers: { idp: OF_POLICY } })).toMatchObject({
      warnings: [warning],
    });
    const policy = { providers: { idp: OF_POLICY }, routes: [ROUTE] };
    expect(await parse({ issuer: 'none' }, policy)).toMatchObject({ warnings: [] });
    const given = { issuer: 'https://idp.example', audience: 'api' };
    expect(await parse(given)).toMatchObject({ warnings: [] });
    expect(await parse(given, { unmatched: 'deny' })).toMatchObject({ warnings: [warning] });
  });
  test('prefixes may be stripped without "unmatched": "deny"', async () => {
    const policy = { providers: { idp: OF_POLICY }, routes: [ROUTE], stripPrefix: '/api' };
    expect(providersOf(await parse({ issuer: 'none' }, policy))).toEqual(['idp']);
  });
  test.each<[string, object, string]>([
    [
      'a refinement of the default provider',
      { providers: { default: { type: 'jwks' } } },
      'policy providers.default: there is no default provider, because "issuer" is "none": remove it, or give it another name, an issuer and an audience',
    ],
    [
      'a route that names no provider',
      { providers: { idp: OF_POLICY }, routes: [{ path: '/api/*' }] },
      'policy routes.0.providers: is missing, and there is no default provider, because "issuer" is "none": name one or more of idp',
    ],
    [
      'a route that names the default provider',
      { providers: { idp: OF_POLICY }, routes: [{ path: '/api/*', providers: ['default'] }] },
      'policy routes.0.providers: there is no provider default; choose from idp',
    ],
    [
      'unmatched paths for the default provider to authenticate',
      { unmatched: 'authenticate' },
      'policy unmatched: cannot be "authenticate", because "issuer" is "none" and so there is no default provider: remove it',
    ],
  ])('%s is a problem', async (_, policy, problem) => {
    expect(await parse({ issuer: 'none' }, policy)).toEqual([problem]);
  });
  test('a route that lets everybody through needs no provider', async () => {
    const policy = { routes: [{ path: '/api/public/*', onUnauthenticatedRequest: 'allow' }] };
    expect(providersOf(await parse({ issuer: 'none' }, policy))).toEqual([]);
  });
});

test('the message about the placeholder names both ways out', async () => {
  const problems = await parse({});
  expect(problems).toContainEqual(expect.stringMatching(/^issuer is still a placeholder.*or to "none"/));
});

test.each(['None', 'NONE', ' none ', '"none"', 'nonesuch'])(
  '%j is still reported as it is',
  async (issuer) => {
    const problems = await parse({ issuer, audience: 'api' });
    expect(issuer.trim() === 'none' ? providersOf(problems) : problems).toEqual(
      issuer.trim() === 'none' ? [] : [expect.stringContaining('jwks-uri cannot be discovered')],
    );
  },
);

describe('in whatever order parameters are put, every state on the way is valid', () => {
  /** From one valid configuration to another, putting the parameters one by one. */
  const A = 'https://a.example';
  const B = 'https://b.example';
  const tenant = (issuer: string, audience = 'api') => ({ type: 'jwks', issuer, audience });
  interface State {
    readonly issuer: string;
    readonly audience: string;
    readonly policy: object;
  }
  const STATES: Readonly<Record<string, State>> = {
    'the default provider alone': { issuer: A, audience: 'api', policy: {} },
    'another default provider alone': { issuer: B, audience: 'api', policy: {} },
    'the old issuer beside the new one': {
      issuer: B,
      audience: 'api',
      policy: {
        providers: { old: tenant(A) },
        routes: [{ path: '/api/*', providers: ['default', 'old'] }],
      },
    },
    'both issuers in the policy too': {
      issuer: A,
      audience: 'api,other',
      policy: {
        providers: { a: tenant(A), a2: tenant(A, 'other'), b: tenant(B) },
        routes: [{ path: '/api/*', providers: ['a', 'a2', 'b'] }],
      },
    },
    'no default provider': {
      issuer: 'none',
      audience: 'api',
      policy: {
        providers: { b: tenant(B), a: tenant(A) },
        routes: [{ path: '/api/*', providers: ['b', 'a'] }],
      },
    },
  };
  /**
   * The only order that matters: routes that use the default provider must be removed before it is, as the problem
   * says.
   */
  const needsDefault = (policy: object): boolean => JSON.stringify(policy).includes('"default"');

  test('between any two of these', async () => {
    const names = Object.keys(STATES);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...names), { minLength: 2, maxLength: 4 }),
        fc.infiniteStream(
          fc.shuffledSubarray<keyof State>(['issuer', 'audience', 'policy'], { minLength: 3 }),
        ),
        async (path, orders) => {
          let state = STATES[path[0] as string] as State;
          for (const name of path.slice(1)) {
            for (const parameter of orders.next().value as (keyof State)[]) {
              state = { ...state, [parameter]: (STATES[name] as State)[parameter] };
              const { issuer, audience, policy } = state;
              if (issuer === 'none' && needsDefault(policy)) continue;
              expect(await parse({ issuer, audience }, policy)).toHaveProperty('providers');
            }
          }
        },
      ),
    );
  });
});
