import type { TestRequest } from './alb-event.ts';
import type { World } from './world.ts';

export const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/** A resource of a policy, and the path of its document. */
export const MCP = { resource: 'https://api.example.com/mcp', path: '/mcp/*' };
export const MCP_DOCUMENT = `${WELL_KNOWN}/mcp`;
export const MCP_METADATA = `https://api.example.com${MCP_DOCUMENT}`;

/** Puts a policy in force for further requests. */
export const under = (world: World, policy: object): World => {
  world.parameters.policy = JSON.stringify(policy);
  world.advance(61);
  return world;
};

/** A response without its request id. */
export function withoutRequestId({ status, headers, body }: Awaited<ReturnType<World['call']>>) {
  const { 'x-request-id': _, ...rest } = headers;
  return { status, headers: rest, body };
}

/** The document at a path, if there is one. */
export const read = (world: World, target: string, request: TestRequest = {}) =>
  world.call({ target, ...request });
