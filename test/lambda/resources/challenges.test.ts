import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { challengeOf } from '../../../lambda/core/challenge.ts';
import { CODES, type Code, entryOf } from '../../../lambda/core/codes.ts';
import type { TestRequest } from '../../support/alb-event.ts';
import { createKey } from '../../support/keys.ts';
import { posted, rpc } from '../../support/mcp.ts';
import { MCP, MCP_METADATA, under } from '../../support/resources.ts';
import { claimsOf, mint, NOW } from '../../support/tokens.ts';
import { createWorld, JWKS_URI, type World } from '../../support/world.ts';

const KEY = createKey();
const REALM = 'Bearer realm="alb-jwt-authorizer"';
const METADATA = `resource_metadata="${MCP_METADATA}"`;

let world: World;
beforeEach(() => {
  world = createWorld(KEY);
});

const bearing = (claims: object = claimsOf()) => ({
  authorization: `Bearer ${mint(KEY, claims)}`,
});
/** Status, code and challenge of a request, to a path of the resource unless another is given. */
async function challenged(request: TestRequest = {}) {
  const { status, headers, body } = await world.call({ target: '/mcp', ...request });
  return [status, (body as { code?: string }).code, headers['www-authenticate']?.join('\n')];
}

describe('on the paths of a resource', () => {
  test('a request without a token learns where the metadata is, and which scopes to request', async () => {
    under(world, { routes: [{ path: '/mcp/*', scopes: ['tools', 'files'] }], resources: [MCP] });
    const expected = [401, 'token_missing', `${REALM}, scope="tools files", ${METADATA}`];
    for (const target of ['/mcp', '/mcp/', '/mcp/sse?x=1']) {
      for (const method of ['GET', 'POST', 'DELETE']) {
        expect(await challenged({ target, method })).toEqual(expected);
      }
    }
  });

  test('if the MCP message decides, a client learns what its own message requires, wherever that route is', async () => {
    const ours = { path: '/mcp/*' };
    const tool = (name: string, scope: string) => ({
      ...ours,
      methods: ['POST'],
      mcp: { method: 'tools/call', name },
      scopes: [scope],
    });
    const rest = { ...ours, scopes: ['session'] };
    const tools = [tool('delete_*', 'admin'), tool('*', 'tools')];
    const scopeOf = async (request: TestRequest) => {
      const [status, code, challenge] = await challenged(request);
      expect([status, code]).toEqual([401, 'token_missing']);
      expect(challenge).toContain(METADATA);
      return /scope="([^"]*)"/.exec(String(challenge))?.[1];
    };
    const call = (name: string) => posted(rpc('tools/call', { name }));

    under(world, { routes: [...tools, rest], resources: [MCP] });
    expect(await scopeOf(posted(rpc('initialize')))).toBe('session');
    expect(await scopeOf(call('list'))).toBe('tools');
    expect(await scopeOf(call('delete_all'))).toBe('admin');
    // A message without a route still gets a 401, and no scope that only some tool requires.
    expect(await scopeOf(posted('[]'))).toBe('session');
    expect(await scopeOf({ target: '/mcp', headers: { accept: 'text/event-stream' } })).toBe('session');

    under(world, { unmatched: 'deny', routes: tools, resources: [MCP] });
    expect(await scopeOf(posted(rpc('initialize')))).toBeUndefined();
    expect(await scopeOf(call('delete_all'))).toBe('admin');
  });

  test('so does one with a bad token, but without scopes, because it does not lack scopes', async () => {
    under(world, { routes: [{ path: '/mcp/*', scopes: ['tools'] }], resources: [MCP] });
    for (const [code, claims] of [
      ['token_expired', { exp: NOW - 100 }],
      ['audience_mismatch', { aud: 'other' }],
      ['token_sender_constrained', { cnf: {} }],
    ] as const) {
      expect(await challenged({ headers: bearing(claimsOf(claims)) })).toEqual([
        401,
        code,
        `${REALM}, error="invalid_token", ${METADATA}`,
      ]);
    }
  });

  test('a token without the scopes gets all of them, and of "any" the first', async () => {
    const scopeOf = async (scopes: unknown) => {
      under(world, { routes: [{ path: '/mcp/*', scopes }], resources: [MCP] });
      const [status, code, challenge] = await challenged({ headers: bearing() });
      expect([status, code]).toEqual([403, 'scope_missing']);
      expect((await challenged())[2]).toBe(String(challenge).replace(', error="insufficient_scope"', ''));
      return challenge;
    };
    const with403 = (scope: string) => `${REALM}, error="insufficient_scope", scope="${scope}", ${METADATA}`;
    expect(await scopeOf(['read', 'tools'])).toBe(with403('read tools'));
    expect(await scopeOf({ any: ['tools', 'admin'] })).toBe(with403('tools'));
  });

  test('scopes have the names that clients request, and offline_access is not among them', async () => {
    const resource = { ...MCP, advertisedScopes: { tools: 'api://orders/tools', files: 'offline_access' } };
    const scopes = ['tools', 'files', 'offline_access', 'plain'];
    under(world, { routes: [{ path: '/mcp/*', scopes }], resources: [resource] });
    expect((await challenged())[2]).toBe(`${REALM}, scope="api://orders/tools plain", ${METADATA}`);
    under(world, { routes: [{ path: '/mcp/*', scopes: ['offline_access'] }], resources: [resource] });
    expect((await challenged())[2]).toBe(`${REALM}, ${METADATA}`);
  });

  test('a login that is not good enough learns what would be', async () => {
    under(world, {
      routes: [{ path: '/mcp/*', acr: ['urn:example:mfa', 'hwk'], maxAuthAgeSeconds: 60, scopes: ['tools'] }],
      resources: [MCP],
    });
    const wanted = 'acr_values="urn:example:mfa hwk", max_age=60';
    expect(await challenged({ headers: bearing() })).toEqual([
      401,
      'authentication_insufficient',
      `${REALM}, error="insufficient_user_authentication", ${wanted}, ${METADATA}`,
    ]);
  });

  test('other rejections have their usual challenge, or none', async () => {
    under(world, {
      unmatched: 'deny',
      routes: [{ path: '/mcp/*', methods: ['POST'], claims: { tenant: { equals: 'a' } } }],
      resources: [MCP],
    });
    expect(await challenged({ method: 'POST', headers: bearing() })).toEqual([
      403,
      'claim_mismatch',
      undefined,
    ]);
    expect(
      await challenged({ method: 'POST', headers: { authorization: ['Bearer a', 'Bearer b'] } }),
    ).toEqual([400, 'token_ambiguous', `${REALM}, error="invalid_request"`]);
    expect(await challenged({ method: 'GET' })).toEqual([403, 'route_missing', undefined]);
    expect(await challenged({ method: 'POST', target: '/mcp/../x' })).toEqual([
      400,
      'path_invalid',
      undefined,
    ]);
    world.documents.set(JWKS_URI, new Error('down'));
    const cold = createWorld(createKey());
    cold.documents.set(JWKS_URI, new Error('down'));
    under(cold, { routes: [{ path: '/mcp/*' }], resources: [MCP] });
    const { status, headers } = await cold.call({ target: '/mcp', headers: bearing() });
    expect([status, headers['www-authenticate']]).toEqual([503, undefined]);
  });

  test('a request that no route matches gets the challenge too, if the default provider may let it in', async () => {
    under(world, { resources: [MCP] });
    expect(await challenged()).toEqual([401, 'token_missing', `${REALM}, ${METADATA}`]);
  });
});

test('outside of resources, challenges stay as they were', async () => {
  under(world, {
    routes: [{ path: '/api/*', scopes: { any: ['a', 'b'] } }, { path: '/*' }],
    resources: [MCP],
  });
  for (const target of ['/api/x', '/mcpx', '/x/mcp']) {
    expect(await challenged({ target })).toEqual([401, 'token_missing', REALM]);
  }
  expect(await challenged({ target: '/api/x', headers: bearing() })).toEqual([
    403,
    'scope_missing',
    `${REALM}, error="insufficient_scope", scope="a b"`,
  ]);
});

test('among overlapping resources, the first whose path matches counts', async () => {
  const root = { resource: 'https://api.example.com', path: '/*' };
  under(world, { routes: [{ path: '/*' }], resources: [MCP, root] });
  expect((await challenged())[2]).toBe(`${REALM}, ${METADATA}`);
  expect((await challenged({ target: '/x' }))[2]).toBe(
    `${REALM}, resource_metadata="https://api.example.com/.well-known/oauth-protected-resource"`,
  );
});

test('report-only counts what it would have rejected, and sends no challenge', async () => {
  under(world, { mode: 'report-only', routes: [{ path: '/mcp/*', acr: 'mfa' }], resources: [MCP] });
  expect((await challenged({ target: '/mcp/x' }))[2]).toBeUndefined();
  expect((await challenged({ target: '/mcp/x', headers: bearing() }))[2]).toBeUndefined();
  expect(world.decisions.map(({ code, reported }) => [code, reported])).toEqual([
    ['allowed', 'token_missing'],
    ['allowed', 'authentication_insufficient'],
  ]);
});

/** auth-param of RFC 9110 §11.2, its values without their quotes. */
function parametersOf(challenge: string): Map<string, string> {
  const parameters = new Map<string, string>();
  let rest = challenge.replace(/^Bearer /, ', ');
  while (rest !== '') {
    const [whole, name = '', quoted, token] =
      /^, ([a-z_]+)=(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+\-.^_`|~0-9A-Za-z]+))/s.exec(rest) ?? [];
    if (whole === undefined || parameters.has(name)) throw new Error(`not a challenge: ${rest}`);
    parameters.set(name, quoted?.replaceAll(/\\(.)/gs, '$1') ?? token ?? '');
    rest = rest.slice(whole.length);
  }
  return parameters;
}

test('whatever the configuration, a challenge has only these parameters, each once and in one order', () => {
  const text = fc.string({ unit: fc.constantFrom(...'a"\\, =:/é'), minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(
      fc.constantFrom(...(Object.keys(CODES) as Code[])),
      fc.record(
        {
          scope: text,
          acrValues: fc.array(text, { minLength: 1 }),
          maxAge: fc.nat(),
          resourceMetadata: text,
        },
        { requiredKeys: [] },
      ),
      (code, given) => {
        const challenge = challengeOf(code, given);
        const entry = entryOf(code);
        if (entry.challenge === undefined) return expect(challenge).toBeUndefined();
        const { scope, acrValues, maxAge, resourceMetadata } = given;
        expect([...parametersOf(challenge ?? '')]).toEqual(
          Object.entries({
            realm: 'alb-jwt-authorizer',
            error: entry.challenge === 'none' ? undefined : entry.challenge,
            scope,
            acr_values: acrValues?.join(' '),
            max_age: maxAge === undefined ? undefined : String(maxAge),
            resource_metadata: resourceMetadata,
          }).filter(([, value]) => value !== undefined),
        );
      },
    ),
    { numRuns: 500 },
  );
});
