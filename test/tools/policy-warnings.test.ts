import { describe, expect, test } from '@jest/globals';
import { type CheckOptions, checkParameters } from '../../tools/check-config/check.ts';
import { completeParameters, type Given } from '../../tools/check-config/complete-parameters.ts';

type Others = Given & CheckOptions;

async function check(policy: object, { listenerPaths, ...given }: Others = {}) {
  const values = completeParameters({ ...given, policy: JSON.stringify(policy) });
  const { problems, warnings } = await checkParameters(values, { listenerPaths });
  expect(problems).toEqual([]);
  return warnings;
}
const deny = { unmatched: 'deny' };
const open = { onUnauthenticatedRequest: 'allow' };
const routesOf = (...routes: object[]) => ({ ...deny, routes });
const partner = { type: 'jwks', issuer: 'https://partner.example', audience: 'orders' };
const providerOf = (changes: object, name = 'partner') => ({
  ...deny,
  providers: { [name]: { ...partner, ...changes } },
  routes: [{ path: '/api/*', providers: [name] }],
});
const COGNITO = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc';

describe('warns, once and with the place, about', () => {
  test.each<[string, object, Others, string, RegExp]>([
    // Requests close to a guarded one.
    [
      'methods that an earlier route guards and a later one does not',
      routesOf({ path: '/api/a/*', methods: ['GET'], scopes: ['a:read'] }, { path: '/api/a/*' }),
      {},
      'method-for-less',
      /^routes\.0 .* POST, PUT, PATCH and DELETE go to routes\.1 \(\/api\/a\/\*\), which asks for less/,
    ],
    [
      'methods that a wider route allows for less',
      routesOf({ path: '/api/a/*', methods: ['POST'], claims: { t: { exists: true } } }, { path: '/api/*' }),
      {},
      'method-for-less',
      /^routes\.0 .* GET, PUT, PATCH and DELETE go to routes\.1/,
    ],
    [
      'a path below a guarded one that is open',
      routesOf({ path: '/api/admin' }, { path: '/api/admin/x', methods: ['GET'], ...open }),
      {},
      'path-for-less',
      /^routes\.0 \(\/api\/admin\) guards only this path: \/api\/admin\/x goes to routes\.1/,
    ],
    [
      'a path beside a guarded one, where all but that is open',
      routesOf({ path: '/api/orders/*' }, { path: '/api/*', ...open }),
      {},
      'path-for-less',
      /^routes\.0 .*: \/api\/orders-x goes to routes\.1 \(\/api\/\*\), which is open/,
    ],
    [
      'a path that is a letter shorter than a guarded one',
      routesOf({ path: '/api/orders/*' }, { path: '/api/order*', ...open }),
      {},
      'path-for-less',
      /^routes\.0/,
    ],
    [
      'a path below a guarded one that has a wildcard in it',
      routesOf({ path: '/api/*/admin' }, { path: '/api/*', ...open }),
      {},
      'path-for-less',
      /^routes\.0 .*: \/api\/x\/admin\/x goes to routes\.1/,
    ],
    [
      'a path beside a guarded one that is report-only',
      routesOf({ path: '/api/orders/*' }, { path: '/api/*', mode: 'report-only' }),
      {},
      'path-for-less',
      /^routes\.0/,
    ],
    [
      'routes that differ in case only',
      routesOf({ path: '/api/Orders/*', methods: ['GET'] }, { path: '/api/orders/*', methods: ['POST'] }),
      {},
      'path-case',
      /^routes\.1 \(POST \/api\/orders\/\*\) and routes\.0 /,
    ],
    // Paths.
    ...[
      '/api/:id',
      '/api/{id}/x',
      '/api/<int:id>',
      '/api/[id]',
      '/api/.*',
      '/api/(a|b)',
      '/api/a$',
      '/api/x?a=*',
      '/api/order(s)?',
      '/api/a|b',
      '/api/a,/api/b',
    ].map((path): [string, object, Others, string, RegExp] => [
      `the path ${path}`,
      routesOf({ path }),
      {},
      'path-syntax',
      /^routes\.0\.path: has /,
    ]),
    ['an optional slash', routesOf({ path: '/api/x/?' }), {}, 'path-syntax', /"\?" after something optional/],
    ['an optional plural', routesOf({ path: '/api/orders?' }), {}, 'path-syntax', /"\?" after something/],
    ['two asterisks', routesOf({ path: '/api/**' }), {}, 'path-syntax', /write "\*"$/],
    [
      'a route that the load balancer never sends requests for',
      routesOf({ path: '/api/a' }, { path: '/web/*' }),
      { listenerPaths: ['/api/*'] },
      'path-not-sent',
      /^routes\.1 \(\/web\/\*\): the load balancer sends only \/api\/\*/,
    ],
    // Who is accepted.
    [
      'any audience',
      providerOf({ audience: null }),
      {},
      'any-audience',
      /^providers\.partner\.audience: null /,
    ],
    [
      'Cognito by "aud"',
      providerOf({ issuer: COGNITO, audience: '1example23456789' }),
      {},
      'cognito-audience',
      /^providers\.partner: access tokens of Cognito/,
    ],
    [
      'ID tokens of Cognito by "client_id"',
      providerOf({
        issuer: COGNITO,
        audience: '1exa',
        audienceClaim: 'client_id',
        requiredClaims: { token_use: { equals: 'id' } },
      }),
      {},
      'cognito-audience',
      /^providers\.partner: ID tokens of Cognito/,
    ],
    ...[
      'https://partner.example/.well-known/openid-configuration',
      'https://login.microsoftonline.com/common/v2.0',
      'https://login.microsoftonline.com/contoso.onmicrosoft.com/v2.0',
      'https://sts.windows.net/organizations/',
      'https://contoso.auth.eu-west-1.amazoncognito.com',
    ].map((issuer): [string, object, Others, string, RegExp] => [
      `the issuer ${issuer}`,
      providerOf({ issuer }),
      {},
      'issuer-address',
      /^providers\.partner: its issuer https:/,
    ]),
    ...['DELTE', 'ANY', 'ALL', 'GETS', 'OPTION'].map((method): [string, object, Others, string, RegExp] => [
      `the method ${method}`,
      routesOf({ path: '/api/a', methods: ['PUT', 'POST', method] }),
      {},
      'unknown-method',
      /^routes\.0\.methods\.2: /,
    ]),
    [
      'Cognito as the default provider',
      {},
      { issuer: COGNITO, audience: '1example23456789' },
      'cognito-audience',
      /^providers\.default: /,
    ],
    // Placeholders.
    ...[
      { issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0', jwksUri: 'https://login.example/keys' },
      { issuer: 'https://*.okta.example', jwksUri: 'https://okta.example/keys' },
      { issuer: 'https://YOUR-DOMAIN.example' },
      { audience: ['orders', 'api://YOUR_CLIENT_ID'] },
      { audience: '<client id>' },
      { jwksUri: 'https://partner.example/$TENANT/keys' },
      { issuer: 'https://yourtenant.eu.auth0.com/' },
      { issuer: 'https://dev-xxxxx.okta.com' },
      { audience: 'api://CLIENT_ID' },
      { audience: '%AUDIENCE%' },
      { audience: '$audience' },
      { audience: 'https://*.example' },
      { audience: '00000000-0000-0000-0000-000000000000' },
      { audience: 'TODO' },
    ].map((changes): [string, object, Others, string, RegExp] => [
      `${JSON.stringify(changes)}`,
      providerOf(changes),
      {},
      'placeholder',
      /^providers\.partner\.\w+: has .*, which stands for nothing here: write the exact value$/,
    ]),
    ...[
      { repository_owner_id: { equals: '<id>' } },
      { tenant: { anyOf: ['acme', 'YOUR-TENANT'] } },
      { sub: { equals: 'repo:acme/*' } },
      { email: { contains: '*@acme.example' } },
    ].map((claims): [string, object, Others, string, RegExp] => [
      `${JSON.stringify(claims)}`,
      routesOf({ path: '/api/a', claims }),
      {},
      'placeholder',
      /^routes\.0\.claims\.\w+: has /,
    ]),
    [
      'a placeholder for an origin',
      { ...routesOf({ path: '/api/a' }), publicOrigins: ['https://your-app.example.com'] },
      {},
      'placeholder',
      /^publicOrigins: /,
    ],
    ['a placeholder for the audience', {}, { audience: 'YOUR-AUDIENCE' }, 'placeholder', /^has "YOUR-…"/],
    ['a placeholder for the upstream', {}, { upstream: 'https://YOUR-HOST.example' }, 'placeholder', /^has /],
    // Where requests go.
    ['http to the internet', {}, { upstream: 'http://upstream.example.com' }, 'upstream-http', /^is http to/],
    [
      'http to a public address by a route',
      routesOf({ path: '/api/a', upstream: 'http://203.0.113.7:8080' }),
      {},
      'upstream-http',
      /^routes\.0\.upstream: is http to/,
    ],
    // Names.
    [
      'a scope that is almost another one',
      routesOf(
        { path: '/api/a', scopes: ['orders:write'] },
        { path: '/api/b', scopes: { any: ['orders:wirte'] } },
      ),
      {},
      'near-scopes',
      /^routes\.1\.scopes\.any\.0: the scope orders:wirte is almost orders:write of routes\.0\.scopes\.0/,
    ],
    [
      'a claim that is almost another one',
      routesOf(
        { path: '/api/a', claims: { tenant: { exists: true } } },
        { path: '/api/b', claims: { tennant: { exists: true } } },
      ),
      {},
      'near-claims',
      /^routes\.1\.claims\.tennant: /,
    ],
    [
      'a claim in a header field that is almost one of a rule',
      routesOf({
        path: '/api/a',
        claims: { tenant_id: { exists: true } },
        headers: { 'x-jwt-tenant': 'tenant-id' },
      }),
      {},
      'near-claims',
      /^routes\.0\.headers\.x-jwt-tenant: /,
    ],
    [
      'a scope that has another separator than another one',
      routesOf({ path: '/api/a', scopes: ['orders:write'] }, { path: '/api/b', scopes: ['orders.write'] }),
      {},
      'near-scopes',
      /^routes\.1\.scopes\.0: /,
    ],
    [
      'a value that is almost another one of the same claim, without either',
      routesOf(
        { path: '/api/a', claims: { tenant: { equals: 'contoso' } } },
        { path: '/api/b', claims: { tenant: { anyOf: ['acme', 'contosso'] } } },
      ),
      {},
      'near-values',
      /^routes\.1\.claims\.tenant\.anyOf\.1: the value is almost that of routes\.0\.claims\.tenant\.equals:/,
    ],
    [
      'a provider whose name is almost that of another one',
      {
        ...deny,
        providers: { partner, partners: { ...partner, audience: 'x' } },
        routes: [{ path: '/api/*', providers: ['partner', 'partners'] }],
      },
      {},
      'near-providers',
      /^providers\.partners: /,
    ],
  ])('%s', async (_, policy, others, kind, message) => {
    const warnings = await check(policy, others);
    expect(warnings.filter((warning) => warning.kind === kind)).toEqual([
      expect.objectContaining({ message: expect.stringMatching(message) }),
    ]);
    for (const { parameter, message: text, location } of warnings) {
      if (parameter === 'policy' && /^(?:routes|providers\.partner)/.test(text))
        expect(location).toBeDefined();
    }
  });
});

const SOUND: readonly (readonly [name: string, policy: object, others?: Others])[] = [
  [
    'an open route for reading and a protected one for writing',
    routesOf({ path: '/api/a/*', methods: ['POST'] }),
  ],
  [
    'other methods that a route names on purpose',
    routesOf(
      { path: '/api/a/*', methods: ['GET'], scopes: ['a:read'] },
      { path: '/api/a/*', methods: ['POST'] },
    ),
  ],
  [
    'other methods that require as much',
    routesOf(
      { path: '/api/a/*', methods: ['GET'], scopes: ['a:read'] },
      { path: '/api/a/*', scopes: ['a:write'] },
    ),
  ],
  [
    'a wider route that requires a token',
    routesOf({ path: '/api/a/*', scopes: ['a:read'] }, { path: '/api/*' }),
  ],
  ['one character', routesOf({ path: '/api/v?/x' }, { path: '/api/w?' })],
  ['any suffix', routesOf({ path: '/api/report.*' })],
  ['parentheses', routesOf({ path: '/api/Orders(*)' })],
  [
    "paths within the listener's",
    routesOf({ path: '/api' }, { path: '/*/a' }),
    { listenerPaths: ['/api/*'] },
  ],
  ['routes of a WebSocket API', routesOf({ path: '/$connect' }), { listenerPaths: ['/api/*'] }],
  ['Cognito by "client_id"', providerOf({ issuer: COGNITO, audience: '1exa', audienceClaim: 'client_id' })],
  [
    'ID tokens of Cognito',
    providerOf({ issuer: COGNITO, audience: '1exa', requiredClaims: { token_use: { equals: 'id' } } }),
  ],
  ['http to this machine', {}, { upstream: 'http://localhost:3000' }],
  ['http to a private address', {}, { upstream: 'http://10.0.0.5' }],
  ['http to a private name', {}, { upstream: 'http://orders.internal:8080' }],
  ...[
    'http://batch.internal.example.com:8080',
    'http://orders.default.svc',
    'http://vpce-0a.execute-api.eu-west-1.vpce.amazonaws.com',
    'http://orders-0a.7d67968.vpc-lattice-svcs.eu-west-1.on.aws',
    'http://[fd00::1]',
    'http://100.64.0.1',
  ].map((upstream) => [upstream, {}, { upstream }] as const),
  [
    'both issuers of Google, as it documents them',
    {
      ...deny,
      providers: {
        staff: {
          ...partner,
          issuer: ['https://accounts.google.com', 'accounts.google.com'],
          jwksUri: 'https://www.googleapis.com/oauth2/v3/certs',
          requiredClaims: { hd: { equals: 'example.com' } },
        },
      },
      routes: [{ path: '/api/*', providers: ['staff'] }],
    },
  ],
  [
    'a rule for roles',
    routesOf({ path: '/api/a', claims: { roles: { anyOf: ['Orders.Read', 'Orders.Write'] } } }),
  ],
  [
    'values that only look like what is to be filled in',
    routesOf({
      path: '/api/a',
      claims: {
        permissions: { anyOf: ['orders:*', 'MANAGE_DOMAIN'] },
        list: { equals: 'todo' },
        about: { equals: 'yourself' },
      },
    }),
  ],
  [
    'a tenant of Entra ID by its id',
    providerOf({ issuer: 'https://login.microsoftonline.com/8f3c1a5e-0000-4000-8000-000000000001/v2.0' }),
  ],
  [
    'methods of WebDAV',
    routesOf({ path: '/api/a', methods: ['LOCK', 'MOVE', 'PROPFIND', 'SEARCH', 'REPORT', 'POST', 'PUT'] }),
  ],
  ['http to a load balancer in a VPC', {}, { upstream: 'http://internal-a-1.eu-west-1.elb.amazonaws.com' }],
  [
    'scopes that differ on purpose',
    routesOf(
      ...['eu:read', 'us:read', 'v1:read', 'v2:read', 'a:write', 'orders:read', 'orders:write'].map(
        (scope, index) => ({ path: `/api/${index}`, scopes: [scope] }),
      ),
    ),
  ],
];
// A test function with more parameters than its row has would wait for a callback.
const NO_WARNING = SOUND.map(([name, policy, others = {}]) => [name, { policy, others }] as const);

describe('gives no warning for', () => {
  test.each(NO_WARNING)('%s', async (_, { policy, others }) => {
    expect((await check(policy, others)).map(({ kind }) => kind)).toEqual([]);
  });
});

test('each warning has its own ID, so that accepting one accepts no other', async () => {
  const warnings = await check({
    ...deny,
    paths: { readings: ['decode'] },
    cors: { origins: ['https://a.example', 'http://localhost:3000', 'http://localhost:3001'] },
    providers: { partner: { ...partner, issuer: 'https://YOUR-HOST.example', audience: ['TODO'] } },
    routes: [
      {
        path: '/api/a',
        providers: ['partner'],
        scopes: ['orders:read', 'ordres:read', 'users:write', 'usres:write'],
        claims: {
          'https://a.example/tenant': { equals: '<a>' },
          'https://a.example/group': { equals: '<b>' },
        },
      },
      { path: '/api/b', ...open, upstream: 'http://b.example.com', providers: ['partner'] },
    ],
  });
  expect(warnings.length).toBeGreaterThan(10);
  expect(new Set(warnings.map(({ id }) => id)).size).toBe(warnings.length);
});

test('the ID of a warning stays the same when routes are added before it, and names the route that it is about', async () => {
  const route = { path: '/api/public/*', methods: ['GET'], ...open };
  const [alone] = await check(routesOf(route));
  const [behind] = await check(routesOf({ path: '/api/a' }, route));
  expect(alone?.id).toBe('policy:anonymous-route:GET/api/public/*');
  expect(behind?.id).toBe(alone?.id);
  expect(behind?.message).not.toBe(alone?.message);
});
