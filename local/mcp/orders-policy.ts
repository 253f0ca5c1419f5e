import type { PolicyPart } from '../ssm/policy-part.ts';

/** Where the load balancer has the MCP server. The app's default listener rule takes it. */
export const MCP_PATH = '/api/mcp';

/** What the server does, and what each takes. */
export const TOOLS = { list: 'list_orders', delete: 'delete_order' } as const;
export const SCOPES = { read: 'orders:read', write: 'orders:write' } as const;

/** Name of the provider whose tokens are for the resource alone. */
const PROVIDER = 'mcp';

/**
 * The policy under which the MCP server is a resource that clients discover. Orders are listed, and messages that call no tool are
 * sent, with the scope to read; every other tool, any that is new included, takes the one to write as well. As well, since many a
 * client asks for the scopes of the challenge and no others, and could read no more after that.
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
