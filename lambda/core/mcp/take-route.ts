import type { Rejection } from '../decision.ts';
import type { HttpRequest } from '../http/message.ts';
import type { LoggedMessage, Route, TakenRoute } from '../routes/route.ts';
import type { McpMessage } from './mcp-message.ts';
import { readMcpMessage } from './read-message.ts';
import { uriProblem } from './uri-problem.ts';
import { uriReadings } from './uri-readings.ts';

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
  const reading = readMcpMessage(request);
  if ('problem' in reading) return invalid(reading.problem);
  const { message } = reading;
  const index = candidates.findIndex(({ mcp }) => mcp === undefined || mcp.matches(message));
  const problem = messageProblem(message, candidates, index);
  if (problem !== undefined) return invalid(problem);
  const taken = candidates[index];
  if (taken === undefined || taken.missing) {
    return { kind: 'reject', code: 'route_missing', reason: 'no route of the path is for this MCP message' };
  }
  return taken.mcp === undefined ? taken : { ...taken, message: loggedMessage(taken, message) };
}

const invalid = (reason: string): Rejection => ({ kind: 'reject', code: 'mcp_request_invalid', reason });

/**
 * The route by which a dry run sends on what it would refuse: the one for its message if that can be told, else the last, which is for
 * requests of any kind.
 */
export function routeOfDryRun(route: TakenRoute, request: HttpRequest): TakenRoute {
  const taken = takeRoute(route, request);
  if (!('kind' in taken)) return taken;
  return route.candidates?.findLast(({ missing }) => !missing) ?? route;
}

/** A message that is read in one way can still be one that nothing is decided on. */
function messageProblem(
  { method, name, naming }: McpMessage,
  candidates: readonly Route[],
  index: number,
): string | undefined {
  if (method === STREAM) {
    return `${STREAM} asks for a stream that stays open, which cannot pass a load balancer and a function`;
  }
  if (name === undefined || naming !== 'uri') return undefined;
  if (candidates.every(({ mcp }) => mcp?.name === undefined)) return undefined;
  const problem = uriProblem(name);
  if (problem !== undefined) return problem;
  const earlier = candidates.slice(0, index).filter(({ mcp }) => mcp?.name !== undefined);
  if (earlier.length === 0) return undefined;
  const readings = uriReadings(name).map((reading) => ({ method, name: reading, naming }));
  const misses = earlier.some(({ mcp }) => readings.some((reading) => mcp?.matches(reading)));
  return misses ? 'the URI has another spelling, which is for an earlier route' : undefined;
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
