import { cleanToken } from './clean-token.ts';
import { parseCurl } from './curl-command.ts';
import { parseHeaderLines } from './header-lines.ts';
import type { Pasted } from './pasted.ts';
import { parseTokenResponse } from './token-response.ts';

/** The longest thing that is looked at, in characters: a load balancer takes no header over 16 K, but a request has many. */
export const MAX_INPUT = 256 * 1024;

/**
 * Tells what was pasted: a token, with or without its scheme; header lines; a whole request; a `curl` command; a token
 * response. What is none of these is taken for a token, and decoding it shows what it is instead.
 */
export function parsePaste(input: string): Pasted {
  const text = plain(input);
  if (text === '') return { kind: 'empty', notes: [] };
  const command = /^(?:[$%>#] ?)?(curl(?:\.exe)?\s[\s\S]*)$/.exec(text)?.[1];
  if (command !== undefined) return parseCurl(command);
  if (/^(?:-H|--header|-b|--cookie|-u|--oauth2-bearer)[\s"']/.test(text)) return parseCurl(`curl ${text}`);
  if (/^(?:Invoke-(?:WebRequest|RestMethod)|\$session\s*=|fetch\(|wget\s)/.test(text)) {
    return {
      kind: 'unreadable',
      problem: 'Of commands only curl is understood: copy the request "as cURL", or paste the token alone.',
      notes: [],
    };
  }
  const response = parseTokenResponse(text);
  if (response !== undefined) return response;
  const headers = parseHeaderLines(outerQuotesOff(text));
  if (headers !== undefined) return headers;
  const tokens = text.split(/\s+/).filter((part) => /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(part));
  if (tokens.length > 1) {
    return {
      kind: 'unreadable',
      problem: `There are ${tokens.length} tokens in what was pasted: paste the one that is meant.`,
      notes: [],
    };
  }
  return { kind: 'token', ...cleanToken(text) };
}

/** Without what cannot be seen, and with the quotes that word processors replace. */
const plain = (input: string): string =>
  input
    .replaceAll(/[\ufeff\u200b-\u200d\u2060\u00ad]/g, '')
    .replaceAll('\u00a0', ' ')
    .replaceAll(/[\u2018\u2019]/g, "'")
    .replaceAll(/[\u201c\u201d]/g, '"')
    .trim();

/** `"Authorization: Bearer …"` as one text, and not `"Authorization": "Bearer …"`. */
const outerQuotesOff = (text: string): string =>
  /^(["'`])[^"'`]*\1[,;]?$/.test(text) ? text.replace(/^["'`]|["'`][,;]?$/g, '') : text;
