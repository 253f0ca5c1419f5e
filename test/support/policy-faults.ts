/** A valid configuration that uses every feature, and single faults to put into it. */

type Json = Record<string, unknown>;

/** The configuration to break: policy and revocations parsed, the other parameters as text. */
export interface Breakable {
  readonly policy: Json;
  readonly revocations: Json;
  readonly parameters: Record<string, string>;
}

export interface InjectedFault {
  /** Parameter and place where the parser must report a problem, and nowhere else. */
  readonly place: string;
  /** What it changes; no two faults of a configuration may change the same. */
  readonly slots: readonly string[];
  /** The part that is no longer judged, or that is judged to be wrong. */
  readonly part: string;
  /** `loose`: the part is still judged. `judged`: shows only if the part is judged. `broken`: hides what is judged in it. */
  readonly kind: 'loose' | 'judged' | 'broken';
  /** Parts that must be intact for it to show. */
  readonly uses: readonly string[];
  readonly inject: (target: Breakable) => void;
}

const ISSUER = 'https://issuer.example';
export const REVOKED = 'https://idp.partner.example';

export const soundConfiguration = (): Breakable => ({
  policy: {
    // Mode, methods, readings and prefix depend on each other: without one of them, the others would be a problem.
    mode: 'report-only',
    unmatched: 'deny',
    stripPrefix: '/api',
    paths: { readings: ['decode', 'fold'] },
    publicOrigins: ['https://app.example.com'],
    cors: { origins: ['https://app.example.com'], maxAgeSeconds: 60 },
    problemTypes: 'https://docs.example.com/errors#',
    basePaths: { 'api.example.com': '/v1' },
    firstByteTimeoutSeconds: 20,
    providers: {
      default: { type: 'jwks', algorithms: ['RS256'], insecureHttp: true },
      partner: {
        type: 'jwks',
        issuer: REVOKED,
        audience: ['orders'],
        jwksUri: `${REVOKED}/jwks`,
        maxTokenAgeSeconds: 3600,
        requiredClaims: { tenant: { exists: true } },
      },
      web: { type: 'jwks', issuer: REVOKED, audience: 'web', tokenFrom: [{ cookie: '__Host-a' }] },
      mesh: { type: 'spiffe', trustDomain: 'example.org', audience: 'api', jwksUri: 'https://mesh.example' },
      staff: {
        type: 'verified-access',
        instanceArn: 'arn:aws:ec2:eu-west-1:111122223333:verified-access-instance/vai-1',
      },
      login: {
        type: 'alb-oidc',
        loadBalancerArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/1',
        clientId: 'web',
      },
    },
    routes: [
      { path: '/api/open/*', providers: ['partner', 'web'] },
      { path: '/api/open', mode: 'enforce', headers: { 'x-jwt-tenant': 'tenant' } },
      { path: '/api/methods/*', mode: 'enforce', methods: ['GET'], scopes: ['a:read'] },
      { path: '/api/methods/*', mode: 'enforce', scopes: { any: ['a:write'] }, upstream: 'whoami' },
      { path: '/api/a+b/*', mode: 'enforce', providers: ['staff', 'login'] },
      { path: '/api/claims/*', providers: ['mesh'], claims: { tenant: { anyOf: ['a', 'b'] } } },
      { path: '/api/last/*', mode: 'enforce', onUnauthenticatedRequest: 'deny' },
      { path: '/api/mcp', mode: 'enforce', mcp: { method: 'tools/call', name: 'search' } },
      { path: '/api/mcp', mode: 'enforce', mcp: { method: 'tools/list' } },
    ],
    resources: [
      {
        resource: 'https://api.example.com/api',
        path: '/api/*',
        name: 'API',
        authorizationServers: ['https://idp.example'],
        scopes: ['a:read'],
        allowedOrigins: ['https://app.example.com'],
      },
      { resource: 'https://api.example.com/rest', path: '/*', name: 'Rest' },
    ],
  },
  revocations: {
    [REVOKED]: { jti: ['1'], issuedBefore: 1_790_000_000, subIssuedBefore: { jane: 1 } },
    [ISSUER]: { sub: ['x'] },
  },
  parameters: {
    issuer: ISSUER,
    audience: 'api.example.com',
    // Only a refinement of the default provider allows it.
    'jwks-uri': 'http://10.0.0.1/jwks',
    upstream: 'https://upstream.example',
  },
});

type Path = readonly (string | number)[];
type Kind = InjectedFault['kind'];

const at = (root: Json, path: Path): Json =>
  path.reduce<unknown>((value, key) => (value as Json)[key], root) as Json;

const partOf = (path: Path): string =>
  path.slice(0, ['routes', 'resources', 'providers'].includes(String(path[0])) ? 2 : 1).join('.');

/** Marks a second member of the same name until the document becomes text. */
const TWICE = 'twice:';

/** The text of a document with duplicate members. */
export const textOf = (document: Json): string => JSON.stringify(document).replaceAll(`"${TWICE}`, '"');

function faultAt(path: Path, kind: Kind, inject: (parent: Json, name: string) => void, uses: string[] = []) {
  const place = path.join('.');
  return {
    place: `policy ${place}`,
    slots: [place],
    part: partOf(path),
    kind,
    uses,
    inject: ({ policy }: Breakable) => inject(at(policy, path.slice(0, -1)), String(path.at(-1))),
  } satisfies InjectedFault;
}

const set = (path: Path, value: unknown, kind: Kind, ...uses: string[]) =>
  faultAt(path, kind, (parent, name) => void Object.assign(parent, { [name]: value }), uses);
const unknown = (...path: Path) => set(path, { any: ['thing'] }, 'loose');
const missing = (...path: Path) =>
  faultAt(path, 'broken', (parent, name) => {
    delete parent[name];
  });
const twice = (...path: Path) =>
  faultAt(path, 'broken', (parent, name) => void Object.assign(parent, { [TWICE + name]: parent[name] }));
/** A member under a misspelt name, reported at that name. */
function misspelt(path: Path, name: string): InjectedFault {
  const renamed = faultAt(path, 'broken', (parent, right) => {
    parent[name] = parent[right];
    delete parent[right];
  });
  return { ...renamed, place: `policy ${[...path.slice(0, -1), name].join('.')}` };
}
/** A fault reported one level up, because it belongs to no single alternative of the value there. */
const reportedAbove = (fault: InjectedFault): InjectedFault => ({
  ...fault,
  place: fault.place.replace(/\.[^.]*$/, ''),
});

const parameter = (name: string, value: string): InjectedFault => ({
  place: name,
  slots: [name],
  part: name,
  kind: 'broken',
  uses: [],
  inject: ({ parameters }) => void Object.assign(parameters, { [name]: value }),
});

const revocation = (name: string, place: string, inject: (entry: Json) => void): InjectedFault => ({
  place: `revocations ${REVOKED}.${place}`,
  slots: [`revocations.${name}`],
  part: `revocations.${name}`,
  kind: 'broken',
  uses: [],
  inject: ({ revocations }) => inject(revocations[REVOKED] as Json),
});

const ROUTES = [0, 1, 2, 3, 4, 5, 6];

export const FAULTS: readonly InjectedFault[] = [
  // Unknown members, on every level.
  unknown('a'),
  unknown('b'),
  unknown('toString'),
  unknown('cors', 'zz'),
  unknown('paths', 'zz'),
  unknown('resources', 0, 'zz'),
  unknown('resources', 1, 'zz'),
  ...['default', 'partner', 'web', 'mesh', 'staff', 'login'].flatMap((name) => [
    unknown('providers', name, 'zz'),
    unknown('providers', name, 'qq'),
  ]),
  ...ROUTES.flatMap((index) => [unknown('routes', index, 'zz'), unknown('routes', index, 'qq')]),
  unknown('providers', 'partner', 'requiredClaims', 'tenant', 'zz'),
  unknown('providers', 'web', 'tokenFrom', 0, 'zz'),
  unknown('routes', 5, 'claims', 'tenant', 'zz'),
  unknown('routes', 7, 'mcp', 'zz'),
  unknown('routes', 3, 'scopes', 'zz'),
  // Misspelt members.
  misspelt(['mode'], 'mod'),
  misspelt(['unmatched'], 'unmatch'),
  misspelt(['paths'], 'path'),
  misspelt(['publicOrigins'], 'publicOrigin'),
  misspelt(['cors', 'origins'], 'origin'),
  misspelt(['paths', 'readings'], 'reading'),
  misspelt(['providers', 'default', 'insecureHttp'], 'insecureHtp'),
  misspelt(['providers', 'partner', 'issuer'], 'isuer'),
  misspelt(['providers', 'staff', 'instanceArn'], 'instanceARM'),
  misspelt(['resources', 0, 'allowedOrigins'], 'allowedOrigin'),
  misspelt(['routes', 2, 'methods'], 'metods'),
  misspelt(['routes', 0, 'path'], 'paht'),
  misspelt(['routes', 7, 'mcp', 'name'], 'nam'),
  misspelt(['routes', 5, 'claims', 'tenant', 'anyOf'], 'anyOff'),
  // Values of a wrong type, or beyond a limit.
  set(['mode'], 'audit', 'broken'),
  set(['mode'], 1, 'broken'),
  set(['unmatched'], false, 'broken'),
  set(['stripPrefix'], 'api', 'broken'),
  set(['paths'], ['fold'], 'broken'),
  set(['cors'], [], 'broken'),
  set(['cors', 'maxAgeSeconds'], -1, 'broken'),
  set(['firstByteTimeoutSeconds'], 1.5, 'broken'),
  set(['problemTypes'], 'docs', 'broken'),
  set(['basePaths', 'api.example.com'], 7, 'broken'),
  set(['upstreamCa'], 'x', 'broken'),
  set(['resources', 0, 'scopes'], 'a:read', 'broken'),
  set(['resources', 0, 'name'], '', 'broken'),
  set(['resources', 1, 'name'], 7, 'broken'),
  set(['providers', 'default', 'algorithms'], 'RS256', 'broken'),
  set(['providers', 'default', 'insecureHttp'], 'yes', 'broken'),
  set(['providers', 'partner', 'audience'], 7, 'broken'),
  set(['providers', 'partner', 'maxTokenAgeSeconds'], 0, 'broken'),
  set(['providers', 'partner', 'requiredClaims', 'tenant'], 'a', 'broken'),
  set(['providers', 'mesh', 'trustDomain'], '', 'broken'),
  set(['providers', 'login', 'clientId'], null, 'broken'),
  set(['routes', 1, 'headers', 'x-jwt-tenant'], 1, 'broken'),
  set(['routes', 2, 'methods'], 'GET', 'broken'),
  set(['routes', 2, 'methods', 0], 'get', 'broken'),
  set(['routes', 2, 'scopes', 0], 'a b', 'broken'),
  set(['routes', 4, 'providers'], 'staff', 'broken'),
  set(['routes', 5, 'claims'], [], 'broken'),
  set(['routes', 6, 'onUnauthenticatedRequest'], true, 'broken'),
  set(['routes', 3, 'scopes', 'any'], 'a', 'broken'),
  set(['routes', 7, 'mcp'], {}, 'broken'),
  set(['routes', 8, 'mcp', 'method'], '', 'broken'),
  // Missing and duplicate members.
  missing('providers', 'mesh', 'audience'),
  missing('providers', 'staff', 'instanceArn'),
  missing('cors', 'origins'),
  missing('resources', 0, 'path'),
  twice('resources', 0, 'resource'),
  missing('resources', 1, 'resource'),
  ...ROUTES.map((index) => missing('routes', index, 'path')),
  ...ROUTES.map((index) => twice('routes', index, 'path')),
  twice('mode'),
  twice('unmatched'),
  twice('providers', 'partner'),
  twice('providers', 'default', 'insecureHttp'),
  twice('routes', 5, 'claims', 'tenant'),
  // Faults that show only if the part is judged.
  set(['providers', 'partner', 'issuer'], 'https://a b.example', 'judged'),
  set(['providers', 'partner', 'jwksUri'], 'ftp://idp.example', 'judged'),
  set(['providers', 'web', 'issuer'], 'https://idp.invalid', 'judged'),
  set(['providers', 'web', 'issuer'], 'not an issuer', 'judged'),
  set(['providers', 'mesh', 'trustDomain'], 'spiffe://example.org', 'judged'),
  set(['providers', 'staff', 'instanceArn'], 'arn:aws:ec2', 'judged'),
  set(['providers', 'login', 'keysUrl'], 'http://keys.example', 'judged'),
  set(['providers', 'default', 'audience'], 'a', 'judged'),
  set(['publicOrigins', 0], '*', 'judged'),
  set(['resources', 0, 'resource'], 'http://api.example.com', 'judged'),
  set(['resources', 0, 'path'], '/api/../x', 'judged'),
  set(['resources', 1, 'resource'], 'https://api.example.com/rest#', 'judged'),
  set(['resources', 1, 'documentation'], 'ftp://docs.example', 'judged'),
  set(['resources', 0, 'allowedOrigins', 0], 'null', 'judged'),
  set(['resources', 0, 'authorizationServers', 0], 'https://idp.example#', 'judged'),
  set(['cors', 'origins', 0], 'null', 'judged'),
  ...ROUTES.flatMap((index) => [
    set(['routes', index, 'path'], '/api/../x', 'judged'),
    set(['routes', index, 'providers'], ['nobody'], 'judged'),
    set(['routes', index, 'upstream'], 'ftp://upstream.example', 'judged'),
    set(['routes', index, 'corsPreflight'], 'allow', 'judged', 'cors'),
    set(['routes', index, 'headers'], { 'x-jwt-scope': 'a' }, 'judged'),
  ]).map((fault) =>
    /headers$/.test(fault.place) ? { ...fault, place: `${fault.place}.x-jwt-scope` } : fault,
  ),
  set(['routes', 7, 'methods'], ['GET'], 'judged'),
  set(['routes', 8, 'mcp', 'method'], 'subscriptions/listen', 'judged'),
  // A route that requires another identity, though an earlier route decides some of its messages.
  reportedAbove(set(['routes', 8, 'providers'], ['partner'], 'judged', 'routes.7')),
  // A route hidden by an earlier one.
  {
    ...reportedAbove(set(['routes', 6, 'path'], '/api/methods/x', 'judged', 'routes.3', 'mode')),
    slots: ['routes.6.path'],
  },
  parameter('issuer', 'https://issuer.invalid'),
  parameter('issuer', ''),
  parameter('audience', 'a,'),
  parameter('jwks-uri', 'ftp://issuer.example'),
  parameter('upstream', 'upstream.example'),
  revocation('zz', 'zz', (entry) => void Object.assign(entry, { zz: 1 })),
  revocation('jti', 'jti', (entry) => void Object.assign(entry, { jti: '1' })),
  revocation('issuedBefore', 'issuedBefore', (entry) => void Object.assign(entry, { issuedBefore: -1 })),
  revocation('jane', 'subIssuedBefore.jane', (entry) => {
    entry.subIssuedBefore = { jane: 1, [`${TWICE}jane`]: 2 };
  }),
];

/** Selects faults, in order, that one configuration can contain with each still reported. */
export function independent(faults: readonly InjectedFault[]): InjectedFault[] {
  const chosen: InjectedFault[] = [];
  for (const fault of faults) if (chosen.every((other) => !interfere(fault, other))) chosen.push(fault);
  return chosen;
}

function interfere(a: InjectedFault, b: InjectedFault): boolean {
  const sameSlot = a.slots.some((one) =>
    b.slots.some((other) => isWithin(one, other) || isWithin(other, one)),
  );
  const used = a.uses.includes(b.part) || b.uses.includes(a.part);
  const hides =
    a.part === b.part && [a.kind, b.kind].includes('judged') && a.kind !== 'loose' && b.kind !== 'loose';
  return sameSlot || used || hides || (a.part === b.part && spansItself(a, b));
}

/** A part that is judged together with others must be intact itself. */
const spansItself = (a: InjectedFault, b: InjectedFault): boolean => a.uses.length > 0 || b.uses.length > 0;

const isWithin = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(`${outer}.`);
