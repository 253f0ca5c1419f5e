import type { HttpRequest } from '../../../lambda/core/http/message.ts';
import { coversMessages, type McpCondition } from '../../../lambda/core/mcp/mcp-condition.ts';
import { type McpMessage, METHODS } from '../../../lambda/core/mcp/mcp-message.ts';
import { STREAM } from '../../../lambda/core/mcp/take-route.ts';
import { matchesPattern } from '../../../lambda/core/routes/pattern.ts';
import { patternsMeet } from '../../../lambda/core/routes/patterns-meet.ts';
import { mergedPatterns } from './common-paths.ts';
import { nameText } from './name-text.ts';

/** For messages that no route with `mcp` matches. */
export const OTHER_MESSAGES = 'any other message';
/** For bodies that cannot decide between MCP routes. */
export const UNCLEAR = 'an unclear message or none';

/** For requests that ask for an event stream. */
export const STREAM_REQUEST = 'a request for an event stream';

/** A name that no policy has. */
const OTHER = 'another-7f3a';

/** Methods to try first: those that clients send most, with a name and without. */
const USUAL = ['tools/call', 'tools/list', 'prompts/get', 'ping'];

/** Texts for wildcards in methods and names. */
const FILLINGS = ['x', '', OTHER, 'x/y', '7'];

/** Messages that meet two conditions, the plainest first. An undefined condition holds for any message. */
export function messagesFor(one: McpCondition | undefined, other: McpCondition | undefined): McpMessage[] {
  const methods = textsOf(mergedPatterns(one?.method ?? '*', other?.method ?? '*'), [
    ...USUAL,
    ...METHODS.keys(),
  ]);
  const isNamed = one?.name !== undefined || other?.name !== undefined;
  const names = textsOf(mergedPatterns(one?.name ?? '*', other?.name ?? '*'), [OTHER]);
  return methods
    .filter((method) => method !== STREAM)
    .flatMap((method): McpMessage[] => {
      const naming = METHODS.has(method) ? METHODS.get(method) : 'name';
      if (naming === undefined) return isNamed ? [] : [{ method, name: undefined, naming }];
      return [
        ...names.map((name) => ({ method, name, naming })),
        ...(isNamed ? [] : [{ method, name: undefined, naming: undefined }]),
      ];
    });
}

/** Texts that some patterns match, known ones first. */
function textsOf(patterns: readonly string[], known: readonly string[]): string[] {
  const filled = FILLINGS.flatMap((filling) =>
    patterns.map((pattern) => pattern.replaceAll('*', filling).replaceAll('?', 'x')),
  );
  const matched = known.filter((text) => patterns.some((pattern) => matchesPattern(pattern, text)));
  return [...new Set([...matched, ...filled])].filter((text) => text !== '');
}

/** Whether some message meets both. */
export const messagesMeet = (one: McpCondition | undefined, other: McpCondition | undefined): boolean =>
  one === undefined ||
  other === undefined ||
  (patternsMeet(one.method ?? '*', other.method ?? '*') &&
    (one.name === undefined || other.name === undefined || patternsMeet(one.name, other.name)));

/** The narrowest condition that describes the messages; undefined for any message. */
export function conditionText(
  one: McpCondition | undefined,
  other: McpCondition | undefined,
): string | undefined {
  if (one === undefined || other === undefined || coversMessages(one, other)) {
    const told = other ?? one;
    return told && patternsText(told);
  }
  if (coversMessages(other, one)) return patternsText(one);
  return [one, other].map(patternsText).sort().join(' and ');
}

const patternsText = ({ method = '*', name }: McpCondition): string =>
  [method, ...(name === undefined ? [] : [name])].map(nameText).join(' ');

export const messageText = ({ method, name }: McpMessage): string =>
  [method ?? '', ...(name === undefined ? [] : [name])].map(nameText).join(' ');

/** A request with a message as clients send it. */
export function carryingMessage(request: HttpRequest, { method, name, naming }: McpMessage): HttpRequest {
  const params = naming === undefined ? undefined : { [naming]: name };
  return {
    ...request,
    headers: [...request.headers, ['content-type', 'application/json']],
    body: Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })),
  };
}
