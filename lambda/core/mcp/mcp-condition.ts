import { compilePattern } from '../routes/pattern.ts';
import { subsumes } from '../routes/pattern-subsumption.ts';
import type { McpMessage } from './mcp-message.ts';

/**
 * The MCP messages that a route is for. Patterns are like those of paths. Case matters, and every character counts.
 */
export interface McpCondition {
  /** Pattern of methods; undefined for any. */
  readonly method: string | undefined;
  /** Pattern of names; undefined for any name, and for no name. */
  readonly name: string | undefined;
  readonly matches: (message: McpMessage) => boolean;
}

export function compileCondition({
  method,
  name,
}: {
  readonly method?: string | undefined;
  readonly name?: string | undefined;
}): McpCondition {
  const ofMethod = method === undefined ? undefined : compilePattern(method);
  const ofName = name === undefined ? undefined : compilePattern(name);
  return {
    method,
    name,
    matches: (message) =>
      message.method !== undefined &&
      (ofMethod === undefined || ofMethod(message.method, 0)) &&
      (ofName === undefined || (message.name !== undefined && ofName(message.name, 0))),
  };
}

/**
 * Whether a condition holds for all messages that another one holds for. Without a condition, responses match too.
 */
export function coversMessages(
  general: McpCondition | undefined,
  special: McpCondition | undefined,
): boolean {
  if (general === undefined) return true;
  if (special === undefined) return false;
  return (
    covers(general.method ?? '*', special.method ?? '*') &&
    (general.name === undefined || (special.name !== undefined && covers(general.name, special.name)))
  );
}

/** Most patterns are plain names, and all routes of an endpoint are compared with each other. */
const covers = (general: string, special: string): boolean =>
  general === special || general === '*' || (/[*?]/.test(general) && subsumes(general, special));
