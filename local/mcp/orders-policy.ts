import type { PolicyPart } from '../ssm/policy-part.ts';

/** Where the load balancer has the MCP server. The app's default listener rule takes it. */
export const MCP_PATH = '/api/mcp';

/** The server's tools, and the scopes that calls of them need. */
export const TOOLS = { list: 'list_orders', delete: 'delete_order' } as const;
export const SCOPES = { read: 'orders:read', write: 'orders:write' } as const;

/** Name of the provider whose tokens are for the resource alone. */
const PROVIDER = 'mcp';

/**
 * The policy under which the MCP server is a resource that clients discover. Listing orders, and messages that call no tool, need
 * the scope to read. Every other tool, any new one included, needs the one to write as well: many clients ask for the scopes of
 * the last challenge and no others, and could no longer read with that one alone.
 *
 * @param issuer of the tokens
 * @param resource the URL that clients are given
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
