import fc from 'fast-check';
import { authorizeOrRespond } from '../../../lambda/core/authorize.ts';
import type { Config } from '../../../lambda/core/config/config.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import type { ParameterValues } from '../../../lambda/core/config/read-parameter.ts';
import type { HttpRequest } from '../../../lambda/core/http/message.ts';
import { keySetOf } from '../../../lambda/core/keys/key-set.ts';
import { selectKeys } from '../../../lambda/core/keys/select.ts';
import { hasKeySet, locationOf, type Provider } from '../../../lambda/core/provider.ts';
import { createTokenMemory } from '../../../lambda/core/token-memory.ts';
import { createKey } from '../../support/keys.ts';
import { nearMisses } from '../../support/near-misses.ts';
import { mint, NOW } from '../../support/tokens.ts';

type Json = Record<string, unknown>;

/** A configuration like an operator's. */
export interface Given {
  readonly issuer: string;
  readonly audience: string;
  readonly upstream: string;
  readonly policy: Json;
  readonly revocations: Json;
}

export const ISSUERS = ['https://one.example', 'https://two.example'] as const;
const KEYS = { one: createKey('ES256', 'key-1'), two: createKey('ES256', 'key-1') };

export const valuesOf = ({ policy, revocations, ...rest }: Given): ParameterValues => ({
  ...rest,
  'jwks-uri': 'https://keys.example/one',
  policy: JSON.stringify(policy),
  revocations: JSON.stringify(revocations),
});

/** Mostly one value, sometimes another. */
const mostly = <T>(usual: T, ...others: T[]) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(usual) },
    { weight: 2, arbitrary: fc.constantFrom(usual, ...others) },
  );
const optional = <T>(...values: T[]) => mostly<T | undefined>(undefined, ...values);

const optionalOf = <T>(values: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: values });

/** An object without the members that are undefined. */
const compact = (object: Json): Json =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

const rules = optional<Json>(
  { tenant: { equals: 'a' } },
  { tenant: { anyOf: ['a', 'b'] } },
  { tenant: { noneOf: ['a'] } },
  { roles: { contains: 'ops' } },
  { roles: { allOf: ['ops', 'dev'] }, tenant: { exists: true } },
  { tenant: { exists: false } },
);

const provider = fc
  .record({
    issuer: mostly<unknown>(ISSUERS[1], ISSUERS[0], [...ISSUERS]),
    audience: mostly<unknown>('orders', ['orders', 'web'], 'web', null),
    audienceClaim: optional('client'),
    jwksUri: mostly('https://keys.example/two', 'https://keys.example/one'),
    algorithms: optional(['ES256'], ['RS256']),
    maxTokenAgeSeconds: optional(60, 600),
    clockToleranceSeconds: optional(0, 120),
    typ: optional('jwt', 'other'),
    requiredClaims: rules,
    scopeClaim: optional('roles'),
    tokenFrom: optional<unknown>(
      [{ header: 'x-token' }],
      [{ cookie: '__Host-t' }],
      [{ header: 'authorization', scheme: 'Bearer' }, { header: 'x-token' }],
    ),
  })
  .map((one) => compact({ type: 'jwks', ...one }));

export const PATHS = [
  '/api/*',
  '/api/public/*',
  '/api/public',
  '/api/a/*',
  '/api/*/b',
  '/api/a/?',
  '/api/a.json',
  '/*',
];

export const route = fc
  .record({
    path: fc.constantFrom(...PATHS),
    methods: optional(['GET'], ['POST'], ['GET', 'POST'], ['OPTIONS']),
    providers: optional(['default'], ['partner'], ['default', 'partner'], ['other', 'default']),
    onUnauthenticatedRequest: optional('allow'),
    scopes: optional<unknown>(['read'], ['write'], ['read', 'write'], { any: ['read', 'write'] }),
    claims: rules,
    acr: optional<unknown>('mfa', ['mfa', 'otp'], 'otp'),
    maxAuthAgeSeconds: optional(60, 600),
    headers: optional({ 'x-jwt-tenant': 'tenant' }, { 'x-jwt-big': 'big' }),
    mode: optional('report-only', 'enforce'),
    stripToken: optional(true),
    upstream: optional('https://a.example', 'whoami'),
    stripPrefix: optional('/api'),
    corsPreflight: optional('allow'),
  })
  .map(compact);

/** Paths that differ in little more than a slash at the end, and that several routes share. */
const MCP_PATHS = [
  '/mcp',
  '/mcp',
  '/mcp/',
  '/mcp/*',
  '/mcp/*',
  '/mcp*',
  '/mcp/?',
  '/mcp/x',
  '/mcp/x/',
  '/mcp/x/*',
];

const ofTen = <T>(usual: T, other: T) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constant(other) });

/** All MCP routes that have a path in common require the same identity, so generated ones mostly do. */
const mcpRouteOf = (onUnauthenticatedRequest: fc.Arbitrary<string | undefined>) =>
  fc
    .record({
      path: fc.constantFrom(...MCP_PATHS),
      mcp: fc.constantFrom<Json | undefined>(
        { method: 'tools/call', name: 'drop' },
        { method: 'tools/call', name: 'drop' },
        { method: 'tools/call' },
        { method: 'tools/*' },
        { method: 'resources/read', name: 'file:///a/*' },
        { name: '*' },
        { method: '*' },
        undefined,
        undefined,
        undefined,
      ),
      methods: optional(['GET'], ['POST'], ['GET', 'POST']),
      providers: ofTen(['partner'], ['other']),
      onUnauthenticatedRequest,
      mode: ofTen<string | undefined>(undefined, 'report-only'),
      stripPrefix: fc.constant(''),
      scopes: optional<unknown>(['read'], ['write'], { any: ['read', 'write'] }),
      acr: optional<unknown>('mfa'),
    })
    .map(({ methods, ...one }) => compact({ ...one, ...(one.mcp === undefined && { methods }) }));

const mcpRoute = mcpRouteOf(fc.constantFrom('allow', undefined));
const mcpRoutes = fc.oneof(
  ...[ofTen<string | undefined>('allow', undefined), ofTen<string | undefined>(undefined, 'allow')].map(
    (allow) => fc.array(mcpRouteOf(allow), { minLength: 1, maxLength: 4 }),
  ),
);

const routes = fc.array(route, { maxLength: 4 });

const resource = fc
  .record({
    resource: fc.constantFrom('https://api.example/mcp', 'https://api.example/a'),
    path: fc.constantFrom('/mcp', '/mcp', '/api/*', '/*'),
    scopes: optional(['read']),
    advertisedScopes: optional({ read: 'api://read' }),
    allowedOrigins: optional(['https://app.example'], ['https://other.example'], ['*']),
  })
  .map(compact);

const revocations = optional<Json>(
  { [ISSUERS[0]]: { sub: ['me'] } },
  { [ISSUERS[0]]: { issuedBefore: NOW - 100 }, [ISSUERS[1]]: { client_id: ['me'] } },
  { [ISSUERS[1]]: { subIssuedBefore: { me: NOW - 100 } } },
).map((one) => one ?? {});

const resources = optionalOf(fc.array(resource, { minLength: 1, maxLength: 2 }));

const MEMBERS = {
  unmatched: optional('deny', 'deny', 'authenticate'),
  mode: optional('report-only'),
  stripPrefix: optional('/api'),
  preserveHost: optional(true),
  publicOrigins: mostly<unknown>(['https://app.example'], ['https://app.example', 'https://other.example']),
  paths: optional({ readings: ['decode'] }, { readings: ['decode', 'fold'] }),
} as const;

const settings = fc.record({ ...MEMBERS, resources }).map(compact);

export const given: fc.Arbitrary<Given> = fc
  .record({
    issuer: mostly<string>(ISSUERS[0], ISSUERS[1], 'none'),
    audience: mostly('orders', 'orders,web', 'web'),
    upstream: mostly('whoami', 'https://up.example'),
    settings,
    partner: provider,
    other: provider,
    routes,
    revocations,
  })
  .map(({ settings: some, partner, other, routes: list, ...rest }) => ({
    ...rest,
    policy: { ...some, providers: { partner, other }, routes: list },
  }));

/** A small change of a configuration, as a person makes one. */
const editsWith = (anyRoute: fc.Arbitrary<Json>): fc.Arbitrary<(one: Given) => Given> =>
  fc.oneof(
    fc
      .tuple(fc.nat(9), anyRoute)
      .map(([at, added]) => inRoutes((list) => list.toSpliced(at % (list.length + 1), 0, added))),
    fc.nat(9).map((at) => inRoutes((list) => list.toSpliced(at % (list.length || 1), 1))),
    fc.tuple(fc.nat(9), fc.nat(9)).map(([from, to]) =>
      inRoutes((list) => {
        const [moved] = list.slice(from % (list.length || 1));
        return moved === undefined
          ? list
          : list.toSpliced(list.indexOf(moved), 1).toSpliced(to % list.length, 0, moved);
      }),
    ),
    ...[1, 2, 3].map(() =>
      fc
        .tuple(fc.nat(9), anyRoute, fc.nat(20))
        .map(([at, other, member]) =>
          inRoutes((list) =>
            list.map((one, index) => (index === at % list.length ? withMemberOf(one, other, member) : one)),
          ),
        ),
    ),
    fc.tuple(fc.constantFrom('partner', 'other'), provider, fc.nat(20)).map(([name, other, member]) =>
      inPolicy((policy) => {
        const providers = policy.providers as Record<string, Json>;
        return {
          ...policy,
          providers: { ...providers, [name]: withMemberOf(providers[name] ?? {}, other, member) },
        };
      }),
    ),
    fc
      .tuple(settings, fc.nat(20))
      .map(([other, member]) =>
        inPolicy((policy) =>
          withMemberOf(policy, { ...other, providers: policy.providers, routes: policy.routes }, member, [
            ...Object.keys(MEMBERS),
            'resources',
            'resources',
          ]),
        ),
      ),
    revocations.map((other) => (one: Given) => ({ ...one, revocations: other })),
    fc.constantFrom('orders', 'web', 'orders,web').map((audience) => (one: Given) => ({ ...one, audience })),
    fc.constantFrom<string>(...ISSUERS, 'none').map((issuer) => (one: Given) => ({ ...one, issuer })),
  );

const inPolicy =
  (change: (policy: Json) => Json) =>
  (one: Given): Given => ({ ...one, policy: change(one.policy) });
const inRoutes = (change: (routes: Json[]) => Json[]) =>
  inPolicy((policy) => ({ ...policy, routes: change(policy.routes as Json[]) }));

/** With one member taken from another object, or without it if that has none. */
function withMemberOf(
  one: Json,
  other: Json,
  member: number,
  names = [...new Set([...Object.keys(one), ...Object.keys(other)])],
): Json {
  const name = names[member % names.length] ?? '';
  return compact({ ...one, [name]: other[name] });
}

/** Two configurations, mostly alike. */
const pairsOf = (one: fc.Arbitrary<Given>, edit: fc.Arbitrary<(one: Given) => Given>) =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .tuple(one, fc.array(edit, { minLength: 1, maxLength: 3 }))
        .map(
          ([start, edits]) =>
            [start, edits.reduce((changed, change) => change(changed), start)] as readonly [Given, Given],
        ),
    },
    { weight: 1, arbitrary: fc.tuple(one, one) },
  );

export const pairs = pairsOf(given, editsWith(route));

/** A provider whose tokens most callers have, so that what comes after authentication decides. */
const PARTNER = {
  type: 'jwks',
  issuer: ISSUERS[1],
  audience: 'orders',
  jwksUri: 'https://keys.example/two',
};

const loginRoute = fc
  .record({
    path: fc.constantFrom('/api/*', '/api/a/*', '/mcp', '/mcp/*', '/mcp/x'),
    providers: fc.constant(['partner']),
    methods: optional(['GET'], ['POST']),
    acr: optional<unknown>('mfa', ['mfa', 'otp'], 'otp'),
    maxAuthAgeSeconds: optional(60, 600),
    claims: optional<Json>({ acr: { equals: 'otp' } }),
    mode: optional('report-only'),
  })
  .map(compact);

const laterRoute = fc.oneof({ weight: 3, arbitrary: mcpRoute }, { weight: 2, arbitrary: loginRoute });

const OPEN: Json = {
  path: '/*',
  methods: ['GET', 'PUT'],
  onUnauthenticatedRequest: 'allow',
  providers: ['partner'],
};

/** Configurations with MCP routes, login requirements and resources. */
const laterGiven: fc.Arbitrary<Given> = fc
  .record({
    unmatched: mostly<string | undefined>('deny', undefined),
    resources,
    routes: fc
      .tuple(mcpRoutes, fc.array(laterRoute, { maxLength: 2 }), fc.boolean())
      .map(([mcp, others, isOpen]) => [...mcp, ...others, ...(isOpen ? [OPEN] : [])]),
  })
  .map((policy) => ({
    issuer: 'none',
    audience: 'orders',
    upstream: 'whoami',
    policy: compact({
      publicOrigins: ['https://app.example'],
      providers: { partner: PARTNER, other: PARTNER },
      ...policy,
    }),
    revocations: {},
  }));

export const laterPairs = pairsOf(
  laterGiven,
  fc.oneof(
    { weight: 2, arbitrary: editsWith(laterRoute) },
    {
      weight: 1,
      arbitrary: resources.map((list) => inPolicy((policy) => compact({ ...policy, resources: list }))),
    },
  ),
);

export interface Caller {
  readonly method: string;
  readonly path: string;
  readonly places: readonly string[];
  readonly preflight: boolean;
  readonly key: keyof typeof KEYS;
  readonly typ: string;
  readonly origin: string | undefined;
  /** Whether it accepts an event stream. */
  readonly stream: boolean;
  readonly message: Json | undefined;
  readonly claims: Json;
}

const claims = fc
  .record({
    iss: fc.constantFrom(...ISSUERS),
    aud: fc.constantFrom<unknown>('orders', 'web', 'nobody'),
    client: optional('orders', 'web'),
    sub: fc.constantFrom('me', 'you'),
    client_id: fc.constantFrom('me', 'you'),
    scope: fc.constantFrom('', 'read', 'write', 'read write'),
    roles: optional<unknown>('ops', ['ops', 'dev'], ['read', 'write'], 5),
    acr: optional<unknown>('mfa', 'otp', ['mfa']),
    auth_time: optional<unknown>(NOW, NOW - 90, NOW - 200, NOW - 700, 'x'),
    tenant: optional<unknown>('a', 'b', 'c', ['a', 'c']),
    big: optional<unknown>(2 ** 60, 'x'),
    iat: fc.constantFrom(NOW, NOW - 90, NOW - 200, NOW - 700),
    exp: fc.constantFrom(NOW + 3600, NOW + 3600, NOW - 10, NOW - 40),
  })
  .map(compact);

const call = (method: string, params?: Json): Json => ({ jsonrpc: '2.0', id: 1, method, params });
const MESSAGES = [
  call('tools/call', { name: 'drop' }),
  call('tools/call', { name: 'drop' }),
  call('tools/call', { name: 'search' }),
  call('tools/list'),
  call('ping'),
  call('resources/read', { uri: 'file:///a/b' }),
  call('resources/read', { uri: 'file:///%61/b' }),
  call('resources/read', { uri: 'FILE:///a/b' }),
  call('subscriptions/listen'),
];

export const callers: fc.Arbitrary<Caller> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE', 'HEAD', 'OPTIONS'),
  path: fc.oneof(
    fc.constantFrom(
      '/',
      '/api',
      '/api/',
      '/api/x',
      '/api/public',
      '/api/public/',
      '/api/public/x',
      '/api/a/b',
      '/api/a/b/',
      '/api/a.json',
      '/api/q/b',
      '/x',
    ),
    nearMisses(['/api/public/x', '/api/a/b', '/api/a.json', '/api/public', '/api/x'], 2),
  ),
  places: fc.constantFrom(
    [],
    ['bearer'],
    ['bearer'],
    ['x-token'],
    ['cookie'],
    ['bearer', 'x-token'],
    ['bearer', 'cookie'],
  ),
  preflight: fc.boolean(),
  key: fc.constantFrom('one' as const, 'two' as const),
  typ: fc.constantFrom('jwt', 'at+jwt', 'other'),
  origin: fc.constantFrom(undefined, 'https://app.example', 'https://other.example'),
  stream: fc.constant(false),
  message: fc.constant(undefined),
  claims,
});

/** Callers whose tokens are mostly accepted. */
export const laterCallers: fc.Arbitrary<Caller> = fc.record({
  method: fc.constantFrom('POST', 'POST', 'POST', 'GET', 'GET', 'OPTIONS'),
  path: fc.constantFrom(
    '/mcp',
    '/mcp',
    '/mcp/',
    '/mcp/x',
    '/mcp/x/',
    '/mcp/x/y',
    '/api/x',
    '/api/a/b',
    '/MCP',
    '/mcp/X/',
    '/mcp;x',
    '/mcp/;x',
    '/mcp/x;y',
    '/mcp/.json',
    '/mcp%2Fx',
    '/.well-known/oauth-protected-resource',
    '/.well-known/oauth-protected-resource/mcp',
    '/.well-known/oauth-protected-resource/a',
  ),
  places: fc.constantFrom([], ...Array.from({ length: 5 }, () => ['bearer'])),
  preflight: fc.boolean(),
  key: fc.constant('two' as const),
  typ: fc.constant('jwt'),
  origin: fc.constantFrom(undefined, undefined, 'https://app.example', 'https://other.example'),
  stream: fc.boolean(),
  message: fc.constantFrom(undefined, undefined, ...MESSAGES),
  claims: fc
    .record({
      scope: fc.constantFrom('', 'read', 'write', 'read write'),
      acr: optional<unknown>('mfa', 'otp', ['mfa']),
      auth_time: optional<unknown>(NOW, NOW - 90, NOW - 200, NOW - 700, 'x'),
    })
    .map((said) =>
      compact({ iss: ISSUERS[1], aud: 'orders', sub: 'me', iat: NOW, exp: NOW + 3600, ...said }),
    ),
});

export function requestOf({
  method,
  path,
  places,
  preflight,
  key,
  typ,
  origin,
  stream,
  message,
  claims: said,
}: Caller): HttpRequest {
  const token = mint(KEYS[key], said, { typ });
  const fields: Readonly<Record<string, readonly [string, string]>> = {
    bearer: ['authorization', `Bearer ${token}`],
    'x-token': ['x-token', token],
    cookie: ['cookie', `__Host-t=${token}`],
  };
  return {
    method,
    path,
    query: '',
    headers: [
      ...places.flatMap((place) => (fields[place] === undefined ? [] : [fields[place]])),
      ...(origin === undefined ? [] : [['origin', origin] as const]),
      ...(stream ? [['accept', 'text/event-stream'] as const] : []),
      ...(message === undefined ? [] : [['content-type', 'application/json'] as const]),
      ...(preflight ? [['access-control-request-method', 'POST'] as const] : []),
    ],
    body: message === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(message)),
  };
}

/** The key set of each URL. */
const SETS = new Map(
  Object.entries(KEYS).map(([name, { kid, publicKey }]) => [
    `https://keys.example/${name}`,
    keySetOf([{ kid, algorithms: ['ES256'], key: publicKey }]),
  ]),
);

/** The function's decision, with keys that verify signatures. */
export async function decide(config: Config, request: HttpRequest) {
  return authorizeOrRespond(request, config, {
    now: () => NOW * 1000,
    memory: createTokenMemory(),
    resolveKeys: (one: Provider, { alg, kid }) => {
      const set = hasKeySet(one) && one.keys.kind !== 'inline' ? SETS.get(locationOf(one.keys)) : undefined;
      return set === undefined
        ? { kind: 'unavailable', reason: 'none', retryAfterSeconds: 1 }
        : selectKeys(set, alg, kid);
    },
  });
}

export async function configOf(one: Given): Promise<Config | undefined> {
  const parsed = await parseConfig(valuesOf(one), '1');
  return 'config' in parsed ? parsed.config : undefined;
}
