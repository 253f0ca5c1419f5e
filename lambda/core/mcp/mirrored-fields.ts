import { isUtf8 } from 'node:buffer';
import { spellingsOf } from '../http/forwarded-headers.ts';
import { type HeaderList, soleValue } from '../http/message.ts';
import type { McpMessage } from './mcp-message.ts';

/** Header fields in which a client repeats what the body says, from revision 2026-07-28 on. */
const METHOD = 'mcp-method';
const NAME = 'mcp-name';

const SPELLINGS = spellingsOf(METHOD, NAME);

/** Why the fields do not match the body; undefined if they match, or if there are none. */
export function mirrorProblem(headers: HeaderList, { method, name }: McpMessage): string | undefined {
  for (const [field] of headers) {
    if (SPELLINGS.test(field) && field !== METHOD && field !== NAME) {
      return 'Mcp-Method or Mcp-Name is spelled differently';
    }
  }
  const [sentMethod, sentName] = [soleValue(headers, METHOD), soleValue(headers, NAME)];
  if (sentMethod !== undefined && sentMethod !== method) return 'Mcp-Method is not the "method" of the body';
  if (sentName === undefined) return undefined;
  return sentName !== null && decodedName(sentName) === name
    ? undefined
    : 'Mcp-Name is not the name in "params" of the body';
}

/**
 * The markers are case-sensitive, and a name that looks encoded always is. Null if the name cannot be decoded in
 * exactly one way.
 */
function decodedName(value: string): string | null {
  const [, encoded] = /^=\?base64\?(.*)\?=$/s.exec(value) ?? [];
  if (encoded === undefined) return value;
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.toString('base64') === encoded && isUtf8(bytes) ? bytes.toString('utf8') : null;
}
