import type { HttpRequest } from '../http/message.ts';
import { fold } from '../paths/steps.ts';
import { jsonText } from './json-body.ts';
import { MAX_NAME, type McpMessage, METHODS, NAMING_MEMBERS } from './mcp-message.ts';
import { memberNames } from './member-names.ts';
import { mirrorProblem } from './mirrored-fields.ts';

export type McpReading = { readonly message: McpMessage } | { readonly problem: string };

/**
 * All members of JSON-RPC 2.0. A closed list leaves no second spelling: Go reads `Method` as `method`, and the last
 * one counts.
 */
const OWN = new Set(['jsonrpc', 'id', 'method', 'params', 'result', 'error']);

/**
 * The one message in a request, if every server reads the same method and name in it. A problem is for the log, and
 * repeats nothing of the body.
 */
export function readMcpMessage(request: Pick<HttpRequest, 'headers' | 'body'>): McpReading {
  const body = jsonText(request);
  if (body.problem !== undefined) return body;
  const document = parse(body.text);
  if (document === undefined) return { problem: 'the body is not one JSON document' };
  if (Array.isArray(document)) return { problem: 'the body is a batch: send each message by itself' };
  if (!isObject(document)) return { problem: 'the body is not a JSON object' };
  const problem = namesProblem(body.text);
  if (problem !== undefined) return { problem };
  const read = messageOf(document);
  if ('problem' in read) return read;
  const mirrored = mirrorProblem(request.headers, read.message);
  return mirrored === undefined ? read : { problem: mirrored };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Members = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Why parsers might differ on a name: they take the first or the last of two, ignore case, cut at a NUL, or set a
 * prototype.
 */
function namesProblem(text: string): string | undefined {
  const names = memberNames(text);
  if (names === undefined) return 'the message has too many members';
  const { own, params } = names;
  if (new Set(own).size < own.length || new Set(params).size < params.length) {
    return 'a member of the message appears twice';
  }
  if (!own.every((name) => OWN.has(name))) return 'the message has a member that JSON-RPC does not define';
  return params.some(isUnclear) ? 'a member of "params" could be read as another one' : undefined;
}

/** Longest name of a member of `params`. Folding a longer one would take more time than everything else. */
const MAX_MEMBER = 128;

function isUnclear(name: string): boolean {
  if (name.length > MAX_MEMBER || isUnreadable(name) || PROTOTYPE.has(name)) return true;
  const bare = fold(name).replace(/[^\p{L}\p{N}]+/gu, '');
  return NAMING_MEMBERS.some((naming) => naming.toLowerCase() === bare && naming !== name);
}

const PROTOTYPE = new Set(['__proto__', 'constructor', 'prototype']);

/** Characters that some parsers drop, replace, or end a text at. */
const isUnreadable = (text: string): boolean => CONTROL.test(text) || !text.isWellFormed();
const CONTROL = /\p{Cc}/u;

function messageOf({ jsonrpc, method, params, ...rest }: Members): McpReading {
  if (jsonrpc !== '2.0') return { problem: '"jsonrpc" is not "2.0"' };
  const isResponse = 'result' in rest || 'error' in rest;
  if (method === undefined) {
    return isResponse && params === undefined
      ? { message: { method: undefined, name: undefined, naming: undefined } }
      : { problem: 'the message is neither a request nor a response' };
  }
  if (isResponse) return { problem: 'the message is both a request and a response' };
  if (!isName(method)) return { problem: '"method" is not a string of readable characters, or is too long' };
  if (params !== undefined && params !== null && !isObject(params)) {
    return { problem: '"params" is not an object' };
  }
  const [given, ...others] = NAMING_MEMBERS.filter((member) => params && Object.hasOwn(params, member));
  if (others.length > 0) return { problem: '"params" names more than one thing' };
  const naming = METHODS.has(method) && METHODS.get(method) !== given ? undefined : given;
  const name = naming === undefined ? undefined : params?.[naming];
  if (name !== undefined && !isName(name))
    return { problem: `"params.${naming}" is not a string of readable characters, or is too long` };
  return { message: { method, name, naming } };
}

const isName = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= MAX_NAME && !isUnreadable(value);
