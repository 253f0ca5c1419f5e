import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { underAttack } from '../../support/attack.ts';
import { createKey } from '../../support/keys.ts';
import { MCP, MCP_DOCUMENT, read, under, WELL_KNOWN, withoutRequestId } from '../../support/resources.ts';
import { mint } from '../../support/tokens.ts';
import type { World } from '../../support/world.ts';

const KEY = createKey();
const ROUTES = [{ path: '/mcp/*', scopes: ['tools'] }];
const POLICY = { unmatched: 'deny', routes: ROUTES, resources: [MCP] };

const scene = underAttack(KEY);
let world: World;
beforeEach(() => {
  world = scene.world;
});

const documentOf = async (resource: object, policy: object = {}): Promise<unknown> => {
  under(world, { ...POLICY, ...policy, resources: [{ ...MCP, ...resource }] });
  return (await read(world, MCP_DOCUMENT)).body;
};

describe('the document of a resource', () => {
  test('is served without a token, may be cached for minutes, and is open to every page', async () => {
    under(world, POLICY);
    const { status, headers, body } = withoutRequestId(await read(world, MCP_DOCUMENT));
    const etag = createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 22);
    expect({ status, headers }).toEqual({
      status: 200,
      headers: {
        'content-type': ['application/json'],
        'cache-control': ['public, max-age=300'],
        etag: [`"${etag}"`],
        'access-control-allow-origin': ['*'],
      },
    });
    expect(body).toEqual({
      resource: 'https://api.example.com/mcp',
      authorization_servers: ['https://issuer.example'],
      bearer_methods_supported: ['header'],
    });
    expect(scene.upstream.received).toEqual([]);
    expect(world.decisions).toMatchObject([{ code: 'allowed', status: 200, route: MCP_DOCUMENT }]);
  });

  test('has what the policy says about it, word for word, and no empty members', async () => {
    const document = await documentOf({
      name: 'Ordërs "and" more',
      documentation: 'https://docs.example.com/orders#start',
      authorizationServers: ['https://login.example.com/tenant'],
      scopes: ['Tool.Read', 'plain', 'offline_access'],
      advertisedScopes: { 'Tool.Read': 'api://orders/Tool.Read' },
    });
    expect(document).toEqual({
      resource: 'https://api.example.com/mcp',
      authorization_servers: ['https://login.example.com/tenant'],
      scopes_supported: ['api://orders/Tool.Read', 'plain'],
      bearer_methods_supported: ['header'],
      resource_name: 'Ordërs "and" more',
      resource_documentation: 'https://docs.example.com/orders#start',
    });
    expect(await documentOf({ scopes: ['offline_access'] })).not.toHaveProperty('scopes_supported');
  });

  test('responds to HEAD with the same fields and nothing else', async () => {
    under(world, POLICY);
    const get = await read(world, MCP_DOCUMENT);
    const head = await read(world, MCP_DOCUMENT, { method: 'HEAD' });
    expect(head.headers).toEqual(get.headers);
    expect([head.status, head.raw.body]).toEqual([200, '']);
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])(
    'responds to %s with 405 and the allowed methods, token or not',
    async (method) => {
      under(world, POLICY);
      for (const headers of [{}, { authorization: `Bearer ${mint(KEY)}` }]) {
        const response = await read(world, MCP_DOCUMENT, { method, headers });
        expect(response.status).toBe(405);
        expect(response.headers.allow).toEqual(['GET, HEAD']);
        expect(response.headers['www-authenticate']).toBeUndefined();
        expect(response.body).toMatchObject({ code: 'method_not_allowed' });
      }
      expect(scene.upstream.received).toEqual([]);
    },
  );

  test('lets pages of any origin request it with additional header fields, whatever "cors" says', async () => {
    under(world, { ...POLICY, cors: { origins: ['https://app.example.com'], credentials: true } });
    for (const origin of ['https://app.example.com', 'https://inspector.example', 'null']) {
      const preflight = await read(world, MCP_DOCUMENT, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'mcp-protocol-version',
        },
      });
      expect(withoutRequestId(preflight)).toEqual({
        status: 204,
        headers: {
          'access-control-allow-origin': ['*'],
          'access-control-allow-methods': ['GET, HEAD'],
          'access-control-allow-headers': ['*'],
          'access-control-max-age': ['300'],
          'cache-control': ['no-store'],
        },
        body: '',
      });
      const { headers } = await read(world, MCP_DOCUMENT, { headers: { origin } });
      expect(headers['access-control-allow-origin']).toEqual(['*']);
      expect(headers['access-control-allow-credentials']).toBeUndefined();
      expect(headers.vary).toBeUndefined();
    }
  });
});

describe('authorization_servers', () => {
  const providers = {
    a: {
      type: 'jwks',
      issuer: ['https://a.example', 'https://b.example'],
      audience: 'x',
      jwksUri: 'https://a.example/k',
    },
    b: { type: 'jwks', issuer: 'https://b.example', audience: 'y' },
    mesh: { type: 'spiffe', trustDomain: 'example.org', audience: 'x', jwksUri: 'https://mesh.example/k' },
    plain: { type: 'jwks', issuer: 'accounts.example', audience: 'x', jwksUri: 'https://a.example/k' },
    staff: {
      type: 'verified-access',
      instanceArn: 'arn:aws:ec2:eu-west-1:111122223333:verified-access-instance/vai-1',
    },
  };
  const serversOf = async (routes: readonly object[], policy: object = {}) =>
    (await documentOf({}, { providers, routes, ...policy })) as { authorization_servers?: string[] };

  test("are the issuers of its routes' providers, each once, without those that issue no OAuth tokens", async () => {
    const routes = [
      { path: '/mcp/admin/*', methods: ['POST'], providers: ['staff', 'b'] },
      { path: '/mcp/*', providers: ['a', 'mesh', 'plain'] },
      { path: '/other/*' },
    ];
    expect((await serversOf(routes)).authorization_servers).toEqual([
      'https://b.example',
      'https://a.example',
    ]);
  });

  test('end with the route that matches all of its requests, and include the default provider if none does', async () => {
    const all = { path: '/mcp/*', providers: ['b'] };
    const broad = { path: '/*', providers: ['a'] };
    const open = { unmatched: 'authenticate' };
    expect((await serversOf([all, broad])).authorization_servers).toEqual(['https://b.example']);
    expect((await serversOf([{ ...all, methods: ['POST'] }], open)).authorization_servers).toEqual([
      'https://b.example',
      'https://issuer.example',
    ]);
  });

  test('include those of a later route that takes only the path with a slash at the end', async () => {
    const open = { path: '/mcp', providers: ['b'], onUnauthenticatedRequest: 'allow' };
    const strict = { path: '/mcp/*', providers: ['a'] };
    const { authorization_servers } = (await documentOf(
      { path: '/mcp' },
      { providers, routes: [open, strict] },
    )) as { authorization_servers?: string[] };
    expect(authorization_servers).toEqual(['https://b.example', 'https://a.example']);
  });

  test('are the same in a dry run, which leaves the path with a slash at the end to the default provider', async () => {
    const routes = [{ path: '/mcp', providers: ['b'], mode: 'report-only' }];
    const { authorization_servers } = (await documentOf(
      { path: '/mcp' },
      { unmatched: 'authenticate', providers, routes },
    )) as { authorization_servers?: string[] };
    expect(authorization_servers).toEqual(['https://b.example']);
  });

  test('are left out, with the ways to send a token, if there are none', async () => {
    expect(await serversOf([{ path: '/mcp/*', providers: ['staff'] }])).toEqual({ resource: MCP.resource });
  });
});

describe('the address of a document', () => {
  const served = async (resources: readonly object[], target: string) => {
    under(world, { ...POLICY, routes: [{ path: '/*' }], resources });
    const { status, body } = await read(world, target);
    return status === 200 ? (body as { resource: string }).resource : status;
  };
  const ROOT = { resource: 'https://api.example.com', path: '/*' };
  const OTHER = { resource: 'https://api.example.com/other', path: '/other/*' };

  test('has the path after the well-known one, and exists in the bare form too if there is one resource', async () => {
    expect(await served([MCP], MCP_DOCUMENT)).toBe(MCP.resource);
    expect(await served([MCP], WELL_KNOWN)).toBe(MCP.resource);
    expect(await served([MCP, OTHER], `${WELL_KNOWN}/other`)).toBe(OTHER.resource);
    expect(await served([MCP, OTHER], WELL_KNOWN)).toBe(401);
    expect(await served([MCP, ROOT], WELL_KNOWN)).toBe(ROOT.resource);
    expect(await served([{ ...ROOT, resource: `${ROOT.resource}/` }], WELL_KNOWN)).toBe(`${ROOT.resource}/`);
  });

  test('is the only one: other paths below the well-known one take their own routes', async () => {
    for (const target of [
      `${WELL_KNOWN}/`,
      `${MCP_DOCUMENT}/`,
      `${MCP_DOCUMENT}/x`,
      `${WELL_KNOWN}/other`,
      `${WELL_KNOWN}x`,
      '/.well-known/oauth-authorization-server',
    ]) {
      expect([target, await served([MCP], target)]).toEqual([target, 401]);
    }
  });

  test.each([
    '/.well-known/OAuth-Protected-Resource/mcp',
    `${WELL_KNOWN}/MCP`,
    `${WELL_KNOWN}//mcp`,
    `${WELL_KNOWN}/mcp;x`,
    `${WELL_KNOWN}%2Fmcp`,
    `${WELL_KNOWN}/%6Dcp`,
    `${WELL_KNOWN}/mcp.json`,
    `${WELL_KNOWN}/x/../mcp`,
    `/x/..${WELL_KNOWN}/mcp`,
  ])('is read like other paths: %s could be taken for it, and is rejected', async (target) => {
    expect(await served([MCP], target)).toBe(400);
  });
});

describe('as the policy changes', () => {
  test('documents come and go with the next configuration', async () => {
    under(world, { routes: ROUTES });
    expect((await read(world, MCP_DOCUMENT)).status).toBe(401);
    under(world, POLICY);
    expect((await read(world, MCP_DOCUMENT)).status).toBe(200);
    under(world, { routes: ROUTES });
    expect((await read(world, MCP_DOCUMENT)).status).toBe(401);
  });

  test('a bad configuration leaves the last good documents, and without a good one they are a 503', async () => {
    under(world, { ...POLICY, routes: [] });
    const cold = await read(world, MCP_DOCUMENT);
    expect([cold.status, cold.headers['cache-control']]).toEqual([503, ['no-store']]);
    under(world, POLICY);
    const good = withoutRequestId(await read(world, MCP_DOCUMENT));
    expect(good.status).toBe(200);
    under(world, { ...POLICY, resources: [{ ...MCP, resource: 'http://api.example.com/mcp' }] });
    expect(withoutRequestId(await read(world, MCP_DOCUMENT))).toEqual(good);
  });

  test('report-only does not open the paths beside a document, and still serves it', async () => {
    under(world, { mode: 'report-only', routes: ROUTES, resources: [MCP] });
    expect((await read(world, MCP_DOCUMENT)).status).toBe(200);
    expect((await read(world, MCP_DOCUMENT, { method: 'POST' })).status).toBe(405);
    expect(scene.upstream.received).toEqual([]);
  });
});
