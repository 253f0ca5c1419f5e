import { decode, type JsonObject } from '../../lambda/core/jwt/decode.ts';
import { malformedHints } from './not-a-jwt.ts';
import { UnreadablePaste } from './paste/pasted.ts';
import { questionOf, sightToken } from './question.ts';
import { usageHints } from './token-hints.ts';

/** What a pasted text says as a token, none of it verified. */
export interface DecodedToken {
  /** The token itself, without what clung to it; empty where there is none. */
  readonly token: string;
  /** What was made of the text. */
  readonly notes: readonly string[];
  readonly header: JsonObject | undefined;
  readonly claims: JsonObject | undefined;
  /** Why it is no token; undefined where it is one. */
  readonly malformed: string | undefined;
  readonly hints: readonly string[];
}

/** Decodes whatever has a token in it, as the function decodes what it gets. */
export function decodePasted(pasted: string): DecodedToken {
  const { token, notes, problem } = tokenIn(pasted);
  if (problem !== undefined) return undecoded(token, notes, problem, []);
  const decoded = decode(token);
  if ('malformed' in decoded) return undecoded(token, notes, decoded.malformed, malformedHints(token));
  const { header, claims } = decoded;
  return { token, notes, header, claims, malformed: undefined, hints: usageHints(header, claims) };
}

function tokenIn(pasted: string): { token: string; notes: readonly string[]; problem?: string } {
  try {
    const { request, token, notes } = questionOf({ pasted });
    return { token: token === '' ? (sightToken(request)?.token ?? '') : token, notes };
  } catch (error) {
    if (!(error instanceof UnreadablePaste)) throw error;
    return { token: '', notes: [], problem: error.message };
  }
}

const undecoded = (
  token: string,
  notes: readonly string[],
  malformed: string,
  hints: readonly string[],
): DecodedToken => ({ token, notes, header: undefined, claims: undefined, malformed, hints });
