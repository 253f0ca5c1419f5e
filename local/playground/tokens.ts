import { DEMO } from '../identity/authorization-server.ts';
import { ownServer, type PlaygroundStack } from './context.ts';
import type { IssuedToken, TokenRequest } from './contract.ts';
import { RejectedCall } from './rejected-call.ts';

/** Gets a token from the stack's authorization server with the client credentials grant. */
export async function issueToken(
  stack: Pick<PlaygroundStack, 'authorizationServer'>,
  { scope, audience, lifetime }: TokenRequest,
): Promise<IssuedToken> {
  const credentials = Buffer.from(`${DEMO.clientId}:${DEMO.clientSecret}`).toString('base64');
  const response = await fetch(`${ownServer(stack).origin}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${credentials}` },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope,
      aud: audience,
      ttl: String(lifetime),
    }),
  });
  if (response.status === 503)
    throw new RejectedCall('The authorization server is down. End the outage first.');
  const body = (await response.json()) as {
    access_token?: string;
    error?: string;
    error_description?: string;
  };
  if (body.access_token === undefined) {
    throw new RejectedCall(
      `The authorization server does not issue this token: ${body.error_description ?? body.error}`,
    );
  }
  return { token: body.access_token };
}
