import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { explain } from '../../tools/explain/explain.ts';
import { claimsOf, mint } from '../support/tokens.ts';
import { ask, claimChanges, inputOf, KEYS, type Question, REQUESTS } from './explain-world.ts';

const maybe = <T>(...values: T[]) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...values) },
  );
const overrides = (object: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

/** Questions about tokens with arbitrary contents that their issuer signed with its key. */
const questions = fc
  .record({
    claims: claimChanges(maybe),
    typ: maybe<unknown>('dpop+jwt', 'JWT', 1),
    crit: maybe<unknown>(['b64']),
    partner: fc.boolean(),
    request: fc.constantFrom(...REQUESTS),
  })
  .map(({ claims, typ, crit, partner, request }): Question => {
    const own = partner ? { iss: 'https://partner.example', aud: 'orders' } : {};
    const key = partner || claims.iss === 'https://partner.example' ? KEYS.partner : KEYS.issuer;
    return {
      token: mint(key, claimsOf({ ...own, ...overrides(claims) }), overrides({ typ, crit })),
      request,
    };
  })
  .filter(({ token }) => {
    // A valid signature is one by a key of the issuer that the token names.
    const { iss } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const { kid } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
    return (iss === 'https://partner.example') === (kid === KEYS.partner.kid);
  });

test('for tokens with a valid signature, the offline verdict is the one with keys', async () => {
  let open = 0;
  await fc.assert(
    fc.asyncProperty(questions, async (question) => {
      const online = await ask(question);
      let fetched = 0;
      const input = await inputOf({ ...question, offline: true });
      const offline = await explain({
        ...input,
        fetchDocument: async (url) => {
          fetched += 1;
          throw new Error(url.href);
        },
      });
      const { onlyIf, ...verdict } = offline.verdict;
      const { onlyIf: none, ...expected } = online.verdict;
      expect(verdict).toEqual(expected);
      expect(none).toBeUndefined();
      expect(offline.upstream).toEqual(online.upstream);
      expect(fetched).toBe(0);
      expect(offline.signature).not.toBe('verified');
      if (onlyIf !== undefined) {
        open += 1;
        expect(online.signature).toBe('verified');
      }
      // If no provider of the route has the issuer, the keys are those of a guessed provider.
      const outcomes = ({ steps }: typeof online) =>
        steps
          .filter(({ name, outcome }) => outcome === 'fail' && name !== 'key' && name !== 'signature')
          .map(({ name, code }) => [name, code]);
      expect(outcomes(offline)).toEqual(outcomes(online));
    }),
    { numRuns: 600 },
  );
  expect(open).toBeGreaterThan(10);
});

test('what does not depend on a token is decided offline', async () => {
  const { verdict } = await ask({ token: '', request: 'GET /api/public/x', offline: true });
  expect(verdict).toMatchObject({ allowed: true, onlyIf: undefined });
});

test('keys in the policy are used offline too', async () => {
  const jwks = { keys: [KEYS.issuer.jwk] };
  const policy = { providers: { own: { type: 'jwks', issuer: 'https://own.example', audience: 'a', jwks } } };
  const question = {
    policy: { ...policy, routes: [{ path: '/*', providers: ['own'] }] },
    offline: true,
    token: mint(KEYS.issuer, claimsOf({ iss: 'https://own.example', aud: 'a' })),
  };
  expect(await ask(question)).toMatchObject({
    signature: 'verified',
    verdict: { allowed: true, onlyIf: undefined },
  });
  const forged = mint(KEYS.partner, claimsOf({ iss: 'https://own.example', aud: 'a' }), { kid: 'key-2026' });
  expect((await ask({ ...question, token: forged })).verdict.code).toBe('signature_invalid');
});

test('recognizes a truncated token offline, by the length of its signature', async () => {
  const token = mint(KEYS.issuer).slice(0, -22);
  const { steps, verdict } = await ask({ token, offline: true });
  expect(verdict).toMatchObject({ code: 'signature_invalid', onlyIf: undefined });
  expect(steps.flatMap(({ hints }) => hints).join()).toMatch(
    /the signature has \d+ bytes, where "ES256" has 64: the end of the token was not copied/,
  );
});
