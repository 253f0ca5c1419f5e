import { expect, test } from '@jest/globals';
import { differenceOf, isSame } from '../../../tools/policy/difference/difference.ts';
import { textOf } from '../../architecture/sources.ts';
import { certificatePem } from '../../support/certificate.ts';
import { createKey, jwksOf } from '../../support/keys.ts';

type Json = Record<string, unknown>;

const PROVIDER = { type: 'jwks', issuer: 'https://partner.example', audience: 'orders' };
const ROUTE = { path: '/api/orders/*', providers: ['partner'] };
const LOGIN = {
  type: 'alb-oidc',
  loadBalancerArn:
    'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/login/50dc6c495c0c9188',
  clientId: 'console',
};
const CA = certificatePem(createKey('RS256', 'ca'), { authority: true });

const POLICY = {
  unmatched: 'deny',
  providers: { partner: PROVIDER, login: LOGIN },
  routes: [ROUTE, { path: '/api/login/*', providers: ['login'] }, { path: '/api/all/*' }],
};

/** Another value for each member, and what else that needs. */
const MEMBERS: Readonly<
  Record<
    'policy' | 'route' | 'mcp' | 'resource' | 'jwks' | 'alb-oidc' | 'cors' | 'claim-rule',
    Record<string, Json>
  >
> = {
  policy: {
    mode: { mode: 'report-only' },
    upstreamCa: { upstreamCa: CA },
    firstByteTimeoutSeconds: { firstByteTimeoutSeconds: 5 },
    preserveHost: { preserveHost: true },
    keepOverrides: { keepOverrides: true },
    trustForwardedHost: { trustForwardedHost: true },
    problemTypes: { problemTypes: 'https://docs.example/errors#' },
    publicOrigins: { publicOrigins: ['https://app.example'] },
    cors: { cors: { origins: ['https://app.example'] } },
    basePaths: { basePaths: { 'api.example.com': '/v1' } },
    unmatched: { unmatched: 'authenticate' },
    stripPrefix: { stripPrefix: '/api' },
    paths: { paths: { readings: ['decode'] } },
    resources: { resources: [{ resource: 'https://api.example/orders', path: '/api/orders/*' }] },
    providers: { providers: { ...POLICY.providers, more: { ...PROVIDER, issuer: 'https://more.example' } } },
    routes: { routes: POLICY.routes.slice(1) },
  },
  route: {
    path: { path: '/api/invoices/*' },
    methods: { methods: ['GET'] },
    providers: { providers: ['login'] },
    onUnauthenticatedRequest: { onUnauthenticatedRequest: 'allow' },
    corsPreflight: { corsPreflight: 'allow' },
    scopes: { scopes: ['orders:read'] },
    claims: { claims: { tenant: { equals: 'a' } } },
    acr: { acr: 'mfa' },
    maxAuthAgeSeconds: { maxAuthAgeSeconds: 300 },
    mcp: { mcp: { method: 'tools/call' } },
    headers: { headers: { 'x-jwt-tenant': 'tenant' } },
    stripToken: { stripToken: true },
    upstream: { upstream: 'https://orders.example' },
    stripPrefix: { stripPrefix: '/api' },
    mode: { mode: 'report-only' },
  },
  mcp: {
    method: { method: 'resources/read' },
    name: { name: 'search' },
  },
  resource: {
    resource: { resource: 'https://other.example/orders' },
    path: { path: '/api/*' },
    name: { name: 'Orders' },
    documentation: { documentation: 'https://docs.example/orders' },
    authorizationServers: { authorizationServers: ['https://login.example'] },
    scopes: { scopes: ['orders:read', 'orders:write'] },
    advertisedScopes: { advertisedScopes: { 'orders:read': 'api://orders/read' } },
    allowedOrigins: { allowedOrigins: ['https://app.example'] },
  },
  jwks: {
    type: {
      type: 'spiffe',
      trustDomain: 'partner.example',
      jwksUri: 'https://partner.example/jwks',
      issuer: undefined,
    },
    issuer: { issuer: 'https://other.example' },
    audience: { audience: 'web' },
    audienceClaim: { audienceClaim: 'client' },
    jwksUri: { jwksUri: 'https://partner.example/jwks' },
    jwks: { jwks: jwksOf(createKey('ES256', 'key-1')) },
    ca: { ca: CA },
    insecureHttp: { insecureHttp: true },
    algorithms: { algorithms: ['ES256'] },
    maxTokenAgeSeconds: { maxTokenAgeSeconds: 60 },
    typ: { typ: 'at+jwt' },
    tokenFrom: { tokenFrom: [{ header: 'x-token' }] },
    clockToleranceSeconds: { clockToleranceSeconds: 0 },
    requiredClaims: { requiredClaims: { tenant: { exists: true } } },
    scopeClaim: { scopeClaim: 'roles' },
  },
  'alb-oidc': {
    type: {
      type: 'verified-access',
      instanceArn: 'arn:aws:ec2:eu-west-1:123456789012:verified-access-instance/vai-0abc1234def567890',
      loadBalancerArn: undefined,
      clientId: undefined,
    },
    loadBalancerArn: { loadBalancerArn: LOGIN.loadBalancerArn.replace('app/login', 'app/other') },
    clientId: { clientId: 'other' },
    keysUrl: { keysUrl: 'https://keys.example/' },
    ca: { keysUrl: 'https://keys.example/', ca: CA },
    insecureHttp: { keysUrl: 'https://keys.example/', insecureHttp: true },
    clockToleranceSeconds: { clockToleranceSeconds: 0 },
    requiredClaims: { requiredClaims: { tenant: { exists: true } } },
    scopeClaim: { scopeClaim: 'roles' },
  },
  cors: {
    origins: { origins: ['https://app.example', 'https://other.example'] },
    credentials: { credentials: true },
    exposeHeaders: { exposeHeaders: ['etag'] },
    maxAgeSeconds: { maxAgeSeconds: 5 },
  },
  'claim-rule': {
    equals: { equals: 'b' },
    anyOf: { anyOf: ['a', 'b'] },
    allOf: { allOf: ['a', 'b'] },
    noneOf: { noneOf: ['b'] },
    contains: { contains: 'a' },
    exists: { exists: true },
  },
};

const SCHEMA = JSON.parse(textOf('schema/policy.schema.json'));
const { routes, providers, resources, cors } = SCHEMA.properties;
const providerOf = (type: string) =>
  providers.additionalProperties.oneOf.find(
    (one: { properties: { type: { const: string } } }) => one.properties.type.const === type,
  );
const SCHEMAS = {
  policy: SCHEMA,
  route: routes.items,
  mcp: routes.items.properties.mcp,
  resource: resources.items,
  jwks: providerOf('jwks'),
  'alb-oidc': providerOf('alb-oidc'),
  cors,
  'claim-rule': routes.items.properties.claims.additionalProperties,
};

test.each(Object.entries(MEMBERS))('each member of %s has a change here', (name, members) => {
  const known = Object.keys(SCHEMAS[name as keyof typeof SCHEMAS].properties).filter(
    (one) => one !== '$schema',
  );
  expect(Object.keys(members).sort()).toEqual(known.sort());
});

/** A policy with these members in the right part. */
const PUT: Readonly<Record<keyof typeof MEMBERS, (members: Json) => Json>> = {
  policy: (members) => ({ ...POLICY, ...members }),
  route: (members) => ({ ...POLICY, routes: [{ ...ROUTE, ...members }, ...POLICY.routes.slice(1)] }),
  mcp: (members) => ({
    ...POLICY,
    routes: [
      { ...ROUTE, scopes: ['orders'], mcp: { method: 'tools/*', ...members } },
      ...POLICY.routes.slice(1),
    ],
  }),
  resource: (members) => ({
    ...POLICY,
    resources: [
      { resource: 'https://api.example/orders', path: '/api/orders/*', scopes: ['orders:read'], ...members },
    ],
    routes: [{ ...ROUTE, scopes: ['orders:read'] }, ...POLICY.routes.slice(1)],
  }),
  jwks: (members) => ({
    ...POLICY,
    providers: { ...POLICY.providers, partner: { ...PROVIDER, ...members } },
  }),
  'alb-oidc': (members) => ({
    ...POLICY,
    providers: { ...POLICY.providers, login: { ...LOGIN, ...members } },
  }),
  cors: (members) => ({ ...POLICY, cors: { origins: ['https://app.example'], ...members } }),
  'claim-rule': (members) => ({
    ...POLICY,
    routes: [{ ...ROUTE, claims: { tenant: { noneOf: ['c'], ...members } } }, ...POLICY.routes.slice(1)],
  }),
};

const valuesOf = (policy: Json) => ({
  issuer: 'https://issuer.example',
  audience: 'api',
  'jwks-uri': 'discover',
  upstream: 'https://up.example',
  revocations: '{}',
  policy: JSON.stringify(policy),
});

const CHANGES = Object.entries(MEMBERS).flatMap(([part, members]) =>
  Object.entries(members).map(([name, change]) => [part as keyof typeof MEMBERS, name, change] as const),
);

/** A provider that no route uses, pages without a token in a cookie, and a rule that "noneOf" already implies. */
const WITHOUT_EFFECT = ['policy.providers', 'policy.publicOrigins', 'claim-rule.exists'];

test.each(CHANGES)('a change of %s.%s is always reported', async (part, name, change) => {
  const difference = await differenceOf(valuesOf(PUT[part]({})), valuesOf(PUT[part](change)));
  if (difference.kind !== 'compared') throw new Error(JSON.stringify(difference));
  expect(isSame(difference)).toBe(false);
  const told = Object.values(difference.entries).flat();
  expect(told.length > 0).toBe(!WITHOUT_EFFECT.includes(`${part}.${name}`));
});

test.each([
  ['issuer', { issuer: 'https://other.example' }],
  ['audience', { audience: 'api,web' }],
  ['jwks-uri', { 'jwks-uri': 'https://issuer.example/jwks' }],
  ['upstream', { upstream: 'whoami' }],
  ['revocations.https://partner.example', { revocations: '{"https://partner.example":{"jti":["a"]}}' }],
])('reports a change of the parameter %s under its name', async (name, change) => {
  const difference = await differenceOf(valuesOf(POLICY), { ...valuesOf(POLICY), ...change });
  if (difference.kind !== 'compared') throw new Error(JSON.stringify(difference));
  expect(difference.fields).toContain(name);
});

test('does not report a value derived from another parameter as a change of the policy', async () => {
  const difference = await differenceOf(valuesOf(POLICY), {
    ...valuesOf(POLICY),
    'jwks-uri': 'discover',
    issuer: 'https://other.example',
  });
  expect(difference).toMatchObject({ kind: 'compared', fields: ['issuer'] });
});

test('reports a route as added if it opens what another route of the same name protects', async () => {
  const open = { path: '/api/orders/*', onUnauthenticatedRequest: 'allow' };
  const after = { ...POLICY, routes: [open, ...POLICY.routes] };
  expect(await differenceOf(valuesOf(POLICY), valuesOf(after))).toMatchObject({
    kind: 'compared',
    fields: ['routes.0 (/api/orders/*): added'],
  });
});
