import type { TestStack } from './local-stack.ts';
import { rpc } from './mcp.ts';

export const JSON_TYPES = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
} as const;

/** A JSON-RPC request as text. */
export const message = (method: string, params?: object): string => JSON.stringify(rpc(method, params));

export const toolCall = (name: string, args: object = {}): string =>
  message('tools/call', { name, arguments: args });

/** A token of the stack's authorization server for one resource (RFC 8707). */
export const tokenFor = (stack: TestStack, resource: string, scope: string): Promise<string> =>
  stack.token({ resource, scope });

/** Sends a body to the MCP server through the load balancer. */
export const post = (
  stack: TestStack,
  body: string,
  token?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  stack.call('/api/mcp', token, { method: 'POST', body, headers: { ...JSON_TYPES, ...headers } });

/** Status and code of a rejection. */
export const rejectionOf = async (response: Response): Promise<[number, string | undefined]> => {
  const text = await response.text();
  const isProblem = response.headers.get('content-type') === 'application/problem+json';
  return [response.status, isProblem ? (JSON.parse(text) as { code?: string }).code : undefined];
};
