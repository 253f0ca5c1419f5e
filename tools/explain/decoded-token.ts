import { decode, type JsonObject } from '../../lambda/core/jwt/decode.ts';
import { malformedHints } from './not-a-jwt.ts';
import { parsePaste } from './paste/parse-paste.ts';
import { TOKEN_NAMES } from './paste/pasted.ts';
import { sightToken } from './question.ts';
import { usageHints } from './token-hints.ts';

/** The contents of a pasted token, unverified. */
export interface DecodedToken {
  /** The token itself, without anything that clung to it; empty if there is none. */
  readonly token: string;
  /** How the text was read. */
  readonly notes: readonly string[];
  readonly header: JsonObject | undefined;
  readonly claims: JsonObject | undefined;
  /** Why there is no token in the text, and what to do; undefined if there is one. */
  readonly problem: string | undefined;
  /** What is wrong with the token, in the function's words; undefined if it is well-formed. */
  readonly malformed: string | undefined;
  readonly hints: readonly string[];
}

/** Decodes the token in any text, as the function decodes it. */
export function decodePasted(pasted: string): DecodedToken {
  const found = tokenIn(pasted);
  const none = { header: undefined, claims: undefined, problem: undefined, malformed: undefined, hints: [] };
  if ('problem' in found) return { ...none, token: '', notes: [], problem: found.problem };
  const { token, notes } = found;
  const decoded = decode(token);
  if ('malformed' in decoded) {
    return { ...none, token, notes, malformed: decoded.malformed, hints: malformedHints(token) };
  }
  const { header, claims } = decoded;
  return { ...none, token, notes, header, claims, hints: usageHints(header, claims) };
}

function tokenIn(
  pasted: string,
): { readonly token: string; readonly notes: readonly string[] } | { readonly problem: string } {
  const paste = parsePaste(pasted);
  switch (paste.kind) {
    case 'empty':
      return { problem: 'Nothing was pasted.' };
    case 'unreadable':
      return { problem: paste.problem };
    case 'token':
      return paste;
    case 'response': {
      const [name] = TOKEN_NAMES.filter((one) => paste.tokens[one] !== undefined);
      const token = (name && paste.tokens[name]) ?? '';
      return { token, notes: [...paste.notes, `the ${name} of the token response was taken`] };
    }
    case 'request': {
      const { query = '', headers } = paste.request;
      const sighted = sightToken({ method: 'GET', path: '/', query, headers, body: new Uint8Array() });
      if (sighted === undefined) return { problem: 'The request that was pasted has no token in it.' };
      return {
        token: sighted.token,
        notes: ['only the token was taken from what was pasted, and nothing else of the request'],
      };
    }
    default:
      return paste satisfies never;
  }
}
