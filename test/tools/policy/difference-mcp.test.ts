import { describe, expect, test } from '@jest/globals';
import { differenceOf } from '../../../tools/policy/difference/difference.ts';
import { differenceLines } from '../../../tools/policy/difference/render.ts';
import { plain } from '../../../tools/terminal-colors.ts';

type Json = Record<string, unknown>;

const DELETE = {
  path: '/mcp',
  mcp: { method: 'tools/call', name: 'delete_order' },
  providers: ['partner'],
  scopes: ['orders:delete'],
};
const USE = { path: '/mcp', providers: ['partner'], scopes: ['orders:use'] };

const valuesOf = (routes: readonly Json[], members: Json = {}) => ({
  issuer: 'none',
  audience: 'api',
  'jwks-uri': 'discover',
  upstream: 'whoami',
  revocations: '{}',
  policy: JSON.stringify({
    unmatched: 'deny',
    providers: { partner: { type: 'jwks', issuer: 'https://partner.example', audience: 'orders' } },
    routes,
    ...members,
  }),
});

const linesOf = async (...[before, after]: Parameters<typeof differenceOf>) =>
  differenceLines(await differenceOf(before, after), plain).filter((line) => /^[+~-] {1}| {4}/.test(line));

test('removing a scope from an MCP route opens only the messages of that route', async () => {
  const open = { ...DELETE, scopes: undefined };
  expect(await linesOf(valuesOf([DELETE, USE]), valuesOf([open, USE]))).toEqual([
    '+ tools/call delete_order at POST /mcp  with a token of partner without the scope orders:delete: let through; was 403 scope_missing (for example tools/call delete_order at POST /mcp)',
  ]);
});

test('a path that loses its last MCP route accepts event streams and bodies that are not messages', async () => {
  expect(await linesOf(valuesOf([DELETE, USE]), valuesOf([USE]))).toEqual([
    '+ a request for an event stream at GET /mcp: decided by its route; was 405 method_not_allowed',
    '+ an unclear message or none at POST /mcp  with a token of partner with the scope orders:use: let through; was 400 mcp_request_invalid (for example POST /mcp)',
    '+ tools/call delete_order at POST /mcp  with a token of partner without the scope orders:delete: let through; was 403 scope_missing (for example tools/call delete_order at POST /mcp)',
    '+ any request  with an MCP message to a path outside every resource, from any page: not rejected for its origin; was 403 origin_not_allowed',
    '+ a URI spelled differently at POST /mcp: possibly let through; was rejected',
    '- tools/call delete_order at POST /mcp  with a token of partner without the scope orders:use: 403 scope_missing; was let through (for example tools/call delete_order at POST /mcp)',
    '~ an unclear message or none at POST /mcp  with a token of partner that meets none of the requirements: 403 scope_missing; was 400 mcp_request_invalid (for example POST /mcp)',
  ]);
});

test('an MCP route behind an open one counts only for the path with a slash at the end', async () => {
  const [open, rest] = [
    { ...DELETE, onUnauthenticatedRequest: 'allow' },
    { ...USE, onUnauthenticatedRequest: 'allow' },
  ];
  const lines = await linesOf(valuesOf([open, rest, DELETE]), valuesOf([open, rest, USE]));
  expect(lines.slice(0, 6)).toEqual([
    '+ a request for an event stream at GET /mcp/: decided by its route; was 405 method_not_allowed',
    '+ POST /mcp/  to a path outside every resource, from any page: not rejected for its origin; was 403 origin_not_allowed',
    '+ these  with a token of partner with the scope orders:use: let through; was 403 route_missing (for example tools/call another-7f3a at POST /mcp/)',
    '    any other message at POST /mcp/',
    '    an unclear message or none at POST /mcp/',
    '    any method but POST /mcp/',
  ]);
});

describe('URIs spelled differently', () => {
  const lines = async (...[before, after]: Parameters<typeof linesOf>) =>
    (await linesOf(before, after)).filter((line) => line.includes('a URI spelled differently'));
  const opens = (path: string) => [
    `+ a URI spelled differently at POST ${path}: possibly let through; was rejected`,
  ];
  const closes = (path: string) => [
    `- a URI spelled differently at POST ${path}: possibly rejected; was let through`,
  ];
  const below = { path: '/mcp/*', providers: ['partner'] };
  const read = { ...below, mcp: { method: 'resources/read', name: 'file:///a/*' } };
  const drop = { ...below, mcp: { method: 'tools/call', name: 'drop' } };
  const part = { path: '/mcp/x', providers: ['partner'] };

  test.each([
    ['a route without "mcp" comes before', [drop, below], [part, drop, below]],
    ['a route without "mcp" comes between', [drop, read, below], [drop, part, read, below]],
    ['only a part of the paths keeps a route with a name', [drop, below], [{ ...drop, ...part }, below]],
  ])('may pass if %s', async (_, one, other) => {
    expect(await lines(valuesOf(one), valuesOf(other))).toEqual(opens('/mcp/*'));
    expect(await lines(valuesOf(other), valuesOf(one))).toEqual(closes('/mcp/*'));
  });

  test('may pass if routes only report', async () => {
    const routes = (mode: string) => [
      { ...read, path: '/mcp/', mode },
      { ...below, path: '/mcp/', mode },
    ];
    const [one, other] = [valuesOf(routes('enforce')), valuesOf(routes('report-only'))];
    expect(await lines(one, other)).toEqual(opens('/mcp/'));
    expect(await lines(other, one)).toEqual(closes('/mcp/'));
  });

  test('stay rejected if routes are added for other paths, for other methods, and after them', async () => {
    const added = [{ ...part, path: '/other' }, { ...part, methods: ['GET'] }, drop, read, part, below];
    expect(await lines(valuesOf([drop, read, below]), valuesOf(added))).toEqual([]);
  });
});

describe('an MCP route whose paths are also those of another', () => {
  const [wide, one] = [
    { ...DELETE, path: '/mcp*' },
    { path: '/mcp', providers: ['partner'] },
  ];
  const forGet = { path: '/*', methods: ['GET'], providers: ['partner'] };
  const spelled = async (...[before, after]: Parameters<typeof linesOf>) =>
    (await linesOf(before, after)).filter((line) => line.includes('spelled differently'));

  test('rejects spellings for the messages of the other too', async () => {
    expect(await spelled(valuesOf([wide, one]), valuesOf([wide]))).toContain(
      '+ POST /mcp  spelled differently: decided by the route that the spelling matches; was 400 path_invalid (for example POST /mcp;x)',
    );
    expect(await spelled(valuesOf([wide]), valuesOf([wide, one]))).toContain(
      '- POST /mcp  spelled differently: 400 path_invalid; was decided by the route that the spelling matches (for example POST /mcp;x)',
    );
  });

  test('leaves event streams to the routes for GET as long as it rejects a spelling', async () => {
    const posted = { ...one, methods: ['POST'] };
    const [before, after] = [valuesOf([wide, posted, forGet]), valuesOf([wide, forGet])];
    const stream = 'a request for an event stream at GET /mcp  spelled differently: possibly ';
    expect(await spelled(before, after)).toContain(
      `- ${stream}405 method_not_allowed; was decided by its route`,
    );
    expect(await spelled(after, before)).toContain(
      `+ ${stream}decided by its route; was 405 method_not_allowed`,
    );
    expect((await spelled(valuesOf([wide, posted]), valuesOf([wide]))).join()).not.toContain('stream');
  });

  test.each([
    ['a route without "mcp" for the same path', [wide, { ...one, path: '/mcp*' }]],
    ['another tool for the same path', [{ ...wide, mcp: { method: 'tools/call', name: 'new' } }, wide]],
    ['a route for another path', [wide, { ...one, path: '/other/*' }]],
  ])('distinguishes the same spellings after adding %s', async (_, routes) => {
    const rest = { ...one, path: '/*' };
    const [before, after] = [valuesOf([wide, rest]), valuesOf([...routes, rest])];
    const lines = await spelled(before, after);
    expect(lines.filter((line) => line.startsWith('+'))).toEqual([]);
    for (const line of [...lines, ...(await spelled(after, before))]) expect(line).not.toContain('stream');
  });
});

test('reports pages if MCP routes move from one path to another', async () => {
  const here = { path: '/a', mcp: { method: 'tools/call' }, providers: ['partner'] };
  const [a, b] = [
    { path: '/a', providers: ['partner'] },
    { path: '/b', providers: ['partner'] },
  ];
  const pages = { publicOrigins: ['https://app.example'] };
  const [before, after] = [valuesOf([here, a, b], pages), valuesOf([a, { ...here, path: '/b' }, b], pages)];
  expect((await linesOf(before, after)).filter((line) => line.includes(', from '))).toEqual([
    '+ POST /a  to a path outside every resource, from pages of any origin but https://app.example: not rejected for its origin; was 403 origin_not_allowed',
    '- POST /b  to a path outside every resource, from pages of any origin but https://app.example: 403 origin_not_allowed; was not rejected for its origin',
  ]);
});

test('reports messages that lost their last route as any other message', async () => {
  const lines = await linesOf(valuesOf([DELETE, USE]), valuesOf([DELETE]));
  expect(lines.slice(0, 3)).toEqual([
    '- these  with a token of partner with the scope orders:use: 403 route_missing; was let through (for example tools/call another-7f3a at POST /mcp)',
    '    any other message at POST /mcp',
    '    any method but POST /mcp',
  ]);
});

test('a message without a route passes, before and after, if the MCP routes of its path only report', async () => {
  const [one, other] = [
    { ...DELETE, mode: 'report-only' },
    { ...USE, mode: 'report-only' },
  ];
  const lines = await linesOf(valuesOf([one]), valuesOf([one, { ...other, methods: ['POST'] }]));
  expect(lines.filter((line) => /^[+-]/.test(line))).toEqual([]);
});

test('quotes a name with spaces', async () => {
  const named = (scopes?: string[]) => ({ ...DELETE, scopes, mcp: { name: 'drop all at POST /' } });
  const [line] = await linesOf(valuesOf([named(['a']), USE]), valuesOf([named(), USE]));
  expect(line).toMatch(
    /^\+ \* "drop all at POST \/" at POST \/mcp {2}with a token of partner without the scope a: /,
  );
});

test('describes a login by its strength and age', async () => {
  const route = (members: Json) => valuesOf([{ path: '/api/*', providers: ['partner'], ...members }]);
  expect(
    await linesOf(route({ acr: ['mfa', 'otp'], maxAuthAgeSeconds: 300 }), route({ acr: 'mfa' })),
  ).toEqual([
    '+ any method /api/*  with a token of partner whose login is more than 300 s old, or without the claim auth_time: let through; was 401 authentication_insufficient (for example GET /api/x)',
    '- any method /api/*  with a token of partner whose acr is "otp": 401 authentication_insufficient; was let through (for example GET /api/x)',
  ]);
});

const RESOURCE = { resource: 'https://api.example/mcp', path: '/mcp', scopes: ['orders:use'] };
const withResources = (...resources: Json[]) => valuesOf([USE], { resources });

test('reports the pages of a resource once, not again for its MCP messages', async () => {
  const having = (origin: string) =>
    valuesOf([DELETE, USE], { resources: [RESOURCE], publicOrigins: [origin] });
  const lines = await linesOf(having('https://app.example'), having('https://other.example'));
  expect(lines.filter((line) => line.includes('any method /mcp')).map((line) => line.split(':')[0])).toEqual([
    '+ any method /mcp  from pages of https',
    '- any method /mcp  from pages of https',
  ]);
});

test('reports pages for any request, though a report-only route lets them through too', async () => {
  const mcp = { path: '/mcp/x', mcp: { method: 'tools/call' }, providers: ['partner'] };
  const report = { path: '/mcp/*', providers: ['partner'], mode: 'report-only' };
  expect(await linesOf(valuesOf([mcp]), valuesOf([report]))).toContain(
    '+ any request  with an MCP message to a path outside every resource, from any page: not rejected for its origin; was 403 origin_not_allowed',
  );
});

test('reports the pages that a dry run lets through', async () => {
  const having = (mode: string) =>
    valuesOf(
      [DELETE, { ...USE, methods: ['POST'] }].map((route) => ({ ...route, mode })),
      {
        resources: [RESOURCE],
        publicOrigins: ['https://app.example'],
      },
    );
  const [one, other] = [having('enforce'), having('report-only')];
  const pages = 'a path of the resource /mcp, from pages of any origin but https://app.example';
  const [passes, rejected] = ['not rejected for its origin', '403 origin_not_allowed'];
  for (const request of ['any other message at POST /mcp  to', 'these  with an MCP message to']) {
    expect(await linesOf(one, other)).toContain(`+ ${request} ${pages}: ${passes}; was ${rejected}`);
    expect(await linesOf(other, one)).toContain(`- ${request} ${pages}: ${rejected}; was ${passes}`);
  }
});

test('describes a new resource by its documents, its challenges and the pages that may call', async () => {
  const after = withResources({ ...RESOURCE, allowedOrigins: ['https://app.example'] });
  expect(await linesOf(valuesOf([USE]), after)).toEqual([
    '+ these: served protected resource metadata; was decided by its route',
    '    GET /.well-known/oauth-protected-resource',
    '    GET /.well-known/oauth-protected-resource/mcp',
    '+ these  that is a CORS preflight: served protected resource metadata; was decided by its route',
    '    OPTIONS /.well-known/oauth-protected-resource',
    '    OPTIONS /.well-known/oauth-protected-resource/mcp',
    '- any method /mcp  from pages of any origin but https://app.example: 403 origin_not_allowed; was not rejected for its origin',
    '- these  spelled differently: possibly 400 path_invalid; was decided by the route that the spelling matches',
    '    any method /mcp',
    '    any method /.well-known/oauth-protected-resource/mcp',
    '    any method /.well-known/oauth-protected-resource',
    '~ any method /mcp  that is rejected because of its token: challenged with resource_metadata="https://api.example/.well-known/oauth-protected-resource/mcp"; was challenged without resource_metadata and the scopes to ask for',
  ]);
});

test('a document that replaces an open route rejects all methods but GET', async () => {
  const open = { path: '/*', onUnauthenticatedRequest: 'allow', providers: ['partner'] };
  const lines = await linesOf(valuesOf([open]), valuesOf([open], { resources: [RESOURCE] }));
  expect(lines).toContain('- these: 405 method_not_allowed; was decided by its route');
  expect(lines).toContain(
    '+ these  with a token that its route does not accept: served protected resource metadata; was decided by its route',
  );
});

test('a document that replaces an open route is served to pages and for event streams that the route rejects', async () => {
  const open = { path: '/*', onUnauthenticatedRequest: 'allow', providers: ['partner'] };
  const limited = { ...RESOURCE, path: '/*', allowedOrigins: ['https://app.example'] };
  const routes = [
    { ...open, mcp: { method: 'tools/call' } },
    { ...open, methods: ['GET'] },
  ];
  const [one, other] = [limited, { ...limited, resource: 'https://api.example/a' }].map((resource) =>
    valuesOf(routes, { resources: [resource] }),
  ) as [ReturnType<typeof valuesOf>, ReturnType<typeof valuesOf>];
  const path = '/.well-known/oauth-protected-resource/a';
  for (const caller of ['from a page that its resource does not allow', 'for an event stream']) {
    const [served, routed] = ['served protected resource metadata', 'decided by its route'];
    expect(await linesOf(one, other)).toContain(`+ GET ${path}  ${caller}: ${served}; was ${routed}`);
    expect(await linesOf(other, one)).toContain(`- GET ${path}  ${caller}: ${routed}; was ${served}`);
  }
});

test('reports every changed member of a resource', async () => {
  const after = { ...RESOURCE, name: 'Orders', advertisedScopes: { 'orders:use': 'api://use' } };
  expect(await linesOf(withResources(RESOURCE), withResources(after))).toEqual([
    '~ any method /mcp  that is rejected because of its token: told to ask for the scope api://use where the route asks for orders:use; was told to ask for the scope orders:use where the route asks for orders:use',
    '~ these: served with resource_name "Orders"; was served without resource_name',
    '    GET /.well-known/oauth-protected-resource',
    '    GET /.well-known/oauth-protected-resource/mcp',
    '~ these: served with scopes_supported ["api://use"]; was served with scopes_supported ["orders:use"]',
    '    GET /.well-known/oauth-protected-resource',
    '    GET /.well-known/oauth-protected-resource/mcp',
  ]);
});

test('does not report what follows from the providers of its routes as a change of a resource', async () => {
  const partner = { type: 'jwks', issuer: 'https://other.example', audience: 'orders' };
  const after = valuesOf([USE], { resources: [RESOURCE], providers: { partner } });
  expect(await differenceOf(withResources(RESOURCE), after)).toMatchObject({
    kind: 'compared',
    fields: ['providers.partner.issuer'],
  });
});

test('writing out the default authorization servers changes nothing', async () => {
  const written = {
    ...RESOURCE,
    authorizationServers: ['https://partner.example'],
    advertisedScopes: { a: 'a' },
  };
  expect(await differenceOf(withResources(RESOURCE), withResources(written))).toMatchObject({ fields: [] });
});
