import { decode, type JsonObject } from '../../lambda/core/jwt/decode.ts';
import { cleanPaste } from './pasted-token.ts';
import { malformedHints, usageHints } from './token-hints.ts';

/** What a pasted text says as a token, none of it verified. */
export interface DecodedToken {
  /** The token itself, without what clung to it. */
  readonly token: string;
  /** What was taken off. */
  readonly notes: readonly string[];
  readonly header: JsonObject | undefined;
  readonly claims: JsonObject | undefined;
  /** Why it is no token; undefined where it is one. */
  readonly malformed: string | undefined;
  readonly hints: readonly string[];
}

/** Decodes a pasted token as the function decodes what it gets. */
export function decodePasted(pasted: string): DecodedToken {
  const { token, notes } = cleanPaste(pasted);
  const decoded = decode(token);
  if ('malformed' in decoded) {
    const { malformed } = decoded;
    return { token, notes, header: undefined, claims: undefined, malformed, hints: malformedHints(token) };
  }
  const { header, claims } = decoded;
  return { token, notes, header, claims, malformed: undefined, hints: usageHints(header, claims) };
}
