import type { Rejection } from '../decision.ts';
import type { HttpRequest } from '../http/message.ts';
import type { LoggedMessage, Route, TakenRoute } from '../routes/route.ts';
import type { McpMessage } from './mcp-message.ts';
import { readMcpMessage } from './read-message.ts';
import { uriProblem } from './uri-problem.ts';
import { uriReadings } from './uri-readings.ts';

/** Requests a stream that stays open, which a function behind a load balancer cannot provide. */
export const STREAM = 'subscriptions/listen';

/**
 * The candidate that a request takes by its MCP message, or why it can take none. Without candidates, path and method
 * have already decided.
 */
export function takeRoute(route: TakenRoute, request: HttpRequest): TakenRoute | Rejection {
  const { candidates } = route;
  if (candidates === undefined) return route;
  if (request.method !== 'POST') {
    const reason = 'a load balancer and a function cannot keep an event stream open';
    return { kind: 'reject', code: 'method_not_allowed', reason, allow: 'POST' };
  }
  const reading = readMcpMessage(request);
  if ('problem' in reading) return invalid(reading.problem);
  const { message } = reading;
  const index = candidates.findIndex(({ mcp }) => mcp === undefined || mcp.matches(message));
  const problem = messageProblem(message, candidates, index);
  if (problem !== undefined) return invalid(problem);
  const taken = candidates[index];
  if (taken === undefined || taken.missing) {
    return { kind: 'reject', code: 'route_missing', reason: 'no route for the path matches the MCP message' };
  }
  return taken.mcp === undefined ? taken : { ...taken, message: loggedMessage(taken, message) };
}

const invalid = (reason: string): Rejection => ({ kind: 'reject', code: 'mcp_request_invalid', reason });

/**
 * The route that a dry run uses for a request that it would reject: the one for its message if that is clear, else the
 * last, which is for requests of any kind.
 */
export function routeOfDryRun(route: TakenRoute, request: HttpRequest): TakenRoute {
  const taken = takeRoute(route, request);
  if (!('kind' in taken)) return taken;
  return route.candidates?.findLast(({ missing }) => !missing) ?? route;
}

/** A message can be unambiguous and still be one that no decision is possible on. */
function messageProblem(
  { method, name, naming }: McpMessage,
  candidates: readonly Route[],
  index: number,
): string | undefined {
  if (method === STREAM) {
    return `${STREAM} asks for a stream, which a load balancer and a function cannot keep open`;
  }
  if (name === undefined || naming !== 'uri') return undefined;
  if (candidates.every(({ mcp }) => mcp?.name === undefined)) return undefined;
  const problem = uriProblem(name);
  if (problem !== undefined) return problem;
  const earlier = candidates.slice(0, index).filter(({ mcp }) => mcp?.name !== undefined);
  if (earlier.length === 0) return undefined;
  const readings = uriReadings(name).map((reading) => ({ method, name: reading, naming }));
  const misses = earlier.some(({ mcp }) => readings.some((reading) => mcp?.matches(reading)));
  return misses ? 'another spelling of the URI matches an earlier route' : undefined;
}

/**
 * The route whose scopes are named to a client that has no token yet: the one that its message takes, or, if it takes
 * none, the one for requests of any kind. With any other, clients would request scopes that they need for another tool.
 */
export function routeToAskFor(route: TakenRoute, request: HttpRequest): Route | undefined {
  if (route.candidates === undefined) return route;
  const taken = takeRoute(route, request);
  return 'kind' in taken ? route.candidates.find(({ mcp, missing }) => mcp === undefined && !missing) : taken;
}

/** Only what the route's own patterns match, and only text that cannot be a token. */
function loggedMessage({ mcp }: Route, { method, name }: McpMessage): LoggedMessage {
  return {
    ...(mcp?.method !== undefined && isHarmless(method) && { mcpMethod: method }),
    ...(mcp?.name !== undefined && isHarmless(name) && { mcpName: name }),
  };
}

/** The longest name that a tool may have. Tokens are longer. */
const MAX_LOGGED = 128;

const isHarmless = (text: string | undefined): text is string =>
  text !== undefined && text.length <= MAX_LOGGED && /^[\w./:-]+$/.test(text);
