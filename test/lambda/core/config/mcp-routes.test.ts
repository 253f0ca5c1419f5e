import { describe, expect, test } from '@jest/globals';
import { parseAccess } from '../../../../lambda/core/config/parse.ts';
import { problemsOf } from '../../../support/paths.ts';
import { AUDIENCE, ISSUER } from '../../../support/tokens.ts';

const call = (name?: string) => ({ method: 'tools/call', ...(name !== undefined && { name }) });
const partner = { type: 'jwks', issuer: 'https://p.example', audience: 'a', jwksUri: 'https://p.example/j' };

describe('the shape of "mcp"', () => {
  test.each([
    [{}, 'mcp: must have method or name'],
    [[], 'mcp: must be an object, not a list'],
    ['tools/call', 'mcp: must be an object, such as'],
    [{ methods: 'tools/call' }, 'mcp.methods: is not a known field; did you mean "method"?'],
    [{ method: '' }, 'mcp.method: must be a string without control characters'],
    [{ method: ['tools/call'] }, 'mcp.method: must be a string without control characters'],
    [{ name: 'a\nb' }, 'mcp.name: must be a string without control characters'],
    [{ name: 'x'.repeat(257) }, 'mcp.name: must have at most 256 characters'],
  ])('%j: %s', async (mcp, problem) => {
    expect(await problemsOf({ routes: [{ path: '/mcp', mcp }] })).toContainEqual(
      expect.stringContaining(`routes.0.${problem}`),
    );
  });

  test.each([call(), call('*'), { name: 'a?c' }, { method: '*' }, { name: 'file:///straße/*' }])(
    '%j is valid',
    async (mcp) => {
      expect(await problemsOf({ routes: [{ path: '/mcp', mcp }] })).toEqual([]);
    },
  );
});

describe('a route with "mcp"', () => {
  test.each([
    [{ methods: ['GET'] }, 'routes.0.methods: has GET'],
    [{ methods: ['POST', 'DELETE'] }, 'routes.0.methods: has DELETE'],
    [{ corsPreflight: 'allow' }, 'routes.0.corsPreflight: '],
    [
      { mcp: { method: 'subscriptions/listen' } },
      'routes.0.mcp.method: subscriptions/listen asks for a stream',
    ],
  ])('cannot have %j', async (members, problem) => {
    expect(await problemsOf({ routes: [{ path: '/mcp', mcp: call(), ...members }] })).toEqual([
      expect.stringContaining(problem),
    ]);
  });

  test('may list POST', async () => {
    expect(await problemsOf({ routes: [{ path: '/mcp', mcp: call(), methods: ['POST'] }] })).toEqual([]);
  });

  test('is a problem for an authorizer, which sees no body', async () => {
    const values = {
      issuer: ISSUER,
      audience: AUDIENCE,
      'jwks-uri': 'discover',
      upstream: 'whoami',
      policy: JSON.stringify({ routes: [{ path: '/x' }, { path: '/mcp', mcp: call() }] }),
    };
    expect(await parseAccess(values, { egress: true, cached: false, bodies: false })).toEqual({
      problems: [
        { parameter: 'policy', message: expect.stringContaining('routes.1.mcp: depends on the body') },
      ],
    });
  });
});

describe('routes that a message decides between must require one identity', () => {
  const first = { path: '/mcp', mcp: call('a') };
  const providers = { partner };

  test.each([
    ['providers', { providers: ['partner'] }],
    ['providers', { providers: ['default', 'partner'] }],
    ['onUnauthenticatedRequest', { onUnauthenticatedRequest: 'allow' }],
    ['mode', { mode: 'report-only' }],
    ['stripPrefix', { stripPrefix: '/mcp' }],
  ])('%s: %j is a problem', async (member, other) => {
    const problem = expect.stringMatching(
      `^routes\\.1: its "${member}" must be the same as in routes\\.0 \\(/mcp\\)`,
    );
    for (const mcp of [{ mcp: call() }, {}]) {
      const routes = [first, { path: '/mcp', ...mcp, ...other }];
      expect(await problemsOf({ unmatched: 'deny', providers, routes })).toEqual([problem]);
    }
  });

  test.each([
    ['/mcp/*', '/mcp'],
    ['/m?p', '/mc*'],
    ['/MCP', '/mcp'],
    ['/mcp/', '/mcp'],
  ])('if %s and %s have a path in common, in any reading', async (path, other) => {
    const routes = [
      { ...first, path },
      { path: other, mcp: call('b'), providers: ['partner'] },
    ];
    expect(await problemsOf({ unmatched: 'deny', providers, routes })).toEqual([
      expect.stringContaining('routes.1: its "providers"'),
    ]);
  });

  test('but not if a route for all requests comes in between, nor for other paths and methods', async () => {
    const other = { providers: ['partner'] };
    const routes = [
      first,
      { path: '/mcp', methods: ['GET'], ...other },
      { path: '/other', mcp: call('a'), ...other },
      { path: '/mcp' },
      { path: '/m*', ...other },
    ];
    expect(await problemsOf({ unmatched: 'deny', providers, routes })).toEqual([]);
  });

  test('and if an open route comes in between, which covers only what is below the path', async () => {
    const open = { onUnauthenticatedRequest: 'allow' };
    const routes = [{ ...first, ...open }, { path: '/mcp/*', ...open }, { path: '/mcp' }];
    expect(await problemsOf({ unmatched: 'deny', routes })).toEqual([
      expect.stringContaining('routes.2: its "onUnauthenticatedRequest" must be the same as in routes.0'),
    ]);
  });

  test('but not if an open route for what is below a path leaves the path itself to the other', async () => {
    const open = { onUnauthenticatedRequest: 'allow' };
    const routes = [{ ...first, path: '/mcp/*', ...open }, { path: '/mcp' }];
    expect(await problemsOf({ unmatched: 'deny', routes })).toEqual([]);
    expect(await problemsOf({ unmatched: 'deny', routes: [...routes, { path: '/*' }] })).toEqual([
      expect.stringContaining('routes.2: its "onUnauthenticatedRequest" must be the same as in routes.0'),
    ]);
  });

  test('and so must requests that match no route, unless they are denied', async () => {
    const routes = [{ ...first, providers: ['partner'] }];
    expect(await problemsOf({ providers, routes })).toEqual([
      expect.stringContaining(
        'routes.0: messages that its "mcp" does not match have no route, and so a different "providers"',
      ),
    ]);
    expect(await problemsOf({ providers, routes, unmatched: 'deny' })).toEqual([]);
    expect(
      await problemsOf({ providers, routes: [...routes, { path: '/mcp', providers: ['partner'] }] }),
    ).toEqual([]);
  });

  test('but not if an open route names all paths of the first, with a slash at the end too', async () => {
    const open = { onUnauthenticatedRequest: 'allow' };
    const routes = (path: string) => [
      { ...first, path: '/mcp/', ...open },
      { path, ...open },
    ];
    expect(await problemsOf({ routes: routes('/*') })).toEqual([]);
    expect(await problemsOf({ routes: routes('/mcp*') })).toEqual([]);
    expect(await problemsOf({ routes: routes('/mcp') })).toEqual([
      expect.stringContaining('routes.0: messages that its "mcp" does not match have no route'),
    ]);
  });

  test('and one that names only a single slash at the end does not cover the first', async () => {
    const open = { onUnauthenticatedRequest: 'allow' };
    const routes = [
      { ...first, path: '/mcp/aaa/', ...open },
      { path: '/mcp/*a?', ...open },
      { path: '/mcp/*' },
    ];
    expect(await problemsOf({ unmatched: 'deny', paths: { readings: ['decode'] }, routes })).toEqual([
      expect.stringContaining('routes.2: its "onUnauthenticatedRequest" must be the same as in routes.0'),
    ]);
  });

  test('and each route is reported once, quickly even among a thousand', async () => {
    const routes = Array.from({ length: 1000 }, (_, at) => ({
      path: at % 2 === 0 ? '/mcp' : `/m*${at}`,
      mcp: call(`tool_${at}`),
      mode: at % 4 === 0 ? 'report-only' : 'enforce',
    }));
    expect(await problemsOf({ unmatched: 'deny', routes })).toHaveLength(499);
  });

  test('and routes with another problem between them are not reported', async () => {
    const routes = [
      first,
      { path: '/mcp', scopes: 5 },
      { path: '/mcp', mcp: call('b'), providers: ['partner'] },
    ];
    expect(await problemsOf({ unmatched: 'deny', providers, routes })).toEqual([
      expect.stringContaining('routes.1.scopes'),
    ]);
  });
});

describe('a route is hidden', () => {
  const hidden = async (...routes: object[]) =>
    (await problemsOf({ routes: routes.map((route) => ({ path: '/mcp', ...route })) })).filter((message) =>
      message.includes('no request can reach it'),
    ).length > 0;

  test('by one that is for all its messages', async () => {
    expect(await hidden({ mcp: call() }, { mcp: call('search') })).toBe(true);
    expect(await hidden({ mcp: { method: 'tools/*' } }, { mcp: call('search') })).toBe(true);
    expect(await hidden({ mcp: { name: 's*' } }, { mcp: { method: '*', name: 'search' } })).toBe(true);
    expect(await hidden({ mcp: { method: '*' } }, { mcp: { name: 'search' } })).toBe(true);
    expect(await hidden({}, { mcp: call() })).toBe(true);
    expect(await hidden({ methods: ['POST'] }, { mcp: call() })).toBe(true);
  });

  test('by none that leaves it some of its messages', async () => {
    expect(await hidden({ mcp: call('search') }, { mcp: call() })).toBe(false);
    expect(await hidden({ mcp: call('*') }, { mcp: call() })).toBe(false);
    expect(await hidden({ mcp: { method: '*' } }, {})).toBe(false);
    expect(await hidden({ mcp: call() }, { mcp: { name: 'search' } })).toBe(false);
    expect(await hidden({ methods: ['GET'] }, { mcp: call() })).toBe(false);
  });
});
