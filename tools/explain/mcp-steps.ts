import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import { type HttpRequest, headerValues } from '../../lambda/core/http/message.ts';
import { readMcpMessage } from '../../lambda/core/mcp/read-message.ts';
import { takeRoute } from '../../lambda/core/mcp/take-route.ts';
import type { TakenRoute } from '../../lambda/core/routes/route.ts';
import { placedName } from '../check-config/route-names.ts';
import { shown } from './format.ts';
import { fail, pass, type Step } from './step.ts';

/** The route that a request matches by its MCP message, and why. */
export interface McpTaken {
  /** Undefined if it matches none. */
  readonly route: TakenRoute | undefined;
  /** Empty if path and method alone decide. */
  readonly steps: readonly Step[];
}

/** Chooses among the MCP routes of a request. */
export function mcpTaken(route: TakenRoute, request: HttpRequest, policy: PolicyDocument): McpTaken {
  const taken = takeRoute(route, request);
  if ('kind' in taken) return { route: undefined, steps: [fail('mcp', taken, hintsOf(request))] };
  if (route.candidates === undefined) return { route, steps: [] };
  const name = nameOf(taken, policy);
  return { route: taken, steps: [pass('mcp', `${messageText(request)} matches ${name}`)] };
}

/** The message that decides, if the body can be read. */
function messageText(request: HttpRequest): string {
  const reading = readMcpMessage(request);
  if ('problem' in reading) return 'the message';
  const { method, name } = reading.message;
  if (method === undefined) return 'a response';
  return name === undefined ? shown(method) : `${shown(method)} of ${shown(name)}`;
}

function hintsOf(request: HttpRequest): string[] {
  if (request.method !== 'POST') return ['MCP clients continue without an event stream'];
  if (request.body.length === 0) {
    return ['the request has no body here: give it with --body FILE, or paste the curl command that has it'];
  }
  if (headerValues(request.headers, 'content-type').length === 0) {
    return ['the request has no Content-Type here: give it with --header "Content-Type: application/json"'];
  }
  const reading = readMcpMessage(request);
  return 'problem' in reading ? [] : [`the message is ${messageText(request)}`];
}

function nameOf(
  { path, mcp, allowAnonymous, reportOnly }: TakenRoute,
  { routes = [], mode = 'enforce' }: PolicyDocument,
): string {
  if (path === undefined) return 'no route';
  const index = routes.findIndex(
    (one) =>
      one.path === path &&
      one.mcp?.method === mcp?.method &&
      one.mcp?.name === mcp?.name &&
      // A strict route may follow an open one for the same path, for the path with a slash at the end.
      (one.onUnauthenticatedRequest === 'allow') === allowAnonymous &&
      ((one.mode ?? mode) === 'report-only') === reportOnly &&
      (one.methods?.includes('POST') ?? true),
  );
  const document = routes[index];
  return document === undefined ? path : placedName(document, index);
}
