import type { Config } from '../config/config.ts';
import type { HttpRequest } from '../http/message.ts';
import { isPathProblem, type PathProblem } from '../paths/judge-path.ts';
import type { TakenRoute } from '../routes/route.ts';

/**
 * The route of a request by its path and method. A client of a revision before 2026-07-28 may send a GET to an MCP
 * endpoint to request an event stream. Such a request matches the routes of the endpoint's messages: it is rejected,
 * but only after its identity is checked. A dry run of those routes rejects nothing, so then the policy's rules for a
 * GET apply.
 */
export function judgeRequest(
  { method, path, headers }: HttpRequest,
  { judgePath, hasMcp }: Pick<Config, 'judgePath' | 'hasMcp'>,
): TakenRoute | PathProblem {
  const own = judgePath(method, path);
  if (!hasMcp || method !== 'GET' || isPathProblem(own) || !acceptsStream(headers)) return own;
  const posted = judgePath('POST', path);
  return isPathProblem(posted) || posted.candidates === undefined || posted.reportOnly ? own : posted;
}

const acceptsStream = (headers: HttpRequest['headers']): boolean =>
  headers.some(([name, value]) => name === 'accept' && /\btext\/event-stream\b/i.test(value));
