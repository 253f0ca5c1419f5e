import { DEMO } from './authorization-server.ts';

/**
 * A command that puts a token from the stack's own authorization server into the shell variable TOKEN.
 *
 * @param resource the resource to request (RFC 8707); by default, the demo audience
 */
export function tokenCommand(
  authorizationServer: string,
  { scope, resource }: { readonly scope: string; readonly resource?: string },
): string {
  const target = resource === undefined ? '' : ` -d 'resource=${resource}'`;
  const curl = `curl -s -u ${DEMO.clientId}:${DEMO.clientSecret} -d grant_type=client_credentials${target} -d 'scope=${scope}' ${authorizationServer}/token`;
  return `TOKEN=$(${curl} | sed -n 's/.*"access_token" *: *"\\([^"]*\\)".*/\\1/p')`;
}
