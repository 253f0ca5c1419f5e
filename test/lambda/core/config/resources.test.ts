import { describe, expect, test } from '@jest/globals';
import { parseAccess } from '../../../../lambda/core/config/parse.ts';
import { besideOthers, problemsOf } from '../../../support/paths.ts';

const MCP = { resource: 'https://api.example.com/mcp', path: '/mcp/*' };
const OTHER = { resource: 'https://api.example.com/other', path: '/other/*' };
const ROUTES = [{ path: '/*' }];

const problemsWith = (resource: object, policy: object = {}) =>
  problemsOf({ routes: ROUTES, ...policy, resources: [{ ...MCP, ...resource }] });

describe('"resource" of a resource', () => {
  test.each([
    ['https://api.example.com'],
    ['https://api.example.com/'],
    ['https://api.example.com/mcp/'],
    ['https://api.example.com:8443/a/b.c/d%20e'],
    ['http://localhost:8080/mcp'],
    ['http://127.0.0.1/mcp'],
    ['http://[::1]:8080/mcp'],
  ])('may be %s', async (resource) => expect(await problemsWith({ resource })).toEqual([]));

  test.each([
    ['api.example.com/mcp', 'must be a URL such as https://api.example.com/mcp'],
    ['urn:example:mcp', 'must be a URL such as https://api.example.com/mcp'],
    ['http://api.example.com/mcp', 'must be https (http is for loopback only)'],
    ['https://api.example.com/mcp#x', 'must not have a fragment'],
    ['https://api.example.com/mcp#', 'must not have a fragment'],
    ['https://api.example.com/mcp?a=b', 'must not have a query: only the path identifies a document'],
    ['https://api.example.com/mcp?', 'must not have a query: only the path identifies a document'],
    ['https://me:secret@api.example.com/mcp', 'must not contain credentials'],
    ['https://*.example.com/mcp/*', 'must be one URL, without wildcards'],
    ['https://API.example.com/mcp', 'must be https://api.example.com/mcp, as clients write it'],
    ['https://api.example.com:443/mcp', 'must be https://api.example.com/mcp, as clients write it'],
    ['https://api.example.com/a/../mcp', 'must be https://api.example.com/mcp, as clients write it'],
    ['https://api.example.com/a b', 'must be https://api.example.com/a%20b, as clients write it'],
  ])('must not be %s', async (resource, problem) =>
    expect(await problemsWith({ resource })).toEqual([`resources.0.resource: ${problem}`]),
  );

  test('must have a path that requests for its document can have', async () => {
    expect(await problemsWith({ resource: 'https://api.example.com/a;b' })).toEqual([
      'resources.0.resource: the path of its document contains a character that some servers read differently ("params"), so every path it matches is rejected: choose another URL, or leave "params" out of paths.readings if nothing behind the function does it',
    ]);
    expect(await problemsWith({ resource: 'https://api.example.com//mcp' })).toEqual([
      expect.stringMatching(/^resources\.0\.resource: the path of its document /),
    ]);
  });
});

test('other members have problems of their own, reported at their places', async () => {
  expect(
    await problemsWith({
      documentation: 'docs.example.com',
      authorizationServers: [
        'https://ok.example',
        'http://idp.example',
        'https://idp.example?x',
        'https://i.example#',
      ],
      allowedOrigins: ['https://app.example.com', 'https://app.example.com/', 'null'],
    }),
  ).toEqual([
    'resources.0.documentation: must be a URL such as https://api.example.com/mcp',
    'resources.0.authorizationServers.1: must be https (http is for loopback only)',
    'resources.0.authorizationServers.2: must not have a query',
    'resources.0.authorizationServers.3: must not have a fragment',
    'resources.0.allowedOrigins.1: must be https://app.example.com, as browsers send it',
    'resources.0.allowedOrigins.2: cannot be "null": anybody can make a page with that origin',
  ]);
  expect(await problemsWith({ allowedOrigins: ['*', 'https://app.example.com'] })).toEqual([
    'resources.0.allowedOrigins: "*" means all origins; list it alone, or leave it out',
  ]);
  expect(await problemsWith({ scopes: ['a b'], advertisedScopes: { 'a"': 'b', c: '' } })).toHaveLength(3);
});

test.each([
  'https://a.example\n',
  ' https://a.example',
  'https://a.exa\tmple',
  'https:\\\\a.example',
  'https://a.example/\u0085',
])('%j is not a URL, although parsers turn it into one', async (text) => {
  const problem = 'must not have white space, control characters or backslashes';
  expect(await problemsWith({ documentation: text, authorizationServers: [text] })).toEqual([
    `resources.0.documentation: ${problem}`,
    `resources.0.authorizationServers.0: ${problem}`,
  ]);
  expect(await problemsWith({ resource: text })).toEqual([
    expect.stringMatching(/^resources\.0\.resource: must be https:.*, as clients write it$/),
  ]);
});

describe('a resource whose path no route covers', () => {
  const missing =
    'resources.0.path: no route has a path in common with it, so nobody can call it: correct it, or add a route';
  test.each([
    [{ routes: [{ path: '/api/*' }] }, missing],
    [{ routes: [{ path: '/api/*' }], unmatched: 'deny' }, missing],
    [{ routes: [], unmatched: 'deny' }, missing],
    [{ routes: [] }, undefined],
    [{ routes: [{ path: '/mcp' }] }, undefined],
    [{ routes: [{ path: '/mcp', onUnauthenticatedRequest: 'allow' }] }, undefined],
    [{ routes: [{ path: '/*/tools' }] }, undefined],
    [{ routes: [{ path: '/mc' }] }, missing],
  ])('under %j', async (policy, problem) =>
    expect(await problemsWith({}, policy)).toEqual(problem === undefined ? [] : [problem]),
  );

  test('is not looked for if a route is unknown', async () => {
    expect(await problemsWith({}, { routes: [{ path: 1 }] })).toEqual([
      expect.stringMatching(/^routes\.0\.path/),
    ]);
    expect(await problemsWith({}, { routes: [{ path: '/api/../x' }] })).toHaveLength(1);
    expect(await problemsWith({}, { unmatched: 'dny', routes: [] })).toHaveLength(1);
  });
});

describe('two resources', () => {
  const problems = (...resources: object[]) => problemsOf({ routes: ROUTES, resources });

  test("must not have the same path, and the first must not cover the second's paths", async () => {
    const hidden = (path: string) =>
      `resources.1.path: no request reaches it: resources.0 (${path}) comes first and covers all its paths: put this one first, or give each paths of its own`;
    expect(await problems(MCP, { ...OTHER, path: '/mcp/*' })).toEqual([hidden('/mcp/*')]);
    expect(await problems(MCP, { ...OTHER, path: '/mcp' })).toEqual([hidden('/mcp/*')]);
    expect(await problems(MCP, { ...OTHER, path: '/MCP/a' })).toEqual([hidden('/mcp/*')]);
    expect(await problems({ ...MCP, path: '/*' }, OTHER)).toEqual([hidden('/*')]);
    expect(await problems(OTHER, { ...MCP, path: '/*' })).toEqual([]);
    // A path without the escape belongs to the second.
    expect(await problems({ ...MCP, path: '/a?*' }, { ...OTHER, path: '/a%2F' })).toEqual([]);
  });

  test('must not have their documents at one address, whatever their hosts are', async () => {
    expect(await problems(MCP, { ...OTHER, resource: 'https://other.example.com/mcp' })).toEqual([
      'resources.1.resource: its document would be at /.well-known/oauth-protected-resource/mcp, where the document of resources.0 already is: give each resource a path of its own',
    ]);
    expect(await problems(MCP, { ...OTHER, resource: 'https://other.example.com/MCP' })).toHaveLength(1);
    expect(
      await problems({ ...MCP, resource: 'https://a.example' }, { ...OTHER, resource: 'https://b.example/' }),
    ).toHaveLength(1);
  });
});

test('no request can reach a route for the address of a document', async () => {
  const path = '/.well-known/oauth-protected-resource/mcp';
  expect(
    await problemsWith({}, { routes: [{ path, onUnauthenticatedRequest: 'allow' }, ...ROUTES] }),
  ).toEqual([
    `routes.0: no request can reach it: resources.0 (${path}) comes first and matches everything it does, ignoring case and escapes; remove it`,
  ]);
  expect(
    await problemsWith(
      {},
      { routes: [{ path: '/.well-known/*', onUnauthenticatedRequest: 'allow' }, ...ROUTES] },
    ),
  ).toEqual([]);
});

describe('an authorizer whose responses are cached', () => {
  const problems = async (policy: object, cached = true) => {
    const parsed = await parseAccess(besideOthers(policy), { egress: true, cached, bodies: true });
    return 'problems' in parsed ? parsed.problems.map(({ message }) => message) : [];
  };

  test('cannot hold logins to an age, or pages to their origins', async () => {
    const policy = {
      publicOrigins: ['https://app.example.com'],
      routes: [{ path: '/*', maxAuthAgeSeconds: 60 }],
      resources: [MCP],
    };
    expect(await problems(policy)).toEqual([
      "routes.0.maxAuthAgeSeconds: the API may cache this authorizer's responses, and let a login through that has since become too old: turn caching off and deploy with authorizerCache=false",
      'resources.0.allowedOrigins: the API may cache this authorizer\'s responses by Authorization, and give one page the response for another: turn caching off and deploy with authorizerCache=false, or set this to ["*"]',
    ]);
    expect(await problems(policy, false)).toEqual([]);
  });

  test('can hold them to a level, and have resources for pages of any origin', async () => {
    const resources = [{ ...MCP, allowedOrigins: ['*'] }];
    expect(
      await problems({
        publicOrigins: ['https://a.example'],
        routes: [{ path: '/*', acr: 'mfa' }],
        resources,
      }),
    ).toEqual([]);
  });
});

test('problems with acr and maxAuthAgeSeconds say what is allowed', async () => {
  const onRoute = (route: object) => problemsOf({ routes: [{ path: '/*', ...route }] });
  for (const route of [
    { acr: 'a b' },
    { acr: [] },
    { acr: ['"'] },
    { acr: '' },
    { acr: 5 },
    { maxAuthAgeSeconds: 0 },
    { maxAuthAgeSeconds: 1.5 },
  ]) {
    expect([route, await onRoute(route)]).toEqual([
      route,
      [expect.stringMatching(/^routes\.0\.(?:acr|maxAuth\w*)/)],
    ]);
  }
});
