import { describe, expect, test } from '@jest/globals';
import { pack } from '../../../lambda/core/config/pack.ts';
import type { ParameterValues } from '../../../lambda/core/config/read-parameter.ts';
import { differenceOf, isSame } from '../../../tools/policy/difference/difference.ts';
import { differenceJson, differenceLines } from '../../../tools/policy/difference/render.ts';
import { plain } from '../../../tools/terminal-colors.ts';

type Json = Record<string, unknown>;

const BASE = {
  unmatched: 'deny',
  providers: {
    partner: { type: 'jwks', issuer: 'https://partner.example', audience: ['orders'] },
    staff: {
      type: 'alb-oidc',
      loadBalancerArn:
        'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/login/50dc6c495c0c9188',
      clientId: 'console',
    },
    page: {
      type: 'jwks',
      issuer: 'https://page.example',
      audience: 'page',
      tokenFrom: [{ cookie: '__Host-token' }],
    },
  },
  publicOrigins: ['https://app.example'],
  routes: [
    { path: '/api/public/*', onUnauthenticatedRequest: 'allow' },
    { path: '/api/orders/*', methods: ['POST'], providers: ['partner'], scopes: ['orders:write'] },
    { path: '/api/orders/*', providers: ['partner'] },
    { path: '/api/admin/*', providers: ['staff'], claims: { role: { equals: 'admin' } } },
    { path: '/api/page/*', providers: ['page'] },
  ],
} as const;

const valuesOf = (policy: Json = BASE, parameters: ParameterValues = {}): ParameterValues => ({
  issuer: 'https://issuer.example',
  audience: 'api',
  'jwks-uri': 'discover',
  upstream: 'whoami',
  revocations: '{}',
  policy: JSON.stringify(policy),
  ...parameters,
});

/** The policy with members of a route changed; one that becomes undefined is left out. */
const withRoute = (index: number, members: Json): Json => ({
  ...BASE,
  routes: BASE.routes.map((route, at) => (at === index ? { ...route, ...members } : route)),
});
const withProvider = (name: keyof typeof BASE.providers, members: Json): Json => ({
  ...BASE,
  providers: { ...BASE.providers, [name]: { ...BASE.providers[name], ...members } },
});
const withRoutes = (change: (routes: Json[]) => Json[]): Json => ({
  ...BASE,
  routes: change([...BASE.routes]),
});

const linesOf = async (after: ParameterValues, before = valuesOf()): Promise<string[]> =>
  differenceLines(await differenceOf(before, after), plain);

/** Lines of the sections for what passes and what does not. */
const decided = async (after: ParameterValues, before?: ParameterValues): Promise<string[]> =>
  (await linesOf(after, before)).filter((line) => /^[+-]/.test(line));

describe('in the words of an operator', () => {
  test('a scope that is asked for no longer opens a route to tokens without it', async () => {
    expect(await linesOf(valuesOf(withRoute(1, { scopes: undefined })))).toEqual([
      'Passes now, and did not:',
      '+ POST /api/orders/*  with a token of partner without the scope orders:write: let through; was 403 scope_missing (such as POST /api/orders/x)',
      'Changed:',
      '  routes.1 (POST /api/orders/*).scopes',
    ]);
  });

  test('an anonymous route that asks for a token is closed to those without, and covers the path without its slash', async () => {
    expect(await linesOf(valuesOf(withRoute(0, { onUnauthenticatedRequest: undefined })))).toEqual([
      'Passes now, and did not:',
      '+ any method /api/public  with a token of default: let through; was 403 route_missing (such as GET /api/public)',
      '+ any method /api/public  in another spelling: decided on by its route; was 400 path_invalid (such as GET /api/public/.json)',
      'Passes no longer:',
      '- any method /api/public/*  without a token: 401 token_missing; was let through anonymously (such as GET /api/public/x)',
      'Is refused otherwise:',
      '~ any method /api/public  without a token: 401 token_missing; was 403 route_missing (such as GET /api/public)',
      '~ any method /api/public  with a token that is not accepted: 401 token_malformed; was 403 route_missing (such as GET /api/public)',
      'Changed:',
      '  routes.0 (/api/public/*).onUnauthenticatedRequest',
    ]);
  });

  test('a new route lets through whom it names', async () => {
    const added = {
      path: '/api/reports/*',
      methods: ['GET'],
      providers: ['partner'],
      scopes: { any: ['a', 'b'] },
    };
    expect(await decided(valuesOf(withRoutes((routes) => [...routes, added])))).toEqual([
      '+ GET /api/reports/*  with a token of partner with one of the scopes a, b: let through; was 403 route_missing (such as GET /api/reports/x)',
    ]);
  });

  test('a route that is put behind a wider one is taken by nobody any more', async () => {
    const special = { path: '/api/orders/new', onUnauthenticatedRequest: 'allow' };
    const before = valuesOf(withRoutes((routes) => [special, ...routes]));
    const after = valuesOf(
      withRoutes(([first, second, ...rest]) => [first ?? {}, second ?? {}, special, ...rest]),
    );
    expect((await decided(after, before)).slice(0, 1)).toEqual([
      '+ POST /api/orders/new  with a token of partner with the scope orders:write: let through; was 401 issuer_mismatch (such as POST /api/orders/new)',
    ]);
    expect(await decided(after, before)).toContain(
      '- POST /api/orders/new  without a token: 401 token_missing; was let through anonymously (such as POST /api/orders/new)',
    );
  });

  test('a rule for a claim is told by values that it takes now and did not', async () => {
    const claims = { role: { anyOf: ['admin', 'ops'] }, mfa: { equals: true } };
    expect(await decided(valuesOf(withRoute(3, { claims })))).toEqual([
      '+ any method /api/admin/*  with a token of staff whose role is "ops": let through; was 403 claim_mismatch (such as GET /api/admin/x)',
      '- any method /api/admin/*  with a token of staff whose mfa is something else, or without the claim mfa: 403 claim_mismatch; was let through (such as GET /api/admin/x)',
    ]);
  });

  test('report-only lets through what was refused, and who had an identity still has it', async () => {
    const lines = await linesOf(valuesOf(withRoute(2, { mode: 'report-only' })));
    expect(lines).toContain(
      '+ any method but POST /api/orders/*  without a token: let through without an identity (report-only); was 401 token_missing (such as GET /api/orders/x)',
    );
    expect(lines).toContain(
      '+ any method but POST /api/orders/*  with a token that is not accepted: let through without an identity (report-only); was 401 token_malformed (such as GET /api/orders/x)',
    );
    // The path without its slash is no longer what the route names.
    expect(lines.filter((line) => line.startsWith('-')).join('\n')).toMatch(
      /^- any method but POST \/api\/orders {2}with a token of partner: 403 route_missing; was let through/,
    );
  });

  test.each<[string, Json, ParameterValues, string[]]>([
    [
      'audiences',
      withProvider('partner', { audience: ['invoices', 'returns'] }),
      {},
      [
        '+ with a token of partner for the audience "invoices" and "returns": let through; was 401 audience_mismatch',
        '- with a token of partner for the audience "orders": 401 audience_mismatch; was let through',
      ],
    ],
    [
      'no audience',
      withProvider('partner', { audience: null }),
      {},
      ['+ with a token of partner for any other audience: let through; was 401 audience_mismatch'],
    ],
    [
      'an issuer',
      BASE,
      { issuer: 'https://new.example' },
      [
        '+ any method /api/public/*  with a token of default whose issuer is "https://new.example": let through; was 401 issuer_mismatch',
        '- any method /api/public/*  with a token of default whose issuer is "https://issuer.example": 401 issuer_mismatch; was let through',
      ],
    ],
    [
      'the URL of keys',
      BASE,
      { 'jwks-uri': 'https://issuer.example/keys' },
      [
        '+ any method /api/public/*  with a token of default signed by a key of https://issuer.example/keys: let through; was 401 signature_invalid',
        '- any method /api/public/*  with a token of default signed by a key that the discovery document of https://issuer.example names: 401 signature_invalid; was let through',
      ],
    ],
    [
      'algorithms',
      withProvider('partner', { algorithms: ['RS256', 'ES256'] }),
      {},
      [
        '- with a token of partner signed with RS384, RS512, PS256, PS384, PS512, ES384, ES512, EdDSA, Ed25519, ML-DSA-44 and 2 more: 401 algorithm_not_allowed; was let through',
      ],
    ],
    [
      'the greatest age',
      withProvider('partner', { maxTokenAgeSeconds: 600 }),
      {},
      ['- with a token of partner issued more than 600 s ago: 401 token_expired; was let through'],
    ],
    [
      'the tolerance',
      withProvider('partner', { clockToleranceSeconds: 90 }),
      {},
      ['+ with a token of partner that expired at most 90 s ago: let through; was 401 token_expired'],
    ],
    [
      'rules for every token',
      withProvider('partner', { requiredClaims: { tenant: { equals: 'a' } } }),
      {},
      [
        '- with a token of partner whose tenant is something else: 401 claim_not_accepted; was let through',
        '- with a token of partner without the claim tenant: 401 claim_missing; was let through',
      ],
    ],
    [
      'the client of a login',
      withProvider('staff', { clientId: 'other' }),
      {},
      [
        '+ any method /api/admin/*  with a token of staff of the client "other": let through; was 401 audience_mismatch',
        '- any method /api/admin/*  with a token of staff of the client "console": 401 audience_mismatch; was let through',
      ],
    ],
    [
      'pages',
      { ...BASE, publicOrigins: ['https://app.example', 'https://new.example'] },
      {},
      [
        '+ with a token in a cookie, of a method that may change something, from pages of https://new.example: not refused for that; was 403 origin_not_allowed',
      ],
    ],
    [
      'CORS',
      { ...BASE, cors: { origins: ['https://app.example'] } },
      {},
      [
        '+ a CORS preflight from pages of https://app.example: answered as a CORS preflight; was decided on by its route',
        '- a CORS preflight from any other page: 403 origin_not_allowed; was decided on by its route',
      ],
    ],
  ])('%s', async (_, policy, parameters, lines) => {
    expect(await decided(valuesOf(policy, parameters))).toEqual(lines);
  });

  test('what upstreams get otherwise is told', async () => {
    const policy = {
      ...withRoute(0, { upstream: 'https://public.example', stripToken: true }),
      preserveHost: true,
    };
    const lines = await linesOf(valuesOf(policy, { upstream: 'https://up.example' }));
    expect(lines.filter((line) => line.startsWith('~'))).toEqual([
      '~ all: sent to https://up.example, unless their route has an upstream; was sent to the built-in whoami, unless their route has an upstream',
      '~ all: sent on with the Host of the client; was sent on with the Host of the upstream',
      '~ any method /api/public/*: sent to https://public.example; was sent to the built-in whoami',
      '~ any method /api/public/*: sent on without the token; was sent on with the token',
    ]);
  });

  test('a provider of another name sends another name on', async () => {
    const renamed = JSON.parse(JSON.stringify(BASE).replaceAll('"partner"', '"supplier"'));
    const lines = await linesOf(valuesOf(renamed));
    expect(lines.filter((line) => /^[+~-]/.test(line))).toEqual([
      '~ with a token of partner / supplier: sent on with x-jwt-provider: supplier; was sent on with x-jwt-provider: partner',
    ]);
  });
});

test('a provider that takes the place of another and was changed meanwhile is compared as it is on each side', async () => {
  const spare = {
    type: 'jwks',
    issuer: 'https://partner.example',
    audience: ['orders'],
    maxTokenAgeSeconds: 60,
  };
  const naming = (members: Json, name: string) =>
    valuesOf({
      ...BASE,
      providers: { ...BASE.providers, spare: { ...spare, ...members } },
      routes: [{ path: '/api/orders/*', providers: [name] }],
    });
  const after = naming({ maxTokenAgeSeconds: undefined, audience: ['orders', 'web'] }, 'spare');
  expect(await decided(after, naming({}, 'partner'))).toEqual([
    '+ any method /api/orders/*  by its changed providers: maybe let through; was refused',
  ]);
});

describe('revocations', () => {
  const revoking = (issuer: string, revoked: Json) =>
    valuesOf(BASE, { revocations: JSON.stringify({ [issuer]: revoked }) });
  const PARTNER = 'https://partner.example';

  test('of an issuer that is accepted refuse its tokens, and taken back they do so no longer', async () => {
    const before = revoking(PARTNER, { sub: ['a', 'b'], issuedBefore: 1_790_000_000 });
    const after = revoking(PARTNER, { sub: ['b', 'c'], subIssuedBefore: { d: 1_790_000_000 } });
    const from = `with a token of the issuer ${PARTNER}`;
    expect(await decided(after, before)).toEqual([
      `+ ${from} issued before 2026-09-21T14:13:20Z (1790000000): not revoked; was 401 token_revoked`,
      `+ ${from} whose sub is "a": not revoked; was 401 token_revoked`,
      `- ${from} whose sub is "c": 401 token_revoked; was not revoked`,
      `- ${from} whose sub is "d", issued before 2026-09-21T14:13:20Z (1790000000): 401 token_revoked; was not revoked`,
    ]);
  });

  test('of another issuer change no decision, and are still told of', async () => {
    expect(await linesOf(revoking('https://nobody.example', { sub: ['a'] }))).toEqual([
      'No request is known to be decided otherwise.',
      'Changed:',
      '  revocations.https://nobody.example',
    ]);
  });
});

describe('no difference', () => {
  const reversed = (value: unknown): unknown =>
    typeof value !== 'object' || value === null
      ? value
      : Array.isArray(value)
        ? value.map(reversed)
        : Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([name, member]) => [name, reversed(member)]),
          );

  test.each<[string, ParameterValues]>([
    ['the same', valuesOf()],
    [
      'other white space',
      valuesOf(BASE, { policy: `\n ${JSON.stringify(BASE, null, 4)} \n`, audience: ' api ' }),
    ],
    ['packed', valuesOf(BASE, { policy: pack(JSON.stringify(BASE)) })],
    ['members in another order', valuesOf(reversed(BASE) as Json)],
    [
      'defaults spelled out',
      valuesOf({
        ...withRoute(0, {
          mode: 'enforce',
          stripToken: false,
          providers: ['default'],
          claims: {},
        }),
        mode: 'enforce',
        preserveHost: false,
        stripPrefix: '',
        $schema: 'https://example.com/policy.schema.json',
      }),
    ],
    ['revocations of nothing', valuesOf(BASE, { revocations: '{"$schema":"x"}' })],
  ])('%s', async (_, after) => {
    const difference = await differenceOf(valuesOf(), after);
    expect(isSame(difference)).toBe(true);
    expect(differenceLines(difference, plain)).toEqual(['No difference.']);
    expect(differenceJson(difference)).toEqual({
      kind: 'compared',
      same: true,
      opens: [],
      closes: [],
      answers: [],
      forwards: [],
      fields: [],
    });
  });
});

describe('what is not valid', () => {
  test('before: what the configuration does at all is told', async () => {
    const lines = await linesOf(valuesOf(), valuesOf({ routes: 1 }));
    expect(lines).toEqual([
      'What it would replace is not valid, so there is nothing to compare with:',
      '  policy: routes: must be a list, such as [{"path":"/api/*"}]',
      'What would be let through:',
      '  /api/public/*: let through with a token of default, or anonymously without one',
      '  POST /api/orders/*: let through with a token of partner with the scope orders:write',
      '  /api/orders/*: let through with a token of partner',
      '  /api/admin/*: let through with a token of staff whose role is "admin"',
      '  /api/page/*: let through with a token of page',
      '  what no route matches: 403 route_missing',
      '  upstream: the built-in whoami',
    ]);
  });

  test('after: its problems are told, and nothing else', async () => {
    const difference = await differenceOf(valuesOf(), valuesOf({ routes: 1 }));
    expect(difference).toEqual({
      kind: 'invalid',
      problems: [{ parameter: 'policy', message: 'routes: must be a list, such as [{"path":"/api/*"}]' }],
    });
  });
});

describe('bounds', () => {
  const many = (route: (index: number) => Json) =>
    valuesOf(BASE, {
      policy: pack(
        JSON.stringify({ ...BASE, routes: Array.from({ length: 350 }, (_, index) => route(index)) }),
      ),
    });

  test('of very many changes a person is shown some, and JSON has them all', async () => {
    const before = many((index) => ({ path: `/api/s${index}/*`, scopes: [`s${index}`] }));
    const after = many((index) => ({ path: `/api/s${index}/*` }));
    const difference = await differenceOf(before, after);
    const lines = differenceLines(difference, plain);
    expect(lines.length).toBeLessThan(80);
    expect(lines).toContain('  … and 325 more; --json has them all');
    expect((differenceJson(difference) as { opens: unknown[] }).opens).toHaveLength(350);
  });

  test('the same change of many routes is one entry', async () => {
    const before = many((index) => ({ path: `/api/s${index}/*` }));
    const after = many((index) => ({ path: `/api/s${index}/*`, scopes: ['s'] }));
    const lines = await linesOf(after, before);
    expect(lines.slice(0, 7)).toEqual([
      'Passes no longer:',
      '- with a token of default without the scope s: 403 scope_missing; was let through (such as GET /api/s0/x)',
      ...[0, 1, 2, 3].map((index) => `    any method /api/s${index}/*`),
      '    … and 346 more',
    ]);
  });
});

test('what others wrote is harmless to a terminal, and a token among it is not shown', async () => {
  const token = `${['{"alg":"ES256"}', '{"sub":"a"}'].map((part) => Buffer.from(part).toString('base64url')).join('.')}.c2ln`;
  const revocations = JSON.stringify({
    'https://partner.example': { jti: [token], sub: ['a\u001b[31m\u202e'] },
  });
  const lines = (await linesOf(valuesOf(BASE, { revocations }))).join('\n');
  expect(lines).toContain('whose jti is "<token>"');
  expect(lines).not.toContain(token);
  expect(lines).not.toContain('\u001b');
  expect(lines).not.toContain('\u202e');
  expect(lines).toContain('a\\u001b[31m\\u202e');
});
