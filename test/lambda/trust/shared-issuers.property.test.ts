import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { authorize } from '../../../lambda/core/authorize.ts';
import type { Config } from '../../../lambda/core/config/config.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import type { Decision } from '../../../lambda/core/decision.ts';
import type { HttpRequest } from '../../../lambda/core/http/message.ts';
import { type KeySet, parseKeySet } from '../../../lambda/core/keys/key-set.ts';
import type { ResolveKeys } from '../../../lambda/core/keys/resolution.ts';
import { selectKeys } from '../../../lambda/core/keys/select.ts';
import { hasKeySet } from '../../../lambda/core/provider.ts';
import { createTokenMemory } from '../../../lambda/core/token-memory.ts';
import { createKey, jwksOf } from '../../support/keys.ts';
import { claimsOf, ISSUER, mint, NOW } from '../../support/tokens.ts';

/**
 * A remembered token is decided on like one that was never seen, whatever has changed since: keys, providers, their
 * order, revocations, the time, the route.
 */

const KEYS = [createKey('ES256', 'a'), createKey('ES256', 'b'), createKey('ES256', 'a')];
const URLS = ['https://one.example/jwks', 'https://two.example/jwks'];

const SETS: readonly (KeySet | undefined)[] = await Promise.all(
  [[0], [1], [0, 1], [2], [2, 1]].map(async (indexes) => {
    const set = await parseKeySet(jwksOf(...indexes.map((index) => KEYS[index] as (typeof KEYS)[number])));
    if ('problem' in set) throw new Error(set.problem);
    return set;
  }),
).then((sets) => [undefined, ...sets]);

const provider = fc.record(
  {
    type: fc.constant('jwks'),
    issuer: fc.constantFrom(ISSUER, [ISSUER, 'https://second.example']),
    jwksUri: fc.constantFrom(...URLS),
    audience: fc.constantFrom<unknown>('orders', ['orders', 'stock'], 'stock', null),
    algorithms: fc.constantFrom(['ES256'], ['RS256', 'ES256'], ['ES256', 'ES384'], ['RS256']),
    typ: fc.constantFrom('jwt', ['jwt', 'at+jwt'], 'at+jwt'),
    requiredClaims: fc.constantFrom({}, { tenant: { equals: 'a' } }),
    maxTokenAgeSeconds: fc.constantFrom(600, 86_400),
  },
  { requiredKeys: ['type', 'issuer', 'jwksUri', 'audience'] },
);
const NAMES = ['p', 'q', 'r'];
const policy = fc
  .tuple(fc.tuple(provider, provider, provider), fc.shuffledSubarray(NAMES, { minLength: 1 }))
  .map(([providers, order]) => ({
    providers: Object.fromEntries(NAMES.map((name, index) => [name, providers[index]])),
    routes: [
      { path: '/all', providers: order },
      { path: '/one', providers: order.slice(0, 1), scopes: ['write'] },
      { path: '/last', providers: [...order].reverse() },
    ],
  }));

const TOKENS = KEYS.flatMap((key) =>
  [
    { aud: 'orders' },
    { aud: 'stock', tenant: 'a' },
    { aud: ['stock', 'orders'], iss: 'https://second.example' },
    { aud: 'orders', exp: NOW + 120, jti: 'revoked' },
  ].flatMap((claims) => ['JWT', 'at+jwt'].map((typ) => mint(key, claimsOf(claims), { typ }))),
);

/** Tokens of one run, which come again and again. */
const FEW = 4;
const tokens = fc.shuffledSubarray(TOKENS, { minLength: FEW, maxLength: FEW });

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      token: fc.nat(FEW - 1),
      path: fc.constantFrom('/all', '/one', '/last'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ policy }) },
  { weight: 2, arbitrary: fc.record({ url: fc.nat(1), set: fc.nat(SETS.length - 1) }) },
  { weight: 1, arbitrary: fc.record({ seconds: fc.constantFrom(1, 100, 700) }) },
  { weight: 1, arbitrary: fc.record({ revoked: fc.boolean() }) },
);

async function configOf(document: object, revoked: boolean): Promise<Config> {
  const parsed = await parseConfig(
    {
      issuer: 'none',
      upstream: 'whoami',
      policy: JSON.stringify(document),
      revocations: revoked ? JSON.stringify({ [ISSUER]: { jti: ['revoked'] } }) : '{}',
    },
    '1',
  );
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.config;
}

const callWith = (token: string, path: string): HttpRequest => ({
  method: 'GET',
  path,
  query: '',
  headers: [['authorization', `Bearer ${token}`]],
  body: Buffer.of(),
});

/** A decision without whether the token was remembered. */
function essence(decision: Decision): unknown {
  const { trace, route: _, ...rest } = decision as Decision & { trace?: { remembered?: boolean } };
  const { remembered: __, ...traced } = trace ?? {};
  return JSON.parse(JSON.stringify({ ...rest, trace: traced }));
}

test('a decision is the same with the memory of all earlier tokens as without', async () => {
  let remembered = 0;
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(
      policy,
      tokens,
      fc.array(step, { minLength: 20, maxLength: 60 }),
      async (first, few, steps) => {
        const memory = createTokenMemory();
        const sets = [SETS[1], SETS[2]];
        let [document, revoked, now]: [object, boolean, number] = [first, false, NOW * 1000];
        let config = await configOf(document, revoked);
        const resolveKeys: ResolveKeys = (asked, { alg, kid }) => {
          if (!hasKeySet(asked) || asked.keys.kind !== 'url') throw new Error('a provider without a URL');
          const set = sets[URLS.indexOf(asked.keys.url.href)];
          return set === undefined
            ? { kind: 'unavailable', reason: 'down', retryAfterSeconds: 1 }
            : selectKeys(set, alg, kid);
        };
        for (const next of steps) {
          if ('seconds' in next) now += next.seconds * 1000;
          else if ('url' in next) sets[next.url] = SETS[next.set];
          else if ('policy' in next) document = next.policy;
          else if ('revoked' in next) revoked = next.revoked;
          if ('policy' in next || 'revoked' in next) config = await configOf(document, revoked);
          if (!('token' in next)) continue;
          const request = callWith(few[next.token] as string, next.path);
          const context = { resolveKeys, now: () => now };
          const anew = await authorize(request, config, { ...context, memory: createTokenMemory() });
          const decision = await authorize(request, config, { ...context, memory });
          expect(essence(decision)).toEqual(essence(anew));
          if (decision.kind === 'allow') accepted += 1;
          if ('trace' in decision && decision.trace?.remembered) remembered += 1;
        }
      },
    ),
    { numRuns: 150 },
  );
  // Otherwise the agreement would mean nothing.
  expect(remembered).toBeGreaterThan(100);
  expect(accepted).toBeGreaterThan(200);
});
