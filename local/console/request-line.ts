import type { Part, ServedRequest } from '../stack-event.ts';
import type { LoggedDecision } from './function-line.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';

const MAX_METHOD = 20;
const MAX_PATH = 200;

/** A request, and what is known about the decision on it. */
export interface PrintedRequest {
  readonly part: Part;
  readonly request: ServedRequest;
  /** Undefined if the function was not invoked, or logged no decision. */
  readonly decision: LoggedDecision | undefined;
}

/** One line that says which response a request got, and why, or which provider and route let it pass. */
export function requestLine({ part, request, decision }: PrintedRequest, style: Style): string {
  const { status, ms } = request;
  const method = printable(request.method, MAX_METHOD);
  const path = printable(request.path, MAX_PATH);
  const mcp = decision?.mcp === undefined ? '' : ` ${printable(decision.mcp, MAX_PATH)}`;
  const words = [
    colorOf(status, style)(String(status)),
    `${method} ${path}${mcp}${part === 'api' ? style.dim(' at the API') : ''}`,
    ...account(request, decision, style),
    ...(ms === undefined
      ? []
      : [style.dim(`${Math.round(ms)} ms${decision?.coldStart === true ? ', cold start' : ''}`)]),
  ];
  return words.join('  ');
}

function account(
  { failure, invocationId }: ServedRequest,
  decision: LoggedDecision | undefined,
  style: Style,
): string[] {
  if (failure !== undefined) return [style.red(printable(failure))];
  if (invocationId === undefined) return [style.dim('the function was not called')];
  if (decision === undefined) return [style.dim('the function logged no decision')];
  const { code, reason, reported, provider, route } = decision;
  const why = reason === undefined ? [] : [printable(reason)];
  if (code !== 'allowed') return [style.bold(printable(code)), ...why];
  if (reported !== undefined) {
    return [`let through, report-only: ${style.bold(printable(reported))}`, ...why];
  }
  // The function responded itself, without the upstream.
  if (reason !== undefined) return why;
  return [
    provider === undefined ? 'anonymous' : `provider ${printable(provider)}`,
    ...(route === undefined ? [] : [`route ${printable(route, MAX_PATH)}`]),
  ];
}

function colorOf(status: number, { green, cyan, yellow, red }: Style): (text: string) => string {
  if (status < 300) return green;
  if (status < 400) return cyan;
  return status < 500 ? yellow : red;
}
