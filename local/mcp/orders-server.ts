import type { IncomingMessage } from 'node:http';
import {
  createMcpHandler,
  fromJsonSchema,
  McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { TOOLS } from './orders-policy.ts';

interface Order {
  readonly id: string;
  readonly item: string;
}

/** Responds to one HTTP request to the MCP server. Gets the body separately, because it has already been read. */
export type McpResponder = (request: IncomingMessage, body: Buffer) => Promise<Response>;

/**
 * A small MCP server with tools to list and delete orders, which it keeps in memory. Each tool's result names the caller, from
 * the identity headers that the upstream gets. It speaks every revision from 2025-03-26 on and keeps no sessions.
 */
export function createOrdersServer(): McpResponder {
  const orders = new Map<string, Order>(
    ['bicycle', 'saddle', 'lamp'].map((item, index) => [String(index + 1), { id: String(index + 1), item }]),
  );
  const { fetch } = createMcpHandler(() => {
    const server = new McpServer({ name: 'orders', version: '1.0.0' });
    server.registerTool(
      TOOLS.list,
      { description: 'Lists all orders.', inputSchema: fromJsonSchema({ type: 'object' }) },
      async (_, context) => toolResult({ orders: [...orders.values()] }, context),
    );
    server.registerTool(
      TOOLS.delete,
      {
        description: 'Deletes an order.',
        inputSchema: fromJsonSchema<{ id: string }>({
          type: 'object',
          properties: { id: { type: 'string', description: 'The order, by its id' } },
          required: ['id'],
        }),
      },
      async ({ id }, context) => {
        const isDeleted = orders.delete(id);
        const what = isDeleted ? { deleted: id } : { error: `There is no order ${id}: list them.` };
        return { ...toolResult(what, context), isError: !isDeleted };
      },
    );
    return server;
  });
  return (request, body) => fetch(toWebRequest(request, body));
}

/** A tool's result, with the identity headers of the call. */
function toolResult(found: object, { http }: ServerContext) {
  const caller = Object.fromEntries(
    [...(http?.req?.headers ?? [])].filter(([name]) => name.startsWith('x-jwt-')),
  );
  return { content: [{ type: 'text' as const, text: JSON.stringify({ ...found, caller }) }] };
}

function toWebRequest({ method = 'GET', url = '/', rawHeaders }: IncomingMessage, body: Buffer): Request {
  const headers = new Headers();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2)
    headers.append(rawHeaders[i] ?? '', rawHeaders[i + 1] ?? '');
  const content =
    body.length > 0 && method !== 'GET' && method !== 'HEAD' ? { body: new Uint8Array(body) } : {};
  return new Request(new URL(url, 'http://upstream'), { method, headers, ...content });
}
