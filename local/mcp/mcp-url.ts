import type { Deployment } from '../assembly/deployment.ts';
import { compileRules } from '../load-balancer/listener-rules.ts';
import { MCP_PATH } from './orders-policy.ts';

/** Where clients that know the URL alone find the metadata document of a resource (RFC 9728 §3.1). */
export function documentOf(resource: string): string {
  const { origin, pathname } = new URL(resource);
  return `${origin}/.well-known/oauth-protected-resource${pathname}`;
}

/**
 * The URL that clients are given.
 *
 * @param origin of the load balancer
 * @throws where its listener does not send the function what clients send there, or their requests for the metadata
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
      `No listener rule takes ${url}, where --mcp has the MCP server: leave out -c hosts, and have -c paths take ${MCP_PATH}.`,
    );
  }
  const document = documentOf(url);
  if (isTaken('GET', new URL(document).pathname)) return url;
  throw new Error(
    `No listener rule takes ${document}, where clients of the MCP server find out where to get a token: give -c resourceDocuments=true.`,
  );
}
