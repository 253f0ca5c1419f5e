import type { PolicyPart } from '../ssm/policy-part.ts';

/** The MCP server's path at the load balancer. The app's default listener rule matches it. */
export const MCP_PATH = '/api/mcp';

/** The server's tools, and the scopes that calls need. */
export const TOOLS = { list: 'list_orders', delete: 'delete_order' } as const;
export const SCOPES = { read: 'orders:read', write: 'orders:write' } as const;

/** The provider whose tokens have the resource as their audience. */
const PROVIDER = 'mcp';

/**
 * The policy that makes the MCP server a resource for clients to discover. Listing orders, and messages that call no tool, need
 * the scope to read. Every other tool, new ones included, needs the scopes to read and to write: many clients request only the
 * scopes of the last challenge, and with the scope to write alone they could no longer read.
 *
 * @param issuer of the tokens
 * @param resource the MCP server's URL, as clients use it
 */
export function ordersPolicy(issuer: string, resource: string): PolicyPart {
  const ours = { path: MCP_PATH, providers: [PROVIDER] };
  return {
    providers: { [PROVIDER]: { type: 'jwks', issuer, audience: [resource] } },
    resources: [{ resource, path: MCP_PATH, name: 'Orders', scopes: Object.values(SCOPES) }],
    routes: [
      { ...ours, methods: ['POST'], mcp: { method: 'tools/call', name: TOOLS.list }, scopes: [SCOPES.read] },
      { ...ours, methods: ['POST'], mcp: { method: 'tools/call' }, scopes: [SCOPES.read, SCOPES.write] },
      { ...ours, scopes: [SCOPES.read] },
    ],
  };
}
