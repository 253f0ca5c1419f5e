import fc from 'fast-check';

/** Values that are rarely right in place of another. No lists: the code reads an empty one as an object. */
const junk = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e21, '', ' ', 'x', {}, { x: 1 }),
  fc.string({ maxLength: 5 }),
);

/** Mostly valid. */
const mostly = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 12, arbitrary }, { weight: 1, arbitrary: junk });

/** An object with some of these members, and sometimes an unknown one. */
const some = (members: Record<string, fc.Arbitrary<unknown>>, required: readonly string[] = []) =>
  fc
    .record(
      Object.fromEntries(Object.entries(members).map(([name, arbitrary]) => [name, mostly(arbitrary)])),
      { requiredKeys: [...required] },
    )
    .chain((object) =>
      fc.oneof(
        { weight: 15, arbitrary: fc.constant<object>(object) },
        { weight: 1, arbitrary: fc.constant<object>({ ...object, unknown: 1 }) },
        { weight: 1, arbitrary: fc.constant<object>(without(object, required[0])) },
      ),
    );

const without = (object: object, name: string | undefined): object =>
  Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));

/** JavaScript's own names are left out: what objects inherit is known to valibot and unknown to JSON Schema. */
const dictionary = (keys: fc.Arbitrary<string>, values: fc.Arbitrary<unknown>) =>
  fc.dictionary(
    keys.filter((key) => !(key in {})),
    mostly(values),
    { maxKeys: 3 },
  );

const text = fc.oneof(fc.constantFrom('a', 'https://issuer.example', 'x'.repeat(2048), 'x'.repeat(2049)));
const list = (items: fc.Arbitrary<unknown>) => fc.array(mostly(items), { maxLength: 3 });
const scalar = fc.oneof(fc.string({ maxLength: 4 }), fc.integer(), fc.boolean());
const claimRule = some({
  equals: scalar,
  anyOf: list(scalar),
  allOf: list(scalar),
  noneOf: list(scalar),
  contains: scalar,
  exists: fc.boolean(),
});
const claims = dictionary(fc.constantFrom('tenant', '/a/b', ''), claimRule);
const common = {
  clockToleranceSeconds: fc.integer({ min: -1, max: 301 }),
  maxTokenAgeSeconds: fc.integer({ min: 0, max: 31_536_001 }),
  requiredClaims: claims,
  scopeClaim: text,
  keysUrl: text,
  ca: fc.constantFrom(
    '',
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n',
  ),
  insecureHttp: fc.boolean(),
};
const oneOf = (good: readonly string[], bad: readonly string[]) =>
  fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...good) },
    { weight: 1, arbitrary: fc.constantFrom(...bad) },
  );
const token = oneOf(['Bearer', 'x-y'], ['two words', '', 'a'.repeat(129), 'a;b']);
const place = fc.oneof(
  some({ header: token, scheme: token }, ['header']),
  some({ cookie: token }, ['cookie']),
  some({ query: oneOf(['token', 'a-b'], ['a b', '%61']), everywhere: fc.boolean() }, ['query']),
  some({ webSocketProtocol: token }, ['webSocketProtocol']),
);
const tokenFrom = fc.oneof(
  { weight: 20, arbitrary: list(place) },
  { weight: 1, arbitrary: fc.constantFrom(Array(9).fill({ cookie: 'a' }), [{ header: 'a', cookie: 'a' }]) },
);
const names = fc.constantFrom('default', 'partner', 'a-1', 'Bad', '1', '');
const provider = fc.oneof(
  some(
    {
      type: fc.constantFrom('jwks', 'alb-oidc', 'other'),
      issuer: fc.oneof(text, list(text)),
      audience: fc.oneof(text, list(text), fc.constant(null)),
      audienceClaim: text,
      jwksUri: text,
      jwks: fc.record({ keys: fc.array(fc.constant({ kty: 'RSA' }), { maxLength: 2 }) }),
      algorithms: list(fc.constantFrom('RS256', 'EdDSA', 'HS256')),
      typ: fc.oneof(text, list(text)),
      tokenFrom,
      ...without(common, 'keysUrl'),
    },
    ['type'],
  ),
  some(
    {
      type: fc.constant('spiffe'),
      trustDomain: text,
      audience: fc.oneof(text, list(text), fc.constant(null)),
      jwksUri: text,
      algorithms: list(fc.constantFrom('RS256', 'EdDSA')),
      tokenFrom,
      ...without(common, 'keysUrl'),
    },
    ['type', 'trustDomain', 'audience'],
  ),
  some({ type: fc.constant('verified-access'), instanceArn: text, ...common }, ['type', 'instanceArn']),
  some({ type: fc.constant('alb-oidc'), loadBalancerArn: text, clientId: text, ...common }, [
    'type',
    'loadBalancerArn',
    'clientId',
  ]),
);
const scopes = list(fc.constantFrom('read', 'orders:write', 'two words', '"', ''));
const choice = fc.constantFrom('deny', 'allow', 'maybe');
const mode = fc.constantFrom('enforce', 'report-only', 'off');
const acr = oneOf(['urn:example:mfa', '1'], ['two words', '', '"', 'x'.repeat(257)]);
const route = some(
  {
    path: fc.constantFrom('/', '/api/*', '/api/orders/?', 'api', '/a b', `/${'x'.repeat(128)}`),
    methods: list(fc.constantFrom('GET', 'POST', 'get', '')),
    mcp: some({
      method: oneOf(['tools/call', '*', 'a?é'], ['', 'a\nb', 'x'.repeat(257)]),
      name: oneOf(['search'], ['']),
    }),
    providers: list(names),
    onUnauthenticatedRequest: choice,
    corsPreflight: choice,
    scopes: fc.oneof(scopes, some({ all: scopes }, ['all']), some({ any: scopes }, ['any'])),
    claims,
    headers: dictionary(fc.constantFrom('x-jwt-tenant', 'X-JWT-A', 'other'), text),
    stripToken: fc.boolean(),
    upstream: fc.constantFrom('whoami', 'https://a.example', 'ftp://a.example', ''),
    stripPrefix: fc.constantFrom('/api', '', '/x'.repeat(64)),
    acr: fc.oneof(acr, list(acr)),
    maxAuthAgeSeconds: fc.constantFrom(0, 1, 1.5, 31_536_000, 31_536_001),
    mode,
  },
  ['path'],
);

const domain = oneOf(['api.example.com', '*.example.com'], ['API.example.com', 'localhost', '*.com', '']);
const basePath = oneOf(['/', '/v1', '/orders/v2'], ['/v1/', 'v1', '//', '/v 1', '']);

/** Policies, most of them with some fault. */
export const policyDocuments = some({
  $schema: fc.string(),
  mode,
  preserveHost: fc.boolean(),
  firstByteTimeoutSeconds: fc.nat(1000),
  basePaths: fc.dictionary(domain, fc.oneof(basePath, fc.array(basePath, { minLength: 1 })), { maxKeys: 2 }),
  publicOrigins: list(text),
  // Mostly valid: another member that is often wrong would leave too few valid policies.
  cors: fc.oneof(
    {
      weight: 9,
      arbitrary: fc.constantFrom<object>(
        { origins: ['*'] },
        { origins: ['a'], exposeHeaders: ['ETag', '*'] },
      ),
    },
    some(
      {
        origins: list(text),
        credentials: fc.boolean(),
        exposeHeaders: list(oneOf(['ETag'], ['two words', '', 'a'.repeat(129)])),
        maxAgeSeconds: fc.integer({ min: -1, max: 86_401 }),
      },
      ['origins'],
    ),
  ),
  unmatched: fc.constantFrom('deny', 'authenticate'),
  stripPrefix: fc.constantFrom('/api', '', '/a/b.c'),
  paths: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom<object>({}, { readings: ['decode', 'fold'] }) },
    fc.constantFrom<object>({ readings: [] }, { readings: ['sideways'] }, { reading: ['decode'] }),
  ),
  providers: dictionary(names, provider),
  routes: list(route),
  // Mostly valid, as above.
  resources: fc.oneof(
    {
      weight: 9,
      arbitrary: fc.constantFrom<object>(
        [],
        [{ resource: 'https://a.example', path: '/*', scopes: ['read'] }],
      ),
    },
    list(
      some(
        {
          resource: text,
          path: fc.constantFrom('/', '/api/*', 'api', '/a b'),
          name: text,
          documentation: text,
          authorizationServers: list(text),
          scopes,
          advertisedScopes: dictionary(fc.constantFrom('read', 'two words', ''), fc.constantFrom('a', '')),
          allowedOrigins: list(text),
        },
        ['resource', 'path'],
      ),
    ),
  ),
});

const issueTimes = fc.constantFrom(-1, 0, 1_790_000_000, 253_402_300_799, 253_402_300_800);

/** The same for revocations. */
export const revocationsDocuments = dictionary(
  fc.constantFrom('https://issuer.example', 'urn:x', '$schema'),
  some({
    jti: list(text),
    sub: list(text),
    client_id: list(text),
    issuedBefore: issueTimes,
    subIssuedBefore: dictionary(fc.oneof(text, fc.constantFrom('', '5')), issueTimes),
  }),
);
