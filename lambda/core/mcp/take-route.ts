import type { Rejection } from '../decision.ts';
import type { HttpRequest } from '../http/message.ts';
import type { LoggedMessage, Route, TakenRoute } from '../routes/route.ts';
import type { McpMessage } from './mcp-message.ts';
import { type McpReading, readMcpMessage } from './read-message.ts';
import { uriProblem } from './uri-problem.ts';

/** Asks for a stream that stays open, which no function behind a load balancer can give. */
export const STREAM = 'subscriptions/listen';

/**
 * Which of its candidates a request takes by its MCP message, or why it can take none. Where there are none, path and method have
 * decided.
 */
export function takeRoute(route: TakenRoute, request: HttpRequest): TakenRoute | Rejection {
  const { candidates } = route;
  if (candidates === undefined) return route;
  if (request.method !== 'POST') {
    const reason = 'an event stream that stays open cannot pass a load balancer and a function';
    return { kind: 'reject', code: 'method_not_allowed', reason, allow: 'POST' };
  }
  const reading = readFor(candidates, request);
  if ('problem' in reading) return { kind: 'reject', code: 'mcp_request_invalid', reason: reading.problem };
  const { message } = reading;
  const taken = candidates.find(({ mcp }) => mcp === undefined || mcp.matches(message));
  if (taken === undefined || taken.missing) {
    return { kind: 'reject', code: 'route_missing', reason: 'no route of the path is for this MCP message' };
  }
  return taken.mcp === undefined ? taken : { ...taken, message: loggedMessage(taken, message) };
}

/** A message that is read in one way can still be one that nothing is decided on. */
function readFor(candidates: readonly Route[], request: HttpRequest): McpReading {
  const reading = readMcpMessage(request);
  if ('problem' in reading) return reading;
  const { method, name = '', naming } = reading.message;
  if (method === STREAM) {
    return {
      problem: `${STREAM} asks for a stream that stays open, which cannot pass a load balancer and a function`,
    };
  }
  const decides = naming === 'uri' && candidates.some(({ mcp }) => mcp?.name !== undefined);
  const problem = decides ? uriProblem(name) : undefined;
  return problem === undefined ? reading : { problem };
}

/**
 * The route whose scopes a client that has no token yet is told: the one that its message takes, or, for what takes none, the one for
 * requests of any kind. Any other would have clients ask for what they need for another tool.
 */
export function routeToAskFor(route: TakenRoute, request: HttpRequest): Route | undefined {
  if (route.candidates === undefined) return route;
  const taken = takeRoute(route, request);
  return 'kind' in taken ? route.candidates.find(({ mcp, missing }) => mcp === undefined && !missing) : taken;
}

/** Only what the route's own patterns are about, and only what can be no token. */
function loggedMessage({ mcp }: Route, { method, name }: McpMessage): LoggedMessage {
  return {
    ...(mcp?.method !== undefined && isHarmless(method) && { mcpMethod: method }),
    ...(mcp?.name !== undefined && isHarmless(name) && { mcpName: name }),
  };
}

/** As long as the names of tools may be; a token is longer. */
const MAX_LOGGED = 128;

const isHarmless = (text: string | undefined): text is string =>
  text !== undefined && text.length <= MAX_LOGGED && /^[\w./:-]+$/.test(text);
