import type { TestRequest } from './alb-event.ts';
import { mint } from './tokens.ts';
import type { World } from './world.ts';

/** A JSON-RPC request, with params if given. */
export const rpc = (method: string, params?: object) => ({ jsonrpc: '2.0', id: 1, method, params });

/** The POST of a message, or of its exact text, as MCP clients send it. */
export const posted = (message: object | string | Uint8Array, headers: TestRequest['headers'] = {}) =>
  ({
    method: 'POST',
    target: '/mcp',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: typeof message === 'string' || message instanceof Uint8Array ? message : JSON.stringify(message),
  }) satisfies TestRequest;

/** The code of the response to a message from a caller with these scopes. */
export async function codeOf(world: World, request: TestRequest, scope = 'none'): Promise<string> {
  const claims = {
    iss: 'https://issuer.example',
    aud: 'api.example.com',
    sub: 'a',
    exp: 1_790_003_600,
    scope,
  };
  const response = await world.present(mint(world.key, claims), request);
  return response.status === 200 ? 'allowed' : String((response.body as { code?: unknown }).code);
}
