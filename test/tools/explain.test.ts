import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { authorize } from '../../lambda/core/authorize.ts';
import { createTokenMemory } from '../../lambda/core/token-memory.ts';
import type { Explanation } from '../../tools/explain/explain.ts';
import { render, renderJson } from '../../tools/explain/render.ts';
import { createKeyEndpoints } from '../../tools/key-endpoints.ts';
import { createKey } from '../support/keys.ts';
import { rarely } from '../support/rarely.ts';
import { base64url, claimsOf, mint, NOW, withSegment } from '../support/tokens.ts';
import { explainDocument } from './explain-examples.ts';
import { ask, claimChanges, inputOf, KEYS, type Question, REQUESTS } from './explain-world.ts';
import { ROOT } from './run-tool.ts';

const signed = (claims: Record<string, unknown> = {}, header: object = {}) =>
  mint(KEYS.issuer, claimsOf(claims), header);
const failures = ({ steps }: Explanation) => steps.filter(({ outcome }) => outcome === 'fail');
const hintsOf = (explanation: Explanation) => explanation.steps.flatMap(({ hints }) => hints).join('\n');

test('docs/explain.md matches the output of the command', async () => {
  expect(readFileSync(join(ROOT, 'docs/explain.md'), 'utf8')).toBe(await explainDocument());
});

test('an allowed request has no failure, and shows what the upstream gets', async () => {
  const explanation = await ask({ token: signed({ tenant: 'b' }), request: 'GET /api/tenants/1' });
  expect(failures(explanation)).toEqual([]);
  expect(explanation).toMatchObject({
    signature: 'verified',
    verdict: { allowed: true, code: 'allowed', status: 200 },
    upstream: {
      token: true,
      identity: expect.arrayContaining([
        ['x-jwt-tenant', 'b'],
        ['x-jwt-subject', 'client-1'],
      ]),
    },
  });
  expect(render(explanation)).toContain(
    'Verdict: allowed\nThe built-in upstream whoami gets the request with the token, and these',
  );
});

describe('the hint for', () => {
  test.each<[string, Question, string, string]>([
    [
      'the case of the issuer',
      { token: signed({ iss: 'https://Issuer.example' }) },
      'issuer_mismatch',
      'only in upper and lower case',
    ],
    [
      'the scheme of the issuer',
      { token: signed({ iss: 'http://issuer.example' }) },
      'issuer_mismatch',
      'only in the scheme: https here, http there',
    ],
    ['a missing issuer', { token: signed({ iss: undefined }) }, 'issuer_mismatch', '"iss" is missing'],
    [
      'two versions of Entra ID',
      {
        token: signed({ iss: 'https://sts.windows.net/00000000-0000-0000-0000-000000000001/' }),
        parameters: { issuer: 'https://login.microsoftonline.com/00000000-0000-0000-0000-000000000001/v2.0' },
      },
      'issuer_mismatch',
      'the same Entra ID tenant',
    ],
    [
      'a scope in another claim',
      { token: signed({ permissions: ['orders:write'] }), request: 'POST /api/orders/1' },
      'scope_missing',
      'set "scopeClaim": "permissions"',
    ],
    [
      'commas between scopes',
      { token: signed({ scope: 'a,orders:write' }), request: 'POST /api/orders/1' },
      'scope_missing',
      'separated by spaces',
    ],
    [
      'an element of a list that has the scope as a word',
      { token: signed({ scope: ['may use orders:write'] }), request: 'POST /api/orders/1' },
      'scope_missing',
      '"may use orders:write" is one element of a list, and is never split',
    ],
    [
      'a number that JSON cannot carry exactly',
      {
        token: mint(KEYS.issuer, JSON.stringify(claimsOf()).replace('{', '{"tenant":1234567890123456789,')),
        request: 'GET /api/tenants/1',
      },
      'claim_mismatch',
      'a number is beyond 2^53, where JSON is no longer exact',
    ],
    [
      'the case of a scope',
      { token: signed({ scope: 'Orders:Write' }), request: 'POST /api/orders/1' },
      'scope_missing',
      'case-sensitive',
    ],
    [
      'the audience in client_id',
      { token: signed({ aud: undefined, client_id: 'api.example.com' }) },
      'claim_missing',
      'set "audienceClaim": "client_id"',
    ],
    [
      'api:// before the audience',
      { token: signed({ aud: 'api://api.example.com' }) },
      'audience_mismatch',
      'are almost the same',
    ],
    [
      'no kid',
      { token: signed({}, { kid: undefined, alg: 'RS256' }) },
      'key_unknown',
      'the token names no "kid"',
    ],
    [
      'a key of another provider',
      { token: signed({}, { kid: 'partner-1' }) },
      'key_unknown',
      'provider partner has a key of that name',
    ],
    [
      'a key of another algorithm',
      { token: signed({}, { alg: 'ES384' }) },
      'algorithm_not_allowed',
      'the key "key-2026" is ES256',
    ],
    [
      'alg none',
      { token: signed({}, { alg: 'none' }) },
      'algorithm_not_allowed',
      'anybody could have written it',
    ],
    [
      'a shared secret',
      { token: signed({}, { alg: 'HS256' }) },
      'algorithm_not_allowed',
      'a secret that both sides share',
    ],
    ['a DPoP proof', { token: signed({}, { typ: 'dpop+jwt' }) }, 'type_not_allowed', 'a DPoP proof'],
    [
      'a crit header',
      { token: signed({}, { crit: ['x'] }) },
      'header_unsupported',
      'leave that header parameter out',
    ],
    ['milliseconds', { token: signed({ exp: (NOW + 60) * 1000 }) }, 'claim_malformed', 'is in milliseconds'],
    [
      'a token for later',
      { token: signed({ nbf: NOW + 86_400 }) },
      'token_not_yet_valid',
      'made to be used later',
    ],
    [
      'a revoked subject',
      { token: signed({ sub: 'stolen' }) },
      'token_revoked',
      'the parameter "revocations" has it',
    ],
    [
      'a bound token',
      { token: signed({ cnf: { jkt: 'x' } }) },
      'token_sender_constrained',
      'DPoP or mutual TLS',
    ],
    [
      'a claim that is not there',
      { token: signed(), request: 'GET /api/tenants/1' },
      'claim_mismatch',
      'the token has none',
    ],
    [
      'an opaque token',
      { token: 'ya29.opaque_token'.replace('.', '') },
      'token_malformed',
      'an opaque token, not a JWT',
    ],
    [
      'an encrypted token',
      { token: `${base64url('{"alg":"RSA-OAEP","enc":"A256GCM"}')}.a.b.c.d` },
      'token_malformed',
      'an encrypted token (JWE, "alg" "RSA-OAEP"',
    ],
    [
      'a lost signature',
      { token: withSegment(signed(), 2, () => '') },
      'token_malformed',
      'the end of the token was not copied',
    ],
    [
      'an unsigned token',
      { token: `${base64url('{"alg":"none"}')}.${base64url('{}')}.` },
      'token_malformed',
      'unsigned',
    ],
    [
      'padding',
      { token: withSegment(signed(), 2, (segment) => `${segment}==`) },
      'token_malformed',
      'without padding',
    ],
    ['a shortened token', { token: `${signed().slice(0, 40)}...` }, 'token_malformed', 'shows it shortened'],
    [
      'a Keycloak refresh token',
      { token: signed({ typ: 'Refresh', aud: 'x' }) },
      'audience_mismatch',
      'a refresh token',
    ],
    [
      'an unreachable key set',
      { token: signed(), documents: { 'https://issuer.example/jwks': undefined } },
      'keys_unavailable',
      'responded with status 404',
    ],
    [
      'a path that no server should see',
      { token: signed(), request: 'GET /api/../x' },
      'path_invalid',
      'the caller must send the path it means',
    ],
    [
      'a path that can be read as one of another route',
      { token: signed(), request: 'GET /api/Partner/1' },
      'path_invalid',
      '"fold" ignores case, accents, compatibility forms or invisible characters (Express, ASP.NET',
    ],
    [
      'a path that no route matches, where that is denied',
      {
        token: signed(),
        request: 'GET /api/other',
        policy: { unmatched: 'deny', routes: [{ path: '/api/other', methods: ['POST'] }] },
      },
      'route_missing',
      'routes.0 (POST /api/other) matches the path, but not GET',
    ],
    [
      'a token in the query as well',
      { token: signed(), request: 'GET /api/x?access_token=y' },
      'token_ambiguous',
      'send one credential',
    ],
    [
      'a header that the route does not look into',
      { token: signed(), carrier: 'x-amzn-oidc-data' },
      'token_missing',
      'the token is in x-amzn-oidc-data',
    ],
  ])('%s', async (_, question, code, hint) => {
    const explanation = await ask(question);
    expect(explanation.verdict).toMatchObject({ allowed: false, code });
    expect(failures(explanation)[0]).toMatchObject({ code });
    expect(hintsOf(explanation)).toContain(hint);
  });

  test('a slash that discovery has and the parameter lacks', async () => {
    const explanation = await ask({
      token: signed(),
      parameters: { 'jwks-uri': 'discover' },
      documents: {
        'https://issuer.example/.well-known/openid-configuration': {
          issuer: 'https://issuer.example/',
          jwks_uri: 'https://issuer.example/jwks',
        },
      },
    });
    expect(explanation.verdict).toMatchObject({ code: 'keys_unavailable', status: 503 });
    expect(hintsOf(explanation)).toContain('the configured one lacks the slash at the end');
  });
  test('a signature in ASN.1 form', async () => {
    const der = Buffer.concat([Buffer.from([0x30, 0x46]), Buffer.alloc(70, 1)]);
    const token = withSegment(signed(), 2, () => base64url(der));
    expect(hintsOf(await ask({ token }))).toContain('ASN.1 (DER)');
  });
});

test('shows a rejected path with its reading and both routes, and the rest as for its own route', async () => {
  const explanation = await ask({ token: signed(), request: 'GET /api/partner;v=1/x' });
  expect(failures(explanation)[0]).toMatchObject({
    name: 'path',
    text: expect.stringContaining(
      'matches no route, but matches the route /api/partner/* when read as "/api/partner/x" (params)',
    ),
  });
  expect(explanation.steps).toContainEqual(
    expect.objectContaining({
      name: 'route',
      outcome: 'pass',
      text: expect.stringContaining('none of the 5 routes'),
    }),
  );
});

test('shows a path in the form that the upstream gets', async () => {
  const explanation = await ask({
    token: signed(),
    request: 'GET /api/x',
    parameters: { upstream: 'https://orders.example/v2' },
    policy: { unmatched: 'deny', stripPrefix: '/api', routes: [{ path: '/api/*' }] },
  });
  expect(explanation.upstream).toMatchObject({ destination: 'https://orders.example', path: '/v2/x' });
  expect(render(explanation)).toContain(
    'The upstream https://orders.example gets the request as /v2/x with the token',
  );
});

describe('removes what was pasted along with the token, and says so', () => {
  const token = signed();
  test.each([
    [`Bearer ${token}`, '"Bearer" was removed'],
    [`authorization: bearer ${token}`, 'the header field authorization was pasted, and is sent as pasted'],
    [`"${token}"`, 'quotes around the token'],
    [`"Bearer ${token}",`, 'quotes around the token'],
    [`${token}"`, 'quotes around the token'],
    [`${token.slice(0, 50)}\r\n  ${token.slice(50)}\n`, 'line breaks within the token'],
  ])('%#', async (pasted, note) => {
    const explanation = await ask({ token: pasted });
    expect(explanation.verdict.allowed).toBe(true);
    expect(explanation.notes.join('\n')).toContain(note);
  });
  test('but does not mention a line break at the end', async () => {
    expect((await ask({ token: `${token}\n` })).notes).toEqual([]);
  });
});

describe('routes', () => {
  test('a request without a token passes an anonymous route without an identity', async () => {
    expect(await ask({ token: '', request: 'GET /api/public/x' })).toMatchObject({
      verdict: { allowed: true },
      upstream: { identity: [], token: false },
    });
  });
  test('a report-only route lets a rejected request through, and says what the rejection would be', async () => {
    const explanation = await ask({ token: signed(), request: 'GET /api/trial/x' });
    expect(explanation).toMatchObject({
      verdict: { allowed: true, reported: 'scope_missing' },
      upstream: { identity: [] },
    });
    expect(render(explanation)).toContain('it would be rejected with scope_missing');
  });
  test('the request goes to the upstream of its route', async () => {
    const routes = [{ path: '/api/*', upstream: 'https://orders.example', stripToken: true }];
    const explanation = await ask({ token: signed(), policy: { routes } });
    expect(explanation.upstream).toMatchObject({ destination: 'https://orders.example', token: false });
  });
  test('names a route that only another method matches', async () => {
    expect(hintsOf(await ask({ token: signed(), request: 'GET /api/orders/1' }))).toContain(
      'routes.2 (POST /api/orders/*) matches the path, but not GET',
    );
  });
});

test('shows times in the local time zone too', async () => {
  const output = render(await ask({ token: signed(), timeZone: 'Europe/Amsterdam' }));
  expect(output).toContain('2026-09-21 14:13:20 UTC (2026-09-21 16:13:20 Europe/Amsterdam)');
});

test('nothing that a terminal would obey comes from a token', async () => {
  const explanation = await ask({
    token: signed({ sub: 'a\u001b[2J\u009b\u202e\u{e0041}b\nc', scope: '\u0007 x' }),
  });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  expect(render(explanation)).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202e\u{e0041}]/u);
  expect(JSON.parse(renderJson(explanation)).claims).toEqual(explanation.claims);
});

describe('for any token', () => {
  const stranger = createKey('ES256', 'key-2026');
  const change = <T>(...values: T[]) => rarely(fc.constantFrom(...values), 6);
  const defined = (object: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
  const questions = fc
    .record({
      claims: claimChanges(change),
      header: fc.record({
        alg: change<unknown>('RS256', 'none', 5),
        kid: change<unknown>('other', 'enc-2026', 5, 'partner-1'),
        typ: change<unknown>('dpop+jwt', 'JWT', 1),
        crit: change<unknown>(['b64']),
      }),
      key: fc.constantFrom(KEYS.issuer, KEYS.issuer, KEYS.issuer, KEYS.partner, stranger),
      request: fc.constantFrom(...REQUESTS),
      cut: rarely(fc.nat(600), 6),
      down: fc.boolean(),
    })
    .map(({ claims, header, key, request, cut, down }): Question => {
      const token = mint(key, claimsOf(defined(claims)), defined(header), 'ES256');
      const documents = down ? {} : { 'https://partner.example/jwks': undefined };
      return { token: cut === undefined ? token : token.slice(0, cut), request, documents };
    });

  test("the first failure is the function's own reason to reject it, and no secret is printed", async () => {
    const outcomes = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(questions, async (question) => {
        const input = await inputOf(question);
        const explanation = await ask(question);
        const { sources } = createKeyEndpoints(input.fetchDocument, () => input.now);
        const headers = [['authorization', `Bearer ${question.token}`] as const];
        const decision = await authorize(
          { ...input.request, headers: question.token === '' ? [] : headers, body: new Uint8Array() },
          input.config,
          { resolveKeys: sources.resolve, memory: createTokenMemory(), now: () => input.now },
        );
        const rejection = decision.kind === 'report' ? decision.rejection : decision;
        const code = 'code' in rejection ? rejection.code : undefined;
        outcomes.set(code ?? 'allowed', (outcomes.get(code ?? 'allowed') ?? 0) + 1);
        expect(failures(explanation)[0]?.code).toBe(code);
        expect(explanation.steps.map(({ name }) => name)).not.toContain('decision');
        expect(explanation.verdict.allowed).toBe(decision.kind === 'allow' || decision.kind === 'report');

        const [, , signature = ''] = question.token.split('.');
        const output = render(explanation) + renderJson(explanation);
        if (signature.length > 8) expect(output).not.toContain(signature.slice(0, 9));
        if (question.token.length > 20) expect(output).not.toContain(question.token.slice(0, 20));
      }),
      { numRuns: 400 },
    );
    expect(outcomes.get('allowed')).toBeGreaterThan(3);
    expect(outcomes.size).toBeGreaterThan(10);
  });
});
