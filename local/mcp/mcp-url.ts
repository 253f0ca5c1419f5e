import type { Deployment } from '../assembly/deployment.ts';
import { compileRules } from '../load-balancer/listener-rules.ts';
import { MCP_PATH } from './orders-policy.ts';

/**
 * The URL that clients are given.
 *
 * @param origin of the load balancer
 * @throws where its listener does not forward what is sent there
 */
export function mcpUrlOf({ listener }: Deployment, origin: string): string {
  const url = origin + MCP_PATH;
  const action = compileRules(
    listener.rules,
    listener.defaultAction,
  )({
    method: 'POST',
    path: MCP_PATH,
    query: '',
    headers: [['Host', new URL(url).host]],
    sourceIp: '127.0.0.1',
  });
  if (action.type === 'forward') return url;
  throw new Error(
    `No listener rule takes ${url}, where --mcp has the MCP server: leave out -c hosts, and have -c paths take ${MCP_PATH}.`,
  );
}
