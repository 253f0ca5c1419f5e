/** Where the load balancer has the MCP server. The app's default listener rule takes it. */
export const MCP_PATH = '/api/mcp';

/** What the server does, and what each takes. */
export const TOOLS = { list: 'list_orders', delete: 'delete_order' } as const;
export const SCOPES = { read: 'orders:read', write: 'orders:write' } as const;

/** Name of the provider whose tokens are for the resource alone. */
const PROVIDER = 'mcp';

/** Messages that every client sends, whatever its user wants. */
const SESSION = ['initialize', 'notifications/*', 'ping', 'server/discover', 'tools/list'];

/**
 * The policy under which the MCP server is a resource that clients discover, and each of its tools takes a scope of its own. Anything
 * else that a client may send has no route.
 *
 * @param issuer of the tokens
 * @param resource the URL that clients are given
 */
export function ordersPolicy({ issuer, resource }: { readonly issuer: string; readonly resource: string }) {
  const route = (mcp: object, scope: string) => ({
    path: MCP_PATH,
    methods: ['POST'],
    mcp,
    providers: [PROVIDER],
    scopes: [scope],
  });
  return {
    providers: { [PROVIDER]: { type: 'jwks', issuer, audience: [resource] } },
    resources: [{ resource, path: MCP_PATH, name: 'Orders', scopes: Object.values(SCOPES) }],
    routes: [
      ...SESSION.map((method) => route({ method }, SCOPES.read)),
      route({ method: 'tools/call', name: TOOLS.list }, SCOPES.read),
      route({ method: 'tools/call', name: TOOLS.delete }, SCOPES.write),
      { path: MCP_PATH, providers: [PROVIDER], scopes: [SCOPES.read], methods: ['GET', 'DELETE'] },
    ],
  };
}
