import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createKey, jwksOf } from '../support/keys.ts';
import { ALB_LOGIN, createSignedHeaderKey, pemOf, signedHeader } from '../support/signed-headers.ts';
import { claimsOf, ISSUER, mint, NOW } from '../support/tokens.ts';
import { ask, type Question } from './explain-world.ts';

// All with the same name, so that a token is the same whoever signs it.
const [ONE, TWO, INLINE, FORGED] = ['1', '2', '3', '4'].map(() => createKey('ES256', 'key-2026')) as [
  Key,
  Key,
  Key,
  Key,
];
type Key = ReturnType<typeof createKey>;

const KEYS = { one: ONE, two: TWO, inline: INLINE, forged: FORGED };
type Signer = keyof typeof KEYS;

const DOCUMENTS = {
  [`${ISSUER}/jwks`]: jwksOf(ONE),
  'https://one.example/jwks': jwksOf(ONE),
  'https://two.example/jwks': jwksOf(TWO),
};

/** Providers of the same issuer with keys in three places. Two of the places have the same keys. */
const provider = fc
  .record({
    keys: fc.constantFrom(
      { jwksUri: `${ISSUER}/jwks` },
      { jwksUri: 'https://one.example/jwks' },
      { jwksUri: 'https://two.example/jwks' },
      { jwks: jwksOf(INLINE) },
    ),
    audience: fc.constantFrom('api.example.com', 'api.example.com', 'other', null),
    scopeClaim: fc.constantFrom(undefined, 'roles'),
    algorithms: fc.constantFrom(undefined, undefined, ['RS256']),
    requiredClaims: fc.constantFrom(undefined, { tenant: { equals: 'a' } }),
    maxTokenAgeSeconds: fc.constantFrom(undefined, undefined, 60),
  })
  .map(({ keys, ...more }) => ({ type: 'jwks', issuer: ISSUER, ...keys, ...more }));

const questions = fc.record({
  providers: fc.array(provider, { minLength: 1, maxLength: 3 }),
  route: fc.record({
    scopes: fc.constantFrom(undefined, undefined, ['read'], ['admin']),
    claims: fc.constantFrom(undefined, undefined, { tenant: { equals: 'a' } }),
    mode: fc.constantFrom(undefined, undefined, 'report-only'),
    onUnauthenticatedRequest: fc.constantFrom(undefined, 'allow'),
  }),
  claims: fc.record({
    aud: fc.constantFrom('api.example.com', 'other', 'nobody'),
    tenant: fc.constantFrom('a', 'b'),
    sub: fc.constantFrom('client-1', 'client-1', 'client-1', 'stolen'),
    roles: fc.constantFrom(['admin'], ['read'], []),
    exp: fc.constantFrom(NOW + 3600, NOW + 3600, NOW + 3600, NOW - 100),
    iat: fc.constantFrom(NOW, NOW - 500),
  }),
});

type Sample = typeof questions extends fc.Arbitrary<infer T> ? T : never;

const questionOf = ({ providers, route, claims }: Sample, signer: Signer): Question => {
  const named = Object.fromEntries(providers.map((one, index) => [`p${index}`, one]));
  const policy = {
    providers: named,
    routes: [{ path: '/*', providers: Object.keys(named), ...route }],
  };
  return {
    token: mint(KEYS[signer], claimsOf(claims)),
    policy: JSON.parse(JSON.stringify(policy)),
    documents: DOCUMENTS,
  };
};

test('for several providers of an issuer, the offline verdict allows for any key that may have made the signature', async () => {
  const seen = { open: 0, shut: 0, split: 0 };
  await fc.assert(
    fc.asyncProperty(questions, async (sample) => {
      for (const signer of ['one', 'two', 'inline', 'forged'] as const) {
        const question = questionOf(sample, signer);
        const offline = await ask({ ...question, offline: true });
        const { allowed, onlyIf } = offline.verdict;
        expect(offline.steps.filter(({ name }) => name === 'decision')).toEqual([]);
        const online = await ask(question);
        if (online.verdict.allowed) expect(allowed).toBe(true);
        if (allowed && onlyIf === undefined) expect(online.verdict.allowed).toBe(true);
        if (!allowed) expect(online.verdict.allowed).toBe(false);
        if (onlyIf === undefined) {
          if (!allowed) seen.shut += 1;
          continue;
        }
        seen.open += 1;
        const signers = onlyIf.signedBy.map((name) => signerOf(sample.providers[Number(name.slice(1))]));
        const others = sample.providers
          .filter((_, index) => !onlyIf.signedBy.includes(`p${index}`))
          .map(signerOf);
        for (const one of signers.filter((key) => !(onlyIf.alone && others.includes(key)))) {
          expect((await ask(questionOf(sample, one))).verdict).toMatchObject({ allowed: true });
        }
        // A token signed with a key in the policy is verified, whatever else may have signed it.
        const strangers = signer === 'inline' ? [] : (['one', 'two', 'forged'] as const);
        for (const one of strangers.filter((other) => !signers.includes(other))) {
          seen.split += 1;
          expect((await ask(questionOf(sample, one))).verdict.allowed).toBe(false);
        }
      }
    }),
    { numRuns: 200 },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(5);
});

const signerOf = (one: object | undefined): Signer =>
  one === undefined || 'jwks' in one
    ? 'inline'
    : (one as { jwksUri: string }).jwksUri.includes('two')
      ? 'two'
      : 'one';

test('for a header that a load balancer signs, the offline verdict is the one with its key', async () => {
  const key = createSignedHeaderKey(ALB_LOGIN);
  const policy = {
    providers: { staff: ALB_LOGIN.provider },
    routes: [{ path: '/*', providers: ['staff'] }],
  };
  const explanationFor = async (header: object, more: Partial<Question> = {}) => {
    const token = signedHeader(ALB_LOGIN, key, { header: { ...header } });
    const question = {
      token,
      policy,
      ...more,
      documents: { [ALB_LOGIN.keysUrl + key.kid]: pemOf(key.publicKey) },
    };
    const { verdict } = await ask(question);
    const offline = await ask({ ...question, offline: true });
    return { online: verdict.code, offline: offline.verdict.code, onlyIf: offline.verdict.onlyIf?.signedBy };
  };
  expect(await explanationFor({})).toEqual({ online: 'allowed', offline: 'allowed', onlyIf: ['staff'] });
  const rejected = (code: string) => ({ online: code, offline: code, onlyIf: undefined });
  expect(await explanationFor({ client: 'other' })).toEqual(rejected('audience_mismatch'));
  expect(await explanationFor({ exp: NOW - 100 })).toEqual(rejected('token_expired'));
  // No key is fetched by a name that AWS gives to no key.
  expect(await explanationFor({ kid: 'key-1' })).toEqual(rejected('key_unknown'));
  // If the request has another token that the route does not accept, the header that AWS signs is still read.
  const field = signedHeader(ALB_LOGIN, key);
  const moved = `authorization: Bearer ${mint(ONE)}\nx-amzn-oidc-data: ${field}`;
  const question = { token: moved, policy, carrier: 'x-token', offline: true };
  expect((await ask(question)).verdict).toMatchObject({ code: 'allowed', onlyIf: { signedBy: ['staff'] } });
});
