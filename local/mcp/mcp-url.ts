import type { Deployment } from '../assembly/deployment.ts';
import { compileRules } from '../load-balancer/listener-rules.ts';
import { MCP_PATH } from './orders-policy.ts';

/** Where clients that know only a resource's URL find its metadata document (RFC 9728 §3.1). */
export function documentOf(resource: string): string {
  const { origin, pathname } = new URL(resource);
  return `${origin}/.well-known/oauth-protected-resource${pathname}`;
}

/**
 * The MCP server's URL, to give to clients.
 *
 * @param origin of the load balancer
 * @throws if the listener does not forward requests for this URL or for its metadata to the function
 */
export function mcpUrlOf({ listener }: Deployment, origin: string): string {
  const url = origin + MCP_PATH;
  const match = compileRules(listener.rules, listener.defaultAction);
  const isTaken = (method: string, path: string) => {
    const headers: [string, string][] = [['Host', new URL(url).host]];
    return match({ method, path, query: '', headers, sourceIp: '127.0.0.1' }).type === 'forward';
  };
  if (!isTaken('POST', MCP_PATH)) {
    throw new Error(
      `No listener rule matches ${url}, which --mcp needs for the MCP server: leave out -c hosts, and include ${MCP_PATH} in -c paths.`,
    );
  }
  const document = documentOf(url);
  if (isTaken('GET', new URL(document).pathname)) return url;
  throw new Error(
    `No listener rule matches ${document}, where MCP clients read where to get a token: add -c resourceDocuments=true.`,
  );
}
