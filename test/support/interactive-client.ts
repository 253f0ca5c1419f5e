import {
  discoverAuthorizationServerMetadata,
  exchangeAuthorization,
  registerClient,
  startAuthorization,
} from '@modelcontextprotocol/client';
import { followRedirects } from './user-agent.ts';

export const REDIRECT = 'http://localhost:9999/callback';

export async function metadataOf(issuer: string) {
  const metadata = await discoverAuthorizationServerMetadata(issuer);
  if (!metadata) throw new Error('the authorization server has no metadata');
  return metadata;
}

/** Registers a client as the official one does, with the scope that it requests first. */
export const register = async (issuer: string, scope: string) =>
  registerClient(issuer, {
    metadata: await metadataOf(issuer),
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

export type RegisteredClient = Awaited<ReturnType<typeof register>>;

/** Sends the user to sign in. `extra` adds to the authorization request. */
export async function authorize(
  issuer: string,
  client: RegisteredClient,
  { extra = {}, ...request }: AuthorizationRequest,
) {
  const { authorizationUrl, codeVerifier } = await startAuthorization(issuer, {
    metadata: await metadataOf(issuer),
    clientInformation: client,
    redirectUrl: REDIRECT,
    ...request,
  });
  for (const [name, value] of Object.entries(extra)) authorizationUrl.searchParams.set(name, value);
  const { searchParams } = await followRedirects(authorizationUrl, REDIRECT);
  return { code: searchParams.get('code') ?? '', iss: searchParams.get('iss') ?? '', codeVerifier };
}

export interface AuthorizationRequest {
  readonly scope: string;
  readonly resource: string;
  readonly extra?: Readonly<Record<string, string>>;
}

export const exchange = async (
  issuer: string,
  client: RegisteredClient,
  { resource }: Pick<AuthorizationRequest, 'resource'>,
  { code, iss, codeVerifier }: Awaited<ReturnType<typeof authorize>>,
) =>
  exchangeAuthorization(issuer, {
    metadata: await metadataOf(issuer),
    clientInformation: client,
    authorizationCode: code,
    iss,
    codeVerifier,
    redirectUri: REDIRECT,
    resource,
  });

/** The tokens of a user who signs in. */
export const tokensFor = async (issuer: string, client: RegisteredClient, request: AuthorizationRequest) =>
  exchange(issuer, client, request, await authorize(issuer, client, request));
