import { describe, expect, test } from '@jest/globals';
import { pack } from '../../lambda/core/config/pack.ts';
import { parseProvider } from '../../lambda/core/config/providers.ts';
import { STEP_NAMES } from '../../lambda/core/paths/steps.ts';
import { DocumentNotFound } from '../../lambda/io/fetch-document.ts';
import { checkParameters } from '../../tools/check-config/check.ts';
import { completeParameters, type Given } from '../../tools/check-config/complete-parameters.ts';
import { hasKeys, probeLines, probeProviders } from '../../tools/check-config/probe.ts';
import { createKey, jwksOf } from '../support/keys.ts';
import { providerOf } from '../support/provider.ts';

async function check(policy: object | string, others: Given = {}, inForce = true) {
  const text = typeof policy === 'string' ? policy : JSON.stringify(policy);
  const checked = await checkParameters(completeParameters({ ...others, policy: text }), { inForce });
  return { ...checked, warnings: checked.warnings.map(({ message }) => message) };
}
const jwks = { type: 'jwks', issuer: 'https://partner.example', audience: 'orders' };
const cookie = {
  unmatched: 'deny',
  providers: { web: { ...jwks, tokenFrom: [{ cookie: '__Host-a' }] } },
  routes: [{ path: '/x', providers: ['web'] }],
};

test('a valid policy has neither problems nor warnings', async () => {
  const checked = await check({
    providers: { partner: jwks },
    routes: [{ path: '/x', providers: ['partner'] }],
    unmatched: 'deny',
  });
  expect(checked).toMatchObject({ problems: [], warnings: [], sizes: { policy: { tier: 'standard' } } });
});

test('without a default provider, requests that match no route need not be denied', async () => {
  const routes = [{ path: '/x', methods: ['PUT'], providers: ['partner'], scopes: ['admin'] }];
  const policy = { providers: { partner: jwks }, routes };
  expect((await check(policy, { issuer: 'none' })).warnings).toEqual([]);
  expect((await check(policy)).warnings).toHaveLength(2);
});

test('every problem has the wording of the log, and its place in the text', async () => {
  const text = '{\n "rutes": [],\n "routes": [{"path": "x"}]\n}';
  const { problems } = await check(text);
  expect(problems).toEqual([
    {
      severity: 'error',
      parameter: 'policy',
      message: 'rutes: is not a known field; did you mean "routes"?',
      location: { at: '2:2', start: 3, end: 10 },
    },
    {
      severity: 'error',
      parameter: 'policy',
      message: 'routes.0.path: must begin with a slash and have no spaces, such as "/api/orders/*"',
      location: { at: '3:22', start: 37, end: 40 },
    },
  ]);
});

test('what is wrong with a name is at the name, and what is wrong with a value at the value, in the order of the text', async () => {
  const text =
    '{"routes":[{"path":"api","x":1,"path":"api"}],"":2,"providers":{"Web":7},"mode":"x","basePaths":{"A.b":1}}';
  const { problems } = await check(text);
  expect(
    problems.map(({ message, location }) => [
      message.replace(/: .*/, ''),
      text.slice(location?.start, location?.end),
    ]),
  ).toEqual([
    ['routes.0.x', '"x"'],
    ['routes.0.path', '"path"'],
    ['routes.0.path', '"api"'],
    ['""', '""'],
    ['providers.Web', '"Web"'],
    ['providers.Web', '7'],
    ['mode', '"x"'],
    ['basePaths.A.b', '"A.b"'],
    ['basePaths.A.b', '1'],
  ]);
});

test('a text that is not JSON is reported with line and column, even if it was packed', async () => {
  const text = '\n{\n "routes": [,]\n}';
  expect((await check(text)).problems).toMatchObject([
    { message: 'is not JSON: unexpected ","', location: { at: '3:13' } },
  ]);
  expect((await check(pack(text))).problems).toMatchObject([{ location: { at: '3:13' } }]);
});

describe('warns about', () => {
  test.each<[string, object, string]>([
    [
      'a provider that no route uses',
      { providers: { partner: jwks } },
      'providers.partner is not named by any route, so none of its credentials are accepted',
    ],
    [
      'a report-only route',
      { routes: [{ path: '/a', mode: 'report-only' }] },
      'routes.0 (/a) is report-only: it lets through what it would reject, without an identity; once it is enforced it covers /a/ as well',
    ],
    [
      'a report-only route for all below a path',
      { routes: [{ path: '/a/*', mode: 'report-only' }] },
      'routes.0 (/a/*) is report-only: it lets through what it would reject, without an identity; once it is enforced it covers /a as well',
    ],
    [
      'a report-only route that covers all it ever will',
      { routes: [{ path: '/a*', mode: 'report-only' }] },
      'routes.0 (/a*) is report-only: it lets through what it would reject, without an identity',
    ],
    [
      'a route that requires more than is required where no route matches',
      { routes: [{ path: '/a' }, { path: '/b', methods: ['GET'], scopes: ['admin'] }] },
      'routes.1 (GET /b) asks for more than a token of the default provider, but that is enough for a request whose path or method matches no route: "unmatched": "deny" rejects those',
    ],
    [
      'a reading that is left out',
      { paths: { readings: STEP_NAMES.filter((name) => name !== 'fold') } },
      'paths.readings leaves out "fold": /api/Admin may match another route than /api/admin. That is safe only if nothing behind the function ignores case, accents, compatibility forms or invisible characters (Express, ASP.NET, IIS, Fastify and Spring if configured to; file systems and databases)',
    ],
    [
      'a report-only policy',
      { mode: 'report-only', routes: [{ path: '/a', mode: 'enforce' }] },
      'mode: requests that no route matches are report-only: what would be rejected is let through',
    ],
    [
      'an anonymous route',
      { routes: [{ path: '/a', onUnauthenticatedRequest: 'allow' }] },
      'routes.0 (/a) lets requests without credentials through, without an identity',
    ],
    [
      'a route for preflights that it does not match',
      { routes: [{ path: '/a', methods: ['GET'], corsPreflight: 'allow' }] },
      'routes.0 (GET /a) allows preflights but matches none, because its methods lack OPTIONS: add it',
    ],
    [
      'all pages',
      { cors: { origins: ['*'] } },
      `cors.origins: "*" lets every page call the API from its visitors' networks and read the responses: list the origins, unless the API is public`,
    ],
    [
      'the page of a developer beside others',
      { cors: { origins: ['https://app.example.com', 'http://localhost:3000', 'capacitor://localhost'] } },
      "cors.origins: http://localhost:3000 allows any page that a visitor's own machine serves on that port: leave it out in production",
    ],
    [
      'a rule of disjoint members',
      { unmatched: 'deny', routes: [{ path: '/a', claims: { tenant: { equals: 'a', anyOf: ['b', 'c'] } } }] },
      'routes.0.claims.tenant can never hold: its members exclude each other',
    ],
    [
      'a rule for a claim that is not to exist',
      { unmatched: 'deny', routes: [{ path: '/a', claims: { tenant: { exists: false, contains: 'a' } } }] },
      'routes.0.claims.tenant can never hold: its members exclude each other',
    ],
    [
      'a rule of a provider',
      {
        providers: { default: { type: 'jwks', requiredClaims: { n: { allOf: [1, 'a'], noneOf: ['a'] } } } },
      },
      'providers.default.requiredClaims.n can never hold: its members exclude each other',
    ],
    [
      'a rule that requires a word but excludes it on its own',
      { unmatched: 'deny', routes: [{ path: '/a', claims: { n: { contains: 'a', noneOf: ['a', 'b'] } } }] },
      'routes.0.claims.n holds only for a string of several words that include the one in "contains": "noneOf" excludes it everywhere else',
    ],
    [
      'scopes that must be none of some',
      { unmatched: 'deny', routes: [{ path: '/a', claims: { scope: { noneOf: ['admin'] } } }] },
      'routes.0.claims.scope: where the claim is a string, "noneOf" compares it as a whole, so an excluded scope passes beside another one; list the scopes that are required instead',
    ],
    [
      'rules with "anyOf" that now hold for lists, in one warning',
      {
        unmatched: 'deny',
        providers: {
          default: { type: 'jwks', requiredClaims: { 'https://app.example/roles': { anyOf: ['a'] } } },
        },
        routes: [
          { path: '/a', claims: { tenant: { anyOf: ['a'], contains: 'b' }, plan: { anyOf: ['a'] } } },
          { path: '/b', claims: { '/realm_access/roles': { anyOf: ['a'] } } },
        ],
      },
      'providers.default.requiredClaims.https://app.example/roles: "anyOf" holds for lists as well, which it did not in earlier versions: a list with one of the values now meets providers.default.requiredClaims.https://app.example/roles, routes.0.claims.tenant and routes.1.claims./realm_access/roles. If lists must still be rejected, add the rule "/https:~1~1app.example~1roles/0": {"exists": false}',
    ],
    [
      'an issuer that anybody gets tokens of',
      {
        unmatched: 'deny',
        providers: { ci: { ...jwks, issuer: 'https://gitlab.com' } },
        routes: [{ path: '/a', providers: ['ci'] }],
      },
      'providers.ci: every project on GitLab.com can ask https://gitlab.com for a token with any audience, and no rule says who may call /a: add an equals, anyOf, allOf or contains for project_id, namespace_id, project_path or another claim that docs/identity-providers.md lists to its requiredClaims, or to the claims of each such route',
    ],
  ])('%s', async (_, policy, warning) => {
    expect((await check(policy)).warnings).toEqual([warning]);
  });
  test.each<[string, object]>([
    ['a route after a narrower one', { routes: [{ path: '/a' }, { path: '/a*' }] }],
    ['a route of other methods', { routes: [{ path: '/a', methods: ['GET'] }, { path: '/a' }] }],
    ["only a developer's page", { cors: { origins: ['http://localhost:3000'] } }],
    [
      'pages that may send a cookie and read the response',
      { ...cookie, cors: { origins: ['https://a.example'], credentials: true } },
    ],
    [
      'pages that change something with a cookie of their own API',
      { ...cookie, publicOrigins: ['https://a.example'], cors: { origins: ['https://a.example'] } },
    ],
    [
      'a route for preflights that it matches',
      { routes: [{ path: '/a', methods: ['GET', 'OPTIONS'], corsPreflight: 'allow' }] },
    ],
    [
      'a rule that some value meets',
      { unmatched: 'deny', routes: [{ path: '/a', claims: { n: { equals: 'b c', contains: 'c' } } }] },
    ],
    [
      'rules with "anyOf" for claims that are single values',
      {
        unmatched: 'deny',
        routes: [
          { path: '/a', claims: { tenant: { anyOf: ['a', 'b'] }, sub: { anyOf: ['c'], exists: true } } },
          { path: '/d', claims: { aud: { anyOf: ['a', 'b'], equals: 'a' } } },
        ],
      },
    ],
    [
      'rules with "anyOf" in a policy with members that are as new as its looking into lists',
      {
        unmatched: 'deny',
        routes: [
          { path: '/a', claims: { roles: { anyOf: ['a', 'b'] } } },
          { path: '/b', claims: { roles: { allOf: ['a', 'b'] }, groups: { noneOf: ['c'] } } },
        ],
      },
    ],
  ])('but not for %s', async (_, policy) => {
    expect((await check(policy)).warnings).toEqual([]);
  });
  test('rules that are wider than before, only if they are in force', async () => {
    const policy = { unmatched: 'deny', routes: [{ path: '/a', claims: { roles: { anyOf: ['a'] } } }] };
    expect((await check(policy)).warnings).toHaveLength(1);
    expect((await check(policy, {}, false)).warnings).toEqual([]);
  });
  test('a method that a form could name in a POST', async () => {
    const { warnings } = await check({
      routes: [{ path: '/api/x', methods: ['GET', 'DELETE'], scopes: ['a'] }],
    });
    expect(warnings).toContainEqual(
      expect.stringContaining(
        'routes.0 (GET, DELETE /api/x) does not cover POST: an upstream that honours "_method=DELETE"',
      ),
    );
    const denied = [{ path: '/api/x', methods: ['DELETE'], scopes: ['a'] }];
    expect((await check({ routes: denied, unmatched: 'deny' })).warnings).toEqual([]);
    for (const other of [{ path: '/api/x', methods: ['POST'] }, { path: '/api/x' }]) {
      const routes = [
        { path: '/api/x', methods: ['DELETE'], scopes: ['a'] },
        { ...other, scopes: ['b'] },
      ];
      expect((await check({ routes })).warnings.filter((warning) => /_method/.test(warning))).toEqual([]);
    }
  });
  test('issuers that differ by a slash', async () => {
    const providers = { partner: { ...jwks, issuer: 'https://issuer.example/' } };
    const routes = [{ path: '/x', providers: ['partner'] }];
    const { warnings } = await check(
      { providers, routes, unmatched: 'deny' },
      { issuer: 'https://issuer.example' },
    );
    expect(warnings).toEqual([expect.stringContaining('are almost the same')]);
  });
});

describe('sizes', () => {
  const policyOf = (routes: number) => ({
    unmatched: 'deny',
    routes: Array.from({ length: routes }, (_, index) => ({
      path: `/api/resource-${index}/*`,
      scopes: ['a'],
    })),
  });
  test.each([
    [10, 'standard', []],
    [
      100,
      'advanced',
      [/over the 4096 of the standard tier: put it with --tier Advanced, or in its packed form/],
    ],
    [300, undefined, [/over the 8192 that SSM holds: put it in its packed form/]],
  ])('a policy of %i routes fits the tier %s', async (routes, tier, warnings) => {
    const checked = await check(policyOf(routes));
    expect(checked.sizes.policy?.tier).toBe(tier);
    expect(checked.warnings).toEqual(warnings.map((warning) => expect.stringMatching(warning)));
  });
  test('packed, which it says', async () => {
    const checked = await check(pack(JSON.stringify(policyOf(300))));
    expect(checked).toMatchObject({ warnings: [], sizes: { policy: { packed: true, tier: 'standard' } } });
  });
});

describe('revocations', () => {
  const revoking = (...issuers: string[]) =>
    JSON.stringify(Object.fromEntries(issuers.map((issuer) => [issuer, { sub: ['x'] }])));
  test('for an issuer that no provider has cause a warning', async () => {
    const { problems, warnings } = await check(
      {},
      { revocations: revoking('https://a.example', 'https://b.example'), issuer: 'https://b.example' },
    );
    expect({ problems, warnings }).toEqual({
      problems: [],
      warnings: [
        'https://a.example: no provider has this issuer, so its entry revokes nothing; the issuers are https://b.example',
      ],
    });
  });
  test('for an unknown issuer cause a warning that names the first few known issuers', async () => {
    const issuer = Array.from({ length: 8 }, (_, index) => `https://issuer.example/${index}`);
    const many = { type: 'jwks', issuer, audience: 'a', jwksUri: 'https://issuer.example/jwks' };
    const { warnings } = await check(
      { providers: { many }, routes: [{ path: '/x', providers: ['many'] }], unmatched: 'deny' },
      { revocations: revoking('https://issuer.example'), issuer: 'https://b.example' },
    );
    expect(warnings).toContainEqual(
      expect.stringMatching(/^https:\/\/issuer\.example: no provider has this issuer, .*\/3, 4 more$/),
    );
  });
  test('for a subject with a name that JavaScript reserves are reported as a problem', async () => {
    for (const name of ['__proto__', 'constructor', 'prototype']) {
      const revocations = `{"https://a.example": {"subIssuedBefore": {"${name}": 1}}}`;
      expect((await check({}, { revocations })).problems).toMatchObject([
        {
          parameter: 'revocations',
          message: `https://a.example.subIssuedBefore: must not have a member named ${name}`,
        },
      ]);
    }
  });
  test('that are not valid are reported with their place', async () => {
    const { problems } = await check({}, { revocations: '{"https://a.example": {"subject": []}}' });
    expect(problems).toMatchObject([{ parameter: 'revocations', location: { at: '1:24' } }]);
  });
});

describe('a probe', () => {
  const key = createKey('ES256');
  const probe = async (documents: Record<string, object>, discover = true) => {
    const provider = providerOf(
      discover ? { keys: { kind: 'discover', issuer: 'https://issuer.example' } } : {},
    );
    const [result] = await probeProviders(
      [provider],
      async (url) => {
        const document = documents[url.href];
        if (document === undefined) throw new Error(`${url.href}: responded with status 404`);
        return { text: JSON.stringify(document), cacheControl: undefined };
      },
      Date.now,
    );
    if (result === undefined) throw new Error('no result');
    return { ...result, lines: probeLines(result) };
  };
  const discovery = 'https://issuer.example/.well-known/openid-configuration';
  const keys = 'https://issuer.example/jwks';

  test('says the same about all providers that share a key set', async () => {
    const shared = ['a', 'b'].map((name) => providerOf({ name, keys: { kind: 'url', url: new URL(keys) } }));
    const fetchFrom = (document: object | Error) => async (url: URL) => {
      if (document instanceof Error || url.href !== keys) throw new Error('responded with status 404');
      return { text: JSON.stringify(document), cacheControl: undefined };
    };
    const good = await probeProviders(shared, fetchFrom(jwksOf(key)), Date.now);
    expect(good.map(({ seen }) => seen.kind)).toEqual(['set', 'set']);
    const bad = await probeProviders(shared, fetchFrom(new Error()), Date.now);
    expect(bad.flatMap(({ warnings }) => warnings)).toEqual([
      'provider a: no keys: responded with status 404',
      'provider b: no keys: responded with status 404',
    ]);
  });
  test('sends nothing to a stand-in issuer', async () => {
    const provider = providerOf({ keys: { kind: 'url', url: new URL(keys) } });
    const requested: string[] = [];
    const fetchDocument = async (url: URL) => {
      requested.push(url.href);
      return { text: JSON.stringify(jwksOf(key)), cacheControl: undefined };
    };
    await probeProviders([provider], fetchDocument, Date.now, () => false);
    expect(requested).toEqual([keys]);
    await probeProviders([provider], fetchDocument, Date.now);
    expect(requested).toContain(discovery);
  });
  test('lists the keys, and why some are ignored', async () => {
    const set = {
      keys: [...jwksOf(key).keys, { kty: 'RSA', kid: 'enc-1', use: 'enc' }, { kty: 'oct', k: 'x' }],
    };
    const { warnings, lines } = await probe({
      [discovery]: { issuer: 'https://issuer.example', jwks_uri: keys },
      [keys]: set,
    });
    expect(warnings).toEqual([]);
    expect(lines).toEqual([
      'keys of default, https://issuer.example/jwks:',
      '  es256-1  kty EC, alg ES256',
      '  enc-1  kty RSA, alg by kty  ignored: "use" is not "sig"',
      '  (no kid)  kty oct, alg by kty  ignored: symmetric key',
    ]);
  });
  test('lists the keys of each of the providers that share them', async () => {
    const shared = ['access', 'id'].map((name) => providerOf({ name }));
    const results = await probeProviders(
      shared,
      async () => ({ text: JSON.stringify(jwksOf(key)), cacheControl: undefined }),
      Date.now,
    );
    expect(results.map((result) => probeLines(result)[1])).toEqual(
      Array(2).fill('  es256-1  kty EC, alg ES256'),
    );
    const failed = await probeProviders(
      shared,
      async () => {
        throw new Error('responded with status 503');
      },
      Date.now,
    );
    expect(failed.flatMap(({ warnings }) => warnings)).toEqual(
      shared.map(({ name }) => `provider ${name}: no keys: responded with status 503`),
    );
  });
  test('finds no keys if all are ignored', async () => {
    const { seen } = await probe({
      [discovery]: { issuer: 'https://issuer.example', jwks_uri: keys },
      [keys]: { keys: [{ kty: 'oct', k: 'x' }] },
    });
    expect(hasKeys({ provider: 'default', seen, warnings: [] })).toBe(false);
  });
  test.each([
    ['responds that there is none', new DocumentNotFound('responded with status 404'), true],
    ['responds that it is forbidden', new Error('https://keys.example: responded with status 403'), true],
    ['does not answer', new Error('https://keys.example: connect ECONNREFUSED'), false],
    ['fails', new Error('https://keys.example: responded with status 503'), false],
  ])('requests one key where keys are fetched by kid, and the endpoint %s', async (_, error, reachable) => {
    const parsed = await parseProvider('staff', {
      type: 'verified-access',
      instanceArn: 'arn:aws:ec2:eu-west-1:111122223333:verified-access-instance/vai-1',
      keysUrl: 'https://keys.example',
    });
    if (!('value' in parsed)) throw new Error(parsed.problems.join());
    const requested: string[] = [];
    const [result] = await probeProviders(
      [parsed.value],
      async (url) => {
        requested.push(url.href);
        throw error;
      },
      Date.now,
    );
    expect(requested).toEqual(['https://keys.example/00000000-0000-0000-0000-000000000000']);
    expect(result && hasKeys(result)).toBe(reachable);
    expect(result && probeLines(result)[0]).toMatch(
      reachable ? /the endpoint responds, and only a token's kid shows/ : /none$/,
    );
  });
  test('warns of an endpoint that does not respond', async () => {
    const { warnings } = await probe({});
    expect(warnings).toEqual([`provider default: no keys: ${discovery}: responded with status 404`]);
  });
  test.each([true, false])(
    'names the slash that the issuer lacks (keys by discovery: %s)',
    async (discover) => {
      const documents = {
        [discovery]: { issuer: 'https://issuer.example/', jwks_uri: keys },
        [keys]: jwksOf(key),
      };
      const { warnings } = await probe(documents, discover);
      expect(warnings.at(-1)).toContain('the configured one lacks the slash at the end');
    },
  );
});
