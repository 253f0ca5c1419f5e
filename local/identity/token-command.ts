import { DEMO } from './authorization-server.ts';

/**
 * The command that puts a token of the stack's own authorization server into the shell's variable TOKEN.
 *
 * @param resource what the token is for (RFC 8707); the demo audience unless given
 */
export function tokenCommand(
  authorizationServer: string,
  { scope, resource }: { readonly scope: string; readonly resource?: string },
): string {
  const target = resource === undefined ? '' : ` -d 'resource=${resource}'`;
  const curl = `curl -s -u ${DEMO.clientId}:${DEMO.clientSecret} -d grant_type=client_credentials${target} -d 'scope=${scope}' ${authorizationServer}/token`;
  return `TOKEN=$(${curl} | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`;
}
