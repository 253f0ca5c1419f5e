import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  discoverAuthorizationServerMetadata,
  exchangeAuthorization,
  refreshAuthorization,
  registerClient,
  startAuthorization,
} from '@modelcontextprotocol/client';
import { decodeJwt } from 'jose';
import {
  type AuthorizationServer,
  startAuthorizationServer,
} from '../../../local/identity/authorization-server.ts';
import { DEMO_USER } from '../../../local/identity/sign-in.ts';
import { followRedirects } from '../../support/user-agent.ts';

const REDIRECT = 'http://localhost:9999/callback';
const RESOURCE = 'https://mcp.example/mcp';

let server: AuthorizationServer;
beforeAll(async () => {
  server = await startAuthorizationServer({ port: 0, onServed: () => {}, log: () => {} });
});
afterAll(() => server.close());

const metadataOf = async () => {
  const metadata = await discoverAuthorizationServerMetadata(server.origin);
  if (!metadata) throw new Error('there is no metadata');
  return metadata;
};

/** Registers a client as the official one does, with the scope that it wants first. */
const register = async (scope: string) =>
  registerClient(server.origin, {
    metadata: await metadataOf(),
    clientMetadata: {
      client_name: 'a client',
      redirect_uris: [REDIRECT],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    },
    scope,
  });

const tokensFor = async (client: Awaited<ReturnType<typeof register>>, scope: string) => {
  const metadata = await metadataOf();
  const { authorizationUrl, codeVerifier } = await startAuthorization(server.origin, {
    metadata,
    clientInformation: client,
    redirectUrl: REDIRECT,
    scope,
    resource: RESOURCE,
  });
  const back = await followRedirects(authorizationUrl, REDIRECT);
  return exchangeAuthorization(server.origin, {
    metadata,
    clientInformation: client,
    authorizationCode: back.searchParams.get('code') ?? '',
    iss: back.searchParams.get('iss') ?? '',
    codeVerifier,
    redirectUri: REDIRECT,
    resource: RESOURCE,
  });
};

test('metadata is where RFC 8414 has it, with PKCE and registration', async () => {
  const response = await fetch(`${server.origin}/.well-known/oauth-authorization-server`);
  expect(await response.json()).toMatchObject({
    issuer: server.origin,
    code_challenge_methods_supported: ['S256'],
    registration_endpoint: `${server.origin}/reg`,
    grant_types_supported: expect.arrayContaining(['authorization_code', 'client_credentials']),
  });
});

describe('a client that registers itself', () => {
  test('gets a token for its user by a code and PKCE, for the resource and the scope that it asks for', async () => {
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

  test('may ask for more than it registered for, and has more then', async () => {
    const client = await register('orders:read');
    await tokensFor(client, 'orders:read');
    const { access_token } = await tokensFor(client, 'orders:read orders:write read');
    expect(decodeJwt(access_token).scope).toBe('orders:read orders:write read');
  });

  test('refreshes what it has', async () => {
    const client = await register('orders:read');
    const { refresh_token: refreshToken = '' } = await tokensFor(client, 'orders:read');
    const tokens = await refreshAuthorization(server.origin, {
      metadata: await metadataOf(),
      clientInformation: client,
      refreshToken,
      resource: RESOURCE,
    });
    expect(decodeJwt(tokens.access_token)).toMatchObject({ aud: RESOURCE, scope: 'orders:read' });
  });

  test('is still known after the keys have changed', async () => {
    const client = await register('orders:read');
    await server.rotateKeys();
    expect(decodeJwt((await tokensFor(client, 'a')).access_token).client_id).toBe(client.client_id);
  });

  test('is refused without PKCE, with another verifier, and where a code is used twice', async () => {
    const client = await register('a');
    const url = new URL(`${server.origin}/auth`);
    url.search = new URLSearchParams({
      client_id: client.client_id,
      response_type: 'code',
      redirect_uri: REDIRECT,
      scope: 'a',
    }).toString();
    expect((await followRedirects(url, REDIRECT)).searchParams.get('error')).toBe('invalid_request');

    const metadata = await metadataOf();
    const { authorizationUrl, codeVerifier } = await startAuthorization(server.origin, {
      metadata,
      clientInformation: client,
      redirectUrl: REDIRECT,
      scope: 'a',
      resource: RESOURCE,
    });
    const code = (await followRedirects(authorizationUrl, REDIRECT)).searchParams.get('code') ?? '';
    const exchange = (verifier: string) =>
      exchangeAuthorization(server.origin, {
        metadata,
        clientInformation: client,
        authorizationCode: code,
        iss: server.origin,
        codeVerifier: verifier,
        redirectUri: REDIRECT,
        resource: RESOURCE,
      });
    await expect(exchange('x'.repeat(43))).rejects.toMatchObject({ code: 'invalid_grant' });
    await exchange(codeVerifier);
    await expect(exchange(codeVerifier)).rejects.toMatchObject({ code: 'invalid_grant' });
  });

  test('hears of a registration that is no JSON', async () => {
    const response = await fetch(`${server.origin}/reg`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"redirect_uris":',
    });
    expect(response.status).toBe(400);
  });
});

test('a sign-in that nobody has begun is an error to read', async () => {
  const response = await fetch(`${server.origin}/sign-in/unknown`);
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('start it again')]);
});
