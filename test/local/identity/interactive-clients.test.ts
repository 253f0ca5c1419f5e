import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { refreshAuthorization } from '@modelcontextprotocol/client';
import { decodeJwt } from 'jose';
import {
  type AuthorizationServer,
  DEMO,
  startAuthorizationServer,
} from '../../../local/identity/authorization-server.ts';
import { DEMO_USER } from '../../../local/identity/sign-in.ts';
import {
  authorize,
  exchange,
  metadataOf,
  REDIRECT,
  type RegisteredClient,
  register as registerAt,
  tokensFor as tokensAt,
} from '../../support/interactive-client.ts';
import { followRedirects } from '../../support/user-agent.ts';

const RESOURCE = 'https://mcp.example/mcp';

let server: AuthorizationServer;
beforeAll(async () => {
  server = await startAuthorizationServer({ port: 0, onServed: () => {}, log: () => {} });
});
afterAll(() => server.close());

const register = (scope: string) => registerAt(server.origin, scope);
const tokensFor = (client: RegisteredClient, scope: string, extra: Readonly<Record<string, string>> = {}) =>
  tokensAt(server.origin, client, { scope, resource: RESOURCE, extra });

test('serves metadata where RFC 8414 says, with PKCE and registration', async () => {
  const response = await fetch(`${server.origin}/.well-known/oauth-authorization-server`);
  expect(await response.json()).toMatchObject({
    issuer: server.origin,
    code_challenge_methods_supported: ['S256'],
    registration_endpoint: `${server.origin}/reg`,
    grant_types_supported: expect.arrayContaining(['authorization_code', 'client_credentials']),
  });
});

describe('a client that registers itself', () => {
  test('gets a token for its user with a code and PKCE, for the resource and scope that it requests', async () => {
    const client = await register('orders:read');
    const { access_token, scope } = await tokensFor(client, 'orders:read');
    expect(scope).toBe('orders:read');
    expect(decodeJwt(access_token)).toMatchObject({
      iss: server.origin,
      aud: RESOURCE,
      sub: DEMO_USER,
      client_id: client.client_id,
      scope: 'orders:read',
    });
  });

  test('may request more scope than it registered, and gets it', async () => {
    const client = await register('orders:read');
    await tokensFor(client, 'orders:read');
    const { access_token } = await tokensFor(client, 'orders:read orders:write read');
    expect(decodeJwt(access_token).scope).toBe('orders:read orders:write read');
  });

  test('can refresh its token if it requested offline_access', async () => {
    const client = await register('orders:read');
    expect(await tokensFor(client, 'orders:read')).not.toHaveProperty('refresh_token');
    const { refresh_token: refreshToken = '' } = await tokensFor(client, 'orders:read offline_access');
    const tokens = await refreshAuthorization(server.origin, {
      metadata: await metadataOf(server.origin),
      clientInformation: client,
      refreshToken,
      resource: RESOURCE,
    });
    expect(decodeJwt(tokens.access_token)).toMatchObject({ aud: RESOURCE, scope: 'orders:read' });
  });

  test('learns how and when its user signed in, at each request', async () => {
    const client = await register('openid');
    const signedIn = async (extra: Record<string, string>) => {
      const { access_token } = await tokensFor(client, 'openid a', extra);
      return decodeJwt(access_token);
    };
    const before = Math.floor(Date.now() / 1000);
    const plain = await signedIn({});
    expect(plain).not.toHaveProperty('acr');
    expect(Number(plain.auth_time)).toBeGreaterThanOrEqual(before);
    expect(await signedIn({ acr_values: 'urn:example:mfa', max_age: '60' })).toMatchObject({
      acr: 'urn:example:mfa',
    });
    expect(await signedIn({})).not.toHaveProperty('acr');
  });

  test('stays registered after a key rotation', async () => {
    const client = await register('orders:read');
    await server.rotateKeys();
    expect(decodeJwt((await tokensFor(client, 'a')).access_token).client_id).toBe(client.client_id);
  });

  test('is rejected without PKCE, with another verifier, and with a code that was used before', async () => {
    const client = await register('a');
    const url = new URL(`${server.origin}/auth`);
    url.search = new URLSearchParams({
      client_id: client.client_id,
      response_type: 'code',
      redirect_uri: REDIRECT,
      scope: 'a',
    }).toString();
    expect((await followRedirects(url, REDIRECT)).searchParams.get('error')).toBe('invalid_request');

    const request = { scope: 'a', resource: RESOURCE };
    const code = await authorize(server.origin, client, request);
    const guessed = { ...code, codeVerifier: 'x'.repeat(43) };
    const rejected = { code: 'invalid_grant' };
    await expect(exchange(server.origin, client, request, guessed)).rejects.toMatchObject(rejected);
    await exchange(server.origin, client, request, code);
    await expect(exchange(server.origin, client, request, code)).rejects.toMatchObject(rejected);
  });

  test('gets an error for a registration that is not JSON', async () => {
    const response = await fetch(`${server.origin}/reg`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"redirect_uris":',
    });
    expect(response.status).toBe(400);
  });
});

describe('a client that is a page', () => {
  const post = (path: string, origin: string, type: string, body: string) =>
    fetch(`${server.origin}${path}`, { method: 'POST', headers: { origin, 'content-type': type }, body });
  const registration = (origin: string) =>
    post('/reg', origin, 'application/json', JSON.stringify({ redirect_uris: [`${origin}/callback`] }));
  const preflight = (path: string, origin: string) =>
    fetch(`${server.origin}${path}`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
  const allowed = ({ headers }: Response) => headers.get('access-control-allow-origin');

  test.each(['http://localhost:6274', 'http://127.0.0.1:6274'])(
    'registers itself and requests a token if it is served from this machine: %s',
    async (origin) => {
      const preflighted = await preflight('/reg', origin);
      expect([preflighted.status, allowed(preflighted)]).toEqual([204, origin]);
      expect(preflighted.headers.get('access-control-allow-headers')).toBe('content-type');
      const registered = await registration(origin);
      expect([registered.status, allowed(registered)]).toEqual([201, origin]);

      const client = (await registered.json()) as RegisteredClient & { client_secret: string };
      const form = new URLSearchParams({
        grant_type: 'authorization_code',
        code: 'unknown',
        redirect_uri: `${origin}/callback`,
        client_id: client.client_id,
        client_secret: client.client_secret,
      });
      const type = 'application/x-www-form-urlencoded';
      const rejected = await post('/token', origin, type, String(form));
      expect([allowed(rejected), await rejected.json()]).toEqual([
        origin,
        expect.objectContaining({ error: expect.not.stringMatching('invalid_client') }),
      ]);
    },
  );

  test.each(['https://evil.example', 'http://localhost.evil.example', 'null'])(
    'reads no response if it is not served from this machine: %s',
    async (origin) => {
      expect(allowed(await preflight('/reg', origin))).toBeNull();
      expect(allowed(await registration(origin))).toBeNull();
      const form = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: DEMO.clientId,
        client_secret: DEMO.clientSecret,
      });
      const type = 'application/x-www-form-urlencoded';
      expect(allowed(await post('/token', origin, type, String(form)))).toBeNull();
    },
  );
});

test('a sign-in that never began gets a readable error', async () => {
  const response = await fetch(`${server.origin}/sign-in/unknown`);
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('start it again')]);
});
