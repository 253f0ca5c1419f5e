import { DEMO } from '../identity/authorization-server.ts';

/**
 * Gets an access token from the stack's own authorization server.
 *
 * @param requested the scopes and the resource (RFC 8707) to request; by default, the demo's scopes
 */
export async function requestToken(
  authorizationServer: string,
  requested: { readonly scope: string; readonly resource?: string } = { scope: DEMO.scope },
): Promise<string> {
  const credentials = Buffer.from(`${DEMO.clientId}:${DEMO.clientSecret}`).toString('base64');
  const response = await fetch(`${authorizationServer}/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${credentials}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...requested }),
  });
  if (!response.ok) {
    throw new Error(`The authorization server returned ${response.status}: if it is in an outage, press o.`);
  }
  return String(((await response.json()) as { access_token?: unknown }).access_token);
}
