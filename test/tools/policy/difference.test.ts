import { describe, expect, test } from '@jest/globals';
import { pack } from '../../../lambda/core/config/pack.ts';
import type { ParameterValues } from '../../../lambda/core/config/read-parameter.ts';
import { differenceOf, isSame } from '../../../tools/policy/difference/difference.ts';
import { grouped } from '../../../tools/policy/difference/entry.ts';
import { differenceJson, differenceLines } from '../../../tools/policy/difference/render.ts';
import { plain } from '../../../tools/terminal-colors.ts';
import { certificatePem } from '../../support/certificate.ts';
import { createKey, jwksOf } from '../../support/keys.ts';

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

/** The policy with changed members of a route. A member that becomes undefined is left out. */
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

describe("in an operator's words", () => {
  test('removing a scope opens a route to tokens without it', async () => {
    expect(await linesOf(valuesOf(withRoute(1, { scopes: undefined })))).toEqual([
      'Now passes, and did not before:',
      '+ POST /api/orders/*  with a token of partner without the scope orders:write: let through; was 403 scope_missing (for example POST /api/orders/x)',
      'Changed:',
      '  routes.1 (POST /api/orders/*).scopes',
    ]);
  });

  test('an anonymous route that now requires a token rejects requests without one, and covers the path without its slash', async () => {
    expect(await linesOf(valuesOf(withRoute(0, { onUnauthenticatedRequest: undefined })))).toEqual([
      'Now passes, and did not before:',
      '+ any method /api/public  with a token of default: let through; was 403 route_missing (for example GET /api/public)',
      '+ any method /api/public  spelled differently: decided by the route that the spelling matches; was 400 path_invalid (for example GET /api/public/.json)',
      'No longer passes:',
      '- any method /api/public/*  without a token: 401 token_missing; was let through anonymously (for example GET /api/public/x)',
      'Still rejected, but differently:',
      '~ any method /api/public  without a token: 401 token_missing; was 403 route_missing (for example GET /api/public)',
      '~ any method /api/public  with a token that is not accepted: 401 token_malformed; was 403 route_missing (for example GET /api/public)',
      'Changed:',
      '  routes.0 (/api/public/*).onUnauthenticatedRequest',
    ]);
  });

  test('a new route lets through the callers that it names', async () => {
    const added = {
      path: '/api/reports/*',
      methods: ['GET'],
      providers: ['partner'],
      scopes: { any: ['a', 'b'] },
    };
    expect(await decided(valuesOf(withRoutes((routes) => [...routes, added])))).toEqual([
      '+ GET /api/reports/*  with a token of partner with one of the scopes a, b: let through; was 403 route_missing (for example GET /api/reports/x)',
    ]);
  });

  test('a route moved behind a wider one is no longer reached', async () => {
    const special = { path: '/api/orders/new', onUnauthenticatedRequest: 'allow' };
    const before = valuesOf(withRoutes((routes) => [special, ...routes]));
    const after = valuesOf(
      withRoutes(([first, second, ...rest]) => [first ?? {}, second ?? {}, special, ...rest]),
    );
    expect((await decided(after, before)).slice(0, 1)).toEqual([
      '+ POST /api/orders/new  with a token of partner with the scope orders:write: let through; was 401 issuer_mismatch (for example POST /api/orders/new)',
    ]);
    expect(await decided(after, before)).toContain(
      '- POST /api/orders/new  without a token: 401 token_missing; was let through anonymously (for example POST /api/orders/new)',
    );
  });

  test('describes a claim rule by the values that it newly accepts', async () => {
    const claims = { role: { anyOf: ['admin', 'ops'] }, mfa: { equals: true } };
    expect(await decided(valuesOf(withRoute(3, { claims })))).toEqual([
      '+ any method /api/admin/*  with a token of staff whose role is "ops": let through; was 403 claim_mismatch (for example GET /api/admin/x)',
      '- any method /api/admin/*  with a token of staff whose mfa is something else, or without the claim mfa: 403 claim_mismatch; was let through (for example GET /api/admin/x)',
    ]);
  });

  test('report-only lets through what was rejected, and callers with an identity keep it', async () => {
    const lines = await linesOf(valuesOf(withRoute(2, { mode: 'report-only' })));
    expect(lines).toContain(
      '+ any method but POST /api/orders/*  without a token: let through without an identity (report-only); was 401 token_missing (for example GET /api/orders/x)',
    );
    expect(lines).toContain(
      '+ any method but POST /api/orders/*  with a token that is not accepted: let through without an identity (report-only); was 401 token_malformed (for example GET /api/orders/x)',
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
        '+ these  with a token of partner for the audience "invoices" and "returns": accepted; was 401 audience_mismatch',
        '- these  with a token of partner for the audience "orders": 401 audience_mismatch; was accepted',
      ],
    ],
    [
      'no audience',
      withProvider('partner', { audience: null }),
      {},
      ['+ these  with a token of partner for any other audience: accepted; was 401 audience_mismatch'],
    ],
    [
      'an issuer',
      BASE,
      { issuer: 'https://new.example' },
      [
        '+ any method /api/public/*  with a token of default whose issuer is "https://new.example": accepted; was 401 issuer_mismatch',
        '- any method /api/public/*  with a token of default whose issuer is "https://issuer.example": 401 issuer_mismatch; was accepted',
      ],
    ],
    [
      'the URL of keys',
      BASE,
      { 'jwks-uri': 'https://issuer.example/keys' },
      [
        '+ any method /api/public/*  with a token of default signed with a key from https://issuer.example/keys: accepted; was 401 signature_invalid',
        '- any method /api/public/*  with a token of default signed with a key found through the discovery document of https://issuer.example: 401 signature_invalid; was accepted',
      ],
    ],
    [
      'algorithms',
      withProvider('partner', { algorithms: ['RS256', 'ES256'] }),
      {},
      [
        '- these  with a token of partner signed with RS384, RS512, PS256, PS384, PS512, ES384, ES512, EdDSA, Ed25519, ML-DSA-44 and 2 more: 401 algorithm_not_allowed; was accepted',
      ],
    ],
    [
      'the greatest age',
      withProvider('partner', { maxTokenAgeSeconds: 600 }),
      {},
      ['- these  with a token of partner issued more than 600 s ago: 401 token_expired; was accepted'],
    ],
    [
      'the tolerance',
      withProvider('partner', { clockToleranceSeconds: 90 }),
      {},
      ['+ these  with a token of partner that expired at most 90 s ago: accepted; was 401 token_expired'],
    ],
    [
      'rules for every token',
      withProvider('partner', { requiredClaims: { tenant: { equals: 'a' } } }),
      {},
      [
        '- these  with a token of partner whose tenant is something else: 401 claim_not_accepted; was accepted',
        '- these  with a token of partner without the claim tenant: 401 claim_missing; was accepted',
      ],
    ],
    [
      'the client of a login',
      withProvider('staff', { clientId: 'other' }),
      {},
      [
        '+ any method /api/admin/*  with a token of staff of the client "other": accepted; was 401 audience_mismatch',
        '- any method /api/admin/*  with a token of staff of the client "console": 401 audience_mismatch; was accepted',
      ],
    ],
    [
      'pages',
      { ...BASE, publicOrigins: ['https://app.example', 'https://new.example'] },
      {},
      [
        '+ any request  with a token in a cookie and a method that may change something, from pages of https://new.example: not rejected for its origin; was 403 origin_not_allowed',
      ],
    ],
    [
      'CORS',
      { ...BASE, cors: { origins: ['https://app.example'] } },
      {},
      [
        '+ any request  that is a CORS preflight from pages of https://app.example: handled as a CORS preflight; was decided by its route',
        '- any request  that is a CORS preflight from any other page: 403 origin_not_allowed; was decided by its route',
      ],
    ],
  ])('%s', async (_, policy, parameters, lines) => {
    expect(await decided(valuesOf(policy, parameters))).toEqual(lines);
  });

  test('reports what upstreams get differently', async () => {
    const policy = {
      ...withRoute(0, { upstream: 'https://public.example', stripToken: true }),
      preserveHost: true,
    };
    const lines = await linesOf(valuesOf(policy, { upstream: 'https://up.example' }));
    expect(lines.filter((line) => line.startsWith('~'))).toEqual([
      "~ any request: forwarded with the client's Host; was forwarded with the upstream's Host",
      '~ any method /api/public/*: sent to https://public.example; was sent to the built-in whoami',
      '~ any method /api/public/*: forwarded without the token; was forwarded with the token',
      '~ any request  whose route has no upstream: sent to https://up.example; was sent to the built-in whoami',
    ]);
  });

  test('reports a passing CORS preflight as OPTIONS, whatever else the route is for', async () => {
    expect(await decided(valuesOf(withRoute(2, { corsPreflight: 'allow' })))).toEqual([
      '+ OPTIONS /api/orders/*  without a token, in a CORS preflight: let through anonymously; was 401 token_missing (for example OPTIONS /api/orders/x)',
    ]);
  });

  test('reports where a new route sends its requests', async () => {
    const added = {
      path: '/new/*',
      upstream: 'https://new.example',
      stripPrefix: '/new',
      headers: { 'x-jwt-email': 'email' },
    };
    const lines = await linesOf(valuesOf(withRoutes((routes) => [...routes, added])));
    expect(lines.slice(lines.indexOf('Still passes, but differently:'))).toEqual([
      'Still passes, but differently:',
      '~ any method /new/*: sent to https://new.example; was not forwarded',
      '~ any method /new/*: forwarded without the path prefix /new; was not forwarded',
      '~ any method /new/*: forwarded with x-jwt-email from the claim email; was not forwarded',
      'Changed:',
      '  routes.5 (/new/*): added',
    ]);
  });

  test('distinguishes a replacement from what it replaces, even if both are of the same kind', async () => {
    const key = (name: string) => jwksOf(createKey('ES256', name));
    const ca = (name: string) => certificatePem(createKey('RS256', name), { authority: true });
    const one = [key('key-1'), ca('one')] as const;
    const other = [key('key-1'), ca('other')] as const;
    const policy = ([jwks, pem]: typeof one) => ({
      ...BASE,
      upstreamCa: pem,
      providers: {
        ...BASE.providers,
        partner: { ...BASE.providers.partner, jwks },
        page: { ...BASE.providers.page, ca: pem },
      },
    });
    const lines = (await linesOf(valuesOf(policy(other)), valuesOf(policy(one)))).filter((line) =>
      /^[+~-]/.test(line),
    );
    expect(lines).toHaveLength(5);
    const parts = lines.map((line) => line.slice(2).split(/(?=: accepted; was|: 401 )|; was (?=sent to)/));
    expect(new Set(parts.map(([told]) => told)).size).toBe(5);
    const [, changed] = parts.find((both) => both.join().includes('upstreams')) ?? [];
    expect(changed).toMatch(
      /^sent to upstreams trusted through the certificate (?:[0-9A-F]{2}:){7}[0-9A-F]{2}…$/,
    );
  });

  test('a rejected token still passes if its route only reports', async () => {
    const reporting = withRoute(1, { mode: 'report-only' });
    const narrowed = withProvider('partner', { audience: null });
    const lines = await linesOf(
      valuesOf(reporting),
      valuesOf({ ...reporting, providers: narrowed.providers }),
    );
    expect(lines.slice(0, 4)).toEqual([
      'No longer passes:',
      '- any method /api/orders/*  with a token of partner for any other audience: 401 audience_mismatch; was accepted',
      'Still passes, but differently:',
      '~ POST /api/orders/*  with a token of partner for any other audience: let through without an identity (report-only); was accepted',
    ]);
  });

  test('reports a changed provider for the requests that use it on both sides', async () => {
    const widened = withProvider('partner', { audience: ['orders', 'web'] });
    const moved = withRoute(1, { providers: ['page'], scopes: undefined });
    expect(await decided(valuesOf({ ...moved, providers: widened.providers }))).toContain(
      '+ any method /api/orders/*  with a token of partner for the audience "web": accepted; was 401 audience_mismatch',
    );
  });

  test('reports the pages that may send MCP messages outside every resource, even if routes gain or lose "mcp"', async () => {
    const withPages = (publicOrigins: string[], route: Json = { mcp: {} }) =>
      valuesOf({
        unmatched: 'deny',
        ...(publicOrigins.length > 0 && { publicOrigins }),
        routes: [{ path: '/api/mcp', ...('mcp' in route ? { mcp: { method: 'tools/*' } } : {}) }],
      });
    const pageLines = async (after: ParameterValues, before: ParameterValues) =>
      (await decided(after, before)).filter((line) => line.includes('MCP message'));
    const [one, other] = ['https://one.example', 'https://other.example'];
    const line = (sign: '+' | '-', pages: string) => {
      const [now, was] = ['not rejected for its origin', '403 origin_not_allowed'];
      const result = sign === '+' ? `${now}; was ${was}` : `${was}; was ${now}`;
      return `${sign} any request  with an MCP message to a path outside every resource, from ${pages}: ${result}`;
    };
    expect(await pageLines(withPages([other]), withPages([one]))).toEqual([
      line('+', `pages of ${other}`),
      line('-', `pages of ${one}`),
    ]);
    expect(await pageLines(withPages([]), withPages([one]))).toEqual([line('-', `pages of ${one}`)]);
    expect(await pageLines(withPages([one]), withPages([one], {}))).toEqual([
      line('-', `pages of any origin but ${one}`),
    ]);
  });

  test('reports each changed member of "cors"', async () => {
    const cors = (members: Json) =>
      valuesOf({ ...BASE, cors: { origins: ['https://new.example'], ...members } });
    expect(await linesOf(cors({ credentials: true }), cors({}))).toEqual([
      'Now passes, and did not before:',
      '+ any request  with a token in a cookie and a method that may change something, from pages of https://new.example: not rejected for its origin; was 403 origin_not_allowed',
      'Still passes, but differently:',
      '~ any request: given a response that pages can read even if they send cookies; was given a response that pages cannot read if they send cookies',
      'Changed:',
      '  cors',
    ]);
  });

  test('adding a method to a route opens no other spelling', async () => {
    const lines = await decided(valuesOf(withRoute(1, { methods: ['POST', 'DELETE'] })));
    expect(lines.filter((line) => line.startsWith('+'))).toEqual([]);
  });

  test('removing an open route before a strict one for the same paths opens spellings that could mean either', async () => {
    const [open, ...rest] = BASE.routes;
    const strict = { path: open.path };
    const before = valuesOf({ ...BASE, routes: [open, strict, ...rest] });
    const after = valuesOf({ ...BASE, routes: [strict, ...rest] });
    const spelled = 'any method /api/public/*  spelled differently: ';
    expect(await decided(after, before)).toContain(
      `+ ${spelled}decided by the route that the spelling matches; was 400 path_invalid (for example GET /api/public/;x)`,
    );
    expect(await decided(before, after)).toContain(
      `- ${spelled}400 path_invalid; was decided by the route that the spelling matches (for example GET /api/public/;x)`,
    );
  });

  test('an open route for what is below a path is not reported as one for the path itself', async () => {
    const open = { onUnauthenticatedRequest: 'allow' };
    const added = [
      { path: '/docs', ...open },
      { path: '/docs/*', ...open },
    ];
    const lines = await linesOf(valuesOf(withRoutes((routes) => [...routes, ...added])));
    expect(lines.slice(1, 4)).toEqual([
      '+ these  without a token: let through anonymously; was 403 route_missing (for example GET /docs)',
      '    any method /docs/*',
      '    any method /docs',
    ]);
  });

  test('a path that both sides leave to a strict route is named alike in both directions', async () => {
    const open = { onUnauthenticatedRequest: 'allow' };
    const [one, other] = [
      [{ path: '/x/*', ...open }, { path: '/x' }],
      [
        { path: '/x', ...open },
        { path: '/x/*', scopes: ['write'] },
      ],
    ].map((routes) => valuesOf({ unmatched: 'deny', routes })) as [ParameterValues, ParameterValues];
    for (const [before, after] of [
      [one, other],
      [other, one],
    ] as const) {
      const difference = await differenceOf(before, after);
      if (difference.kind !== 'compared') throw new Error('the policies are not valid');
      const { opens, closes } = difference.entries;
      const ofScope = [...opens, ...closes].filter(({ caller }) =>
        caller.endsWith('without the scope write'),
      );
      expect(ofScope.map(({ requests }) => requests)).toEqual([['any method /x/*', 'any method /x/']]);
    }
  });

  test('describes a reading that is left out by a request that it rejected', async () => {
    expect((await decided(valuesOf({ ...BASE, paths: { readings: ['decode'] } })))[0]).toMatch(
      /^\+ any request {2}spelled differently: decided by the route that the spelling matches; was 400 path_invalid \(for example GET /,
    );
  });

  test('a change of providers is listed beside one for callers without a token', async () => {
    const other = { ...BASE.providers.partner, jwksUri: 'https://partner.example/other-keys' };
    const policy = { ...BASE, providers: { ...BASE.providers, other } };
    const route = (members: Json) => ({ ...policy, routes: [{ path: '/x/', ...members }] });
    const before = valuesOf(route({ providers: ['partner'], onUnauthenticatedRequest: 'allow' }));
    expect(await decided(valuesOf(route({ providers: ['other'] })), before)).toEqual([
      '+ any method /x/  (providers changed): possibly let through; was rejected',
      '- any method /x/  without a token: 401 token_missing; was let through anonymously (for example GET /x)',
      '- any method /x/  (providers changed): possibly rejected; was let through',
    ]);
  });

  test('a route without providers rejects nothing that a route with providers lets through', async () => {
    const own = { ...BASE.providers.partner, issuer: 'https://issuer.example', audience: 'api' };
    const policy = { ...BASE, providers: { ...BASE.providers, own } };
    const lines = await decided(valuesOf(policy, { issuer: 'none' }), valuesOf(policy));
    expect(lines).toEqual([
      '+ any method /api/public/*  with a token that is not accepted: let through anonymously; was 401 token_malformed (for example GET /api/public/x)',
    ]);
  });

  test('a renamed provider forwards another name', async () => {
    const renamed = JSON.parse(JSON.stringify(BASE).replaceAll('"partner"', '"supplier"'));
    const lines = await linesOf(valuesOf(renamed));
    expect(lines.filter((line) => /^[+~-]/.test(line))).toEqual([
      '~ these  with a token of partner / supplier: forwarded with x-jwt-provider: supplier; was forwarded with x-jwt-provider: partner',
    ]);
  });
});

test('compares a provider that replaces another and also changed as it is on each side', async () => {
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
    '+ any method /api/orders/*  (providers changed): possibly let through; was rejected',
  ]);
});

describe('revocations', () => {
  const revoking = (issuer: string, revoked: Json) =>
    valuesOf(BASE, { revocations: JSON.stringify({ [issuer]: revoked }) });
  const PARTNER = 'https://partner.example';

  test('of an accepted issuer reject its tokens, until they are removed', async () => {
    const before = revoking(PARTNER, { sub: ['a', 'b'], issuedBefore: 1_790_000_000 });
    const after = revoking(PARTNER, { sub: ['b', 'c'], subIssuedBefore: { d: 1_790_000_000 } });
    const from = `any request  with a token of the issuer ${PARTNER}`;
    expect(await decided(after, before)).toEqual([
      `+ ${from} issued before 2026-09-21T14:13:20Z (1790000000): not revoked; was 401 token_revoked`,
      `+ ${from} whose sub is "a": not revoked; was 401 token_revoked`,
      // What both sides revoke by time is not reported: everything that "d" loses.
      `- ${from} whose sub is "c", issued at or after 2026-09-21T14:13:20Z (1790000000): 401 token_revoked; was not revoked`,
    ]);
  });

  test('by subject are compared with revocations by time', async () => {
    const [early, late] = [1_780_000_000, 1_790_000_000];
    const from = `any request  with a token of the issuer ${PARTNER}`;
    expect(
      await decided(revoking(PARTNER, { subIssuedBefore: { a: late } }), revoking(PARTNER, { sub: ['a'] })),
    ).toEqual([
      `+ ${from} whose sub is "a", issued at or after 2026-09-21T14:13:20Z (1790000000): not revoked; was 401 token_revoked`,
    ]);
    expect(
      await decided(
        revoking(PARTNER, { issuedBefore: late }),
        revoking(PARTNER, { issuedBefore: late, subIssuedBefore: { a: early } }),
      ),
    ).toEqual([]);
  });

  test('of another issuer change no decision, but are still reported', async () => {
    expect(await linesOf(revoking('https://nobody.example', { sub: ['a'] }))).toEqual([
      'No request is known to be decided differently.',
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
  test('before: says what the new configuration does', async () => {
    const lines = await linesOf(valuesOf(), valuesOf({ routes: 1 }));
    expect(lines).toEqual([
      'The current configuration is not valid, so there is nothing to compare with:',
      '  policy: routes: must be a list, such as [{"path":"/api/*"}]',
      'What would be let through:',
      '  /api/public/*: let through with a token of default, or anonymously without one',
      '  POST /api/orders/*: let through with a token of partner with the scope orders:write',
      '  /api/orders/*: let through with a token of partner',
      '  /api/admin/*: let through with a token of staff whose role is "admin"',
      '  /api/page/*: let through with a token of page',
      '  requests that match no route: 403 route_missing',
      '  upstream: the built-in whoami',
    ]);
  });

  test('after: says its problems, and nothing else', async () => {
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

  test('shows a person only some of very many changes, and JSON has them all', async () => {
    const before = many((index) => ({ path: `/api/s${index}/*`, scopes: [`s${index}`] }));
    const after = many((index) => ({ path: `/api/s${index}/*` }));
    const difference = await differenceOf(before, after);
    const lines = differenceLines(difference, plain);
    expect(lines.length).toBeLessThan(80);
    expect(lines).toContain('  … and 325 more; --json has them all');
    expect((differenceJson(difference) as { opens: unknown[] }).opens).toHaveLength(350);
  });

  test('merges a great number of requests once', () => {
    const entry = { effect: 'opens', caller: '', now: 'a', was: 'b', certain: true } as const;
    const entries = Array.from({ length: 100_000 }, (_, index) => ({
      ...entry,
      requests: [`GET /${index}`],
    }));
    expect(grouped(entries)).toEqual([{ ...entry, requests: entries.flatMap(({ requests }) => requests) }]);
  });

  test.each([
    [9, 9],
    [10, 9],
  ])(
    'of %s requests of an entry %s lines are shown, and none stands for a single one',
    async (count, shown) => {
      const some = (scopes: string[]) =>
        valuesOf({
          ...BASE,
          routes: Array.from({ length: count }, (_, index) => ({ path: `/api/s${index}/*`, scopes })),
        });
      const lines = await linesOf(some(['a', 'b']), some(['a']));
      expect(lines.filter((line) => line.startsWith('    '))).toHaveLength(shown);
    },
  );

  test('the same change of many routes is one entry', async () => {
    const before = many((index) => ({ path: `/api/s${index}/*` }));
    const after = many((index) => ({ path: `/api/s${index}/*`, scopes: ['s'] }));
    const lines = await linesOf(after, before);
    expect(lines.slice(0, 11)).toEqual([
      'No longer passes:',
      '- these  with a token of default without the scope s: 403 scope_missing; was let through (for example GET /api/s0/x)',
      ...[0, 1, 2, 3, 4, 5, 6, 7].map((index) => `    any method /api/s${index}/*`),
      '    … and 342 more; --json has them all',
    ]);
  });
});

test('a formerly open route that now requires a token and moves before another takes all of its paths', async () => {
  const one = { path: '/api/orders/*', providers: ['partner'], scopes: ['a'] };
  const all = { path: '/*', methods: ['GET'], onUnauthenticatedRequest: 'allow', providers: ['partner'] };
  const routes = (list: Json[]) => valuesOf({ ...BASE, routes: list });
  const after = routes([{ ...all, onUnauthenticatedRequest: 'deny' }, one]);
  expect((await decided(after, routes([one, all])))[0]).toBe(
    '+ GET /api/orders/*  with a token of partner without the scope a: let through; was 403 scope_missing (for example GET /api/orders/x)',
  );
});

test('a name with spaces does not read as words of the sentence', async () => {
  const claims = { 'role is "a": 403 claim_mismatch; was let through, or whose x': { exists: true } };
  expect(await decided(valuesOf(withRoute(0, { onUnauthenticatedRequest: 'deny', claims })))).toContain(
    '+ any method /api/public  with a token of default whose "role is \\"a\\": 403 claim_mismatch; was let through, or whose x" is present: let through; was 403 route_missing (for example GET /api/public)',
  );
});

test("makes other people's text harmless to a terminal, and shows no token in it", async () => {
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
