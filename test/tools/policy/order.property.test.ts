import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ParameterName } from '../../../lambda/contract.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import type { ParameterValues } from '../../../lambda/core/config/read-parameter.ts';
import { compare } from '../../../tools/policy/compared.ts';
import { acceptableBetween } from '../../../tools/policy/intermediate.ts';
import { findOrder, mixed } from '../../../tools/policy/order.ts';
import { put } from '../../../tools/policy/put.ts';
import { differingNames } from '../../../tools/policy/values.ts';
import { createPolicyWorld } from './policy-world.ts';

const A = 'https://a.example';
const B = 'https://b.example';

const route = fc.record(
  {
    path: fc.constantFrom('/api/orders/*', '/api/*', '/api/admin/*'),
    scopes: fc.subarray(['read', 'write'], { minLength: 1 }),
    providers: fc.subarray(['default', 'next'], { minLength: 1 }),
    onUnauthenticatedRequest: fc.constant('allow'),
  },
  { requiredKeys: ['path'] },
);
const policy = fc.record(
  {
    unmatched: fc.constant('deny'),
    providers: fc.constant({ next: { type: 'jwks', issuer: B, audience: ['b'] } }),
    routes: fc.array(route, { maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const configuration: fc.Arbitrary<ParameterValues> = fc.record({
  issuer: fc.constantFrom(A, B, 'none'),
  audience: fc.constantFrom('a', 'b', 'a,b'),
  'jwks-uri': fc.constantFrom('discover', 'https://keys.example/jwks'),
  upstream: fc.constantFrom('whoami', 'https://up.example'),
  policy: policy.map((document) => JSON.stringify(document)),
  revocations: fc.constantFrom('{}', JSON.stringify({ [A]: { sub: ['x'] } })),
});

const isValid = async (values: ParameterValues) => 'config' in (await parseConfig(values, 'test'));

const orderOf = async (before: ParameterValues, after: ParameterValues) => {
  const names = differingNames(before, after);
  return findOrder(before, after, names, await acceptableBetween(before, after, compare));
};

/** What is in the store after each put but the last. */
const statesOf = (before: ParameterValues, after: ParameterValues, order: readonly ParameterName[]) =>
  order.slice(0, -1).map((_, index) => mixed(before, after, order.slice(0, index + 1)));

const PLAIN = { issuer: A, audience: 'a', 'jwks-uri': 'discover', upstream: 'whoami', policy: '{}', revocations: '{}' }; // biome-ignore format: one line

describe('between two valid configurations', () => {
  test('every state of the store is valid and lets through no more than one of the two, or nothing is put', async () => {
    let put = 0;
    await fc.assert(
      fc.asyncProperty(configuration, configuration, async (before, after) => {
        fc.pre((await isValid(before)) && (await isValid(after)));
        const order = await orderOf(before, after);
        if (order === undefined) return;
        put += 1;
        expect([...order].sort()).toEqual([...differingNames(before, after)].sort());
        for (const state of statesOf(before, after, order)) {
          expect(await isValid(state)).toBe(true);
          const wider = [await compare(before, state), await compare(after, state)];
          expect(wider.some(({ lets }) => !lets)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
    expect(put).toBeGreaterThan(0);
  });

  test('a single parameter can always be put', async () => {
    await fc.assert(
      fc.asyncProperty(configuration, configuration, async (before, after) => {
        const [name] = differingNames(before, after);
        fc.pre(name !== undefined);
        const one = { ...before, [name as ParameterName]: after[name as ParameterName] };
        expect(await orderOf(before, one)).toEqual([name]);
      }),
      { numRuns: 40 },
    );
  });

  test.each<[string, ParameterValues, ParameterValues, readonly string[] | undefined]>([
    [
      'what closes comes before another upstream',
      PLAIN,
      { ...PLAIN, upstream: 'https://up.example', policy: '{"unmatched":"deny","routes":[{"path":"/api/x","scopes":["s"]}]}' }, // biome-ignore format: one line
      ['policy', 'upstream'],
    ],
    [
      'a wider policy comes after another upstream',
      { ...PLAIN, policy: '{"unmatched":"deny","routes":[{"path":"/api/x"}]}' },
      { ...PLAIN, upstream: 'https://up.example', policy: '{"unmatched":"deny","routes":[{"path":"/api/x"},{"path":"/api/y"}]}' }, // biome-ignore format: one line
      ['upstream', 'policy'],
    ],
    [
      'another issuer with another audience has no order: half of it would take tokens that neither takes',
      PLAIN,
      { ...PLAIN, issuer: B, audience: 'b' },
      undefined,
    ],
    [
      'no keys of one issuer ever serve for another',
      PLAIN,
      { ...PLAIN, issuer: B, 'jwks-uri': 'https://keys.example/jwks' },
      undefined,
    ],
    [
      'revocations come before a policy that lets more through',
      PLAIN,
      { ...PLAIN, policy: '{"routes":[{"path":"/api/x","onUnauthenticatedRequest":"allow"}]}', revocations: '{"https://a.example":{"sub":["x"]}}' }, // biome-ignore format: one line
      ['revocations', 'policy'],
    ],
  ])('%s', async (_, before, after, order) => {
    expect(await orderOf(before, after)).toEqual(order);
  });
});

test('configures a fresh deployment in one put, the policy first', async () => {
  const before = { ...PLAIN, issuer: 'https://issuer.invalid', audience: 'audience.invalid' };
  const after = { ...PLAIN, policy: '{"unmatched":"deny","routes":[{"path":"/api/x","scopes":["s"]}]}' };
  expect((await orderOf(before, after))?.[0]).toBe('policy');
});

describe('the steps from one issuer to another', () => {
  const routes = (...providers: string[]) =>
    JSON.stringify({
      unmatched: 'deny',
      providers: { next: { type: 'jwks', issuer: B, audience: ['b'] } },
      routes: [{ path: '/api/*', providers }],
    });
  const both = { ...PLAIN, policy: routes('default', 'next') };
  const next = { ...PLAIN, policy: routes('next') };

  test('each have an order: the routes name only the new issuer, and the old one goes', async () => {
    expect(await orderOf(PLAIN, both)).toEqual(['policy']);
    expect(await orderOf(both, { ...next, issuer: 'none' })).toEqual(['policy', 'issuer']);
  });

  test('each have an order if the new issuer becomes the default provider too', async () => {
    const moved = { ...next, issuer: B, audience: 'b' };
    expect(await orderOf(next, moved)).toHaveLength(2);
    expect(await orderOf(moved, { ...moved, policy: routes('default', 'next') })).toEqual(['policy']);
  });
});

test('broken revocations excuse no state that lets through what neither configuration accepts', async () => {
  const before = { ...PLAIN, revocations: '{' };
  expect(await orderOf(before, { ...before, issuer: B, audience: 'b' })).toBeUndefined();
  expect(await orderOf(before, { ...before, issuer: B, audience: 'b', revocations: '{}' })).toBeUndefined();
});

test('without a safe order, writes nothing and says how to proceed', async () => {
  const world = createPolicyWorld();
  const given = { issuer: B, audience: 'b' };
  const { status, json } = await put(world.session(), { given, ifVersion: {} });
  expect(status).toBe(1);
  expect(json).toMatchObject({ order: null, written: [] });
  expect(world.text()).toContain('No order of putting issuer, audience is safe');
  expect(world.text()).toContain('1. Put a policy that adds a provider with the new issuer');
});

test('without a safe order of upstream and policy, the message is about these and not about a new issuer', async () => {
  const world = createPolicyWorld();
  const document = {
    unmatched: 'deny',
    routes: [{ path: '/api/news/*', onUnauthenticatedRequest: 'allow' }],
  };
  const given = { upstream: 'https://up.example', policy: JSON.stringify(document) };
  const accept = ['policy:anonymous-route:/api/news/*'];
  const { json } = await put(world.session(), { given, accept, ifVersion: {} });
  expect(json).toMatchObject({ order: null, written: [] });
  expect(world.text()).toContain('No order of putting upstream, policy is safe');
  expect(world.text()).toMatch(/Put the parameters one at a time .* put --upstream URL/);
  expect(world.text()).not.toContain('new issuer');
});
