import { tokensIn } from '../../harmless.ts';
import { cleanToken } from './clean-token.ts';
import { parseCurl } from './curl-command.ts';
import { parseHeaderLines } from './header-lines.ts';
import type { Pasted } from './pasted.ts';
import { parseTokenResponse } from './token-response.ts';

/** The longest text that is read, in characters. A load balancer accepts no header field over 16 K, but a request has many. */
export const MAX_INPUT = 256 * 1024;

/**
 * Recognizes what was pasted: a token, with or without its scheme; header lines; a whole request; a `curl` command; a token
 * response. Anything else counts as a token, and decoding it then shows what it is.
 */
export function parsePaste(input: string): Pasted {
  const text = requestOfTrace(plain(input));
  if (text === '') return { kind: 'empty', notes: [] };
  const command = COMMAND.exec(text)?.[1];
  if (command !== undefined) return parseCurl(command);
  if (/^(?:-H|--header|-b|--cookie|-u|--oauth2-bearer)[\s"']/.test(text)) return parseCurl(`curl ${text}`);
  if (/^(?:Invoke-(?:WebRequest|RestMethod)|\$session\s*=|fetch\(|wget\s)/.test(text)) {
    return {
      kind: 'unreadable',
      problem:
        'The only command understood here is curl: in the browser choose "Copy as cURL", or paste the token alone.',
      notes: [],
    };
  }
  const parsed = parseTokenResponse(text) ?? parseHeaderLines(outerQuotesOff(text));
  if (parsed !== undefined && parsed.kind !== 'unreadable') return parsed;
  return tokenWithin(text) ?? parsed ?? { kind: 'token', ...cleanToken(text) };
}

/** A token inside other text: a line of code or of a log, or a response that is not a token response. */
function tokenWithin(text: string): Pasted | undefined {
  const clean = cleanToken(text);
  // A token at the very end may have been cut there.
  const [token, ...more] = tokensIn(text).filter((one) => !/^[{[]/.test(text) || !text.endsWith(one));
  if (token === undefined) return undefined;
  // With nothing around it, it may be longer, with padding or more lines.
  const isAlone = more.length === 0 && text.split(token).length === 2;
  if (isAlone && /^[\w.=+/-]+$/.test(clean.token)) return undefined;
  return more.length === 0
    ? {
        kind: 'token',
        token,
        notes: ['only the token was taken; the text around it was ignored'],
      }
    : {
        kind: 'unreadable',
        problem: `There are ${more.length + 1} tokens in what was pasted: paste the one you mean.`,
        notes: [],
      };
}

/** A curl command after a shell prompt, variable assignments, or a word that starts it. */
const COMMAND =
  /^(?:[^\s'"=]*[$%>#❯] ?|PS [^\n>]*> ?)?(?:[A-Za-z_]\w*=\S* +)*(?:(?:sudo|time|exec) +)*(curl(?:\.exe)?\s[\s\S]*)$/;

/** The request in the output of `curl -v`. */
function requestOfTrace(text: string): string {
  const lines = text.split(/\r?\n/);
  const first = lines.findIndex((line) => /^> [A-Z]+ \S+ HTTP\//.test(line));
  if (first === -1) return text;
  const sent = lines.slice(first).filter((line) => line.startsWith('>'));
  return sent
    .map((line) => line.slice(2))
    .join('\n')
    .trim();
}

/** Without invisible characters, and with plain quotes instead of those of word processors. */
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
