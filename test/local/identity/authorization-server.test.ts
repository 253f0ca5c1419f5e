import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import {
  type AuthorizationServer,
  DEMO,
  startAuthorizationServer,
} from '../../../local/identity/authorization-server.ts';

let server: AuthorizationServer;
const lines: string[] = [];
beforeAll(async () => {
  server = await startAuthorizationServer({
    port: 0,
    onServed: ({ method, path, status }) => lines.push(`${method} ${path} ${status}`),
    log: () => {},
  });
});
afterAll(() => server.close());

const requestToken = (
  form: Record<string, string> = {},
  credentials = `${DEMO.clientId}:${DEMO.clientSecret}`,
) =>
  fetch(`${server.origin}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
  });
const verified = async (response: Response, audience: string = DEMO.audience) => {
  const { access_token } = (await response.json()) as { access_token: string };
  const keys = createRemoteJWKSet(new URL(`${server.origin}/jwks`));
  return jwtVerify(access_token, keys, { issuer: server.origin, audience });
};

describe('a client credentials request', () => {
  test('gets a signed JWT access token', async () => {
    const response = await requestToken({ scope: 'read write' });
    expect(response.status).toBe(200);
    const { payload, protectedHeader } = await verified(response);
    expect(protectedHeader).toMatchObject({ alg: 'RS256', typ: 'at+jwt' });
    expect(payload).toMatchObject({ client_id: 'demo-client', sub: 'demo-client', scope: 'read write' });
  });

  test('may name the resource', async () => {
    const { payload } = await verified(await requestToken({ resource: DEMO.resource, scope: 'read' }));
    expect(payload).toMatchObject({ aud: DEMO.audience, scope: 'read' });
  });

  test('may name any other resource, and gets a token for that resource only', async () => {
    const resource = 'https://mcp.example/mcp';
    const response = await requestToken({ resource, scope: 'orders:read' });
    const { payload } = await verified(response, resource);
    expect(payload).toMatchObject({ aud: resource, scope: 'orders:read' });
    for (const bad of ['orders', `${resource}#a`]) {
      expect((await requestToken({ resource: bad })).status).toBe(400);
    }
  });

  test.each(['orders:write', 'read admin orders:read', 'https://api.example.com/all'])(
    'gets any scope that it requests: %s',
    async (scope) => {
      const { payload } = await verified(await requestToken({ scope }));
      expect(payload.scope).toBe(scope);
    },
  );

  test('without a scope gets a token without one', async () => {
    expect((await verified(await requestToken())).payload).not.toHaveProperty('scope');
  });

  test.each(['RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'])('may choose %s', async (alg) => {
    const { protectedHeader } = await verified(await requestToken({ alg }));
    expect(protectedHeader.alg).toBe(alg);
  });

  test('may choose a lifetime', async () => {
    const { payload } = await verified(await requestToken({ ttl: '77' }));
    expect(Number(payload.exp) - Number(payload.iat)).toBe(77);
  });

  test('with an unknown algorithm or lifetime, or a wrong secret, is rejected', async () => {
    expect((await requestToken({ alg: 'none' })).status).toBe(400);
    for (const ttl of ['0', '1.5', 'soon', '1e300']) expect((await requestToken({ ttl })).status).toBe(400);
    expect((await requestToken({}, 'demo-client:wrong')).status).toBe(401);
  });
});

test('discovery names the issuer, and onServed reports each fetch of the keys', async () => {
  const response = await fetch(`${server.origin}/.well-known/openid-configuration`);
  expect(await response.json()).toMatchObject({ issuer: server.origin, jwks_uri: `${server.origin}/jwks` });
  await fetch(`${server.origin}/jwks`);
  expect(lines).toContain('GET /jwks 200');
});

test('rotated keys do not verify older tokens', async () => {
  const response = await requestToken();
  await server.rotateKeys();
  await expect(verified(response)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
});
