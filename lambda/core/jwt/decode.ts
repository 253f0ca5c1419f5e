import { isUtf8 } from 'node:buffer';

/** JOSE header parameters and claims as JSON.parse returned them. Their types are not checked. */
export type JsonObject = { readonly [name: string]: unknown };

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A token that is decoded but not verified: nothing in it can be trusted yet. */
export interface UnverifiedToken {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  /** The bytes that were signed, as text: the first two segments and the dot between them. */
  readonly signingInput: string;
  readonly signature: Buffer;
}

/** What a token says. */
export type TokenParts = Pick<UnverifiedToken, 'header' | 'claims'>;

/** Longest token that is decoded, in characters: an ALB passes no header line over 16 K. */
export const MAX_TOKEN_LENGTH = 16_384;

/** The most lists and objects in one segment. Deeper nesting than the stack allows could not be serialized again. */
const MAX_NESTING = 1_000;

export interface DecodeOptions {
  /** Allow `=` padding, which AWS's signed headers carry inside the signing input. Default: reject it. */
  readonly padding?: boolean;
}

/**
 * Decodes a JWS in compact serialization (RFC 7515 §7.1), or returns why it is not one. Strict: exactly three
 * segments, base64url in its one canonical form, UTF-8, JSON objects. Of duplicate JSON members the last one counts
 * (ECMA-404 via JSON.parse; RFC 7519 §4 allows it), and no other reader sees the token's text.
 */
export function decode(token: string, options: DecodeOptions = {}): UnverifiedToken | { malformed: string } {
  if (token.length > MAX_TOKEN_LENGTH) return { malformed: `longer than ${MAX_TOKEN_LENGTH} characters` };
  const first = token.indexOf('.');
  const second = token.indexOf('.', first + 1);
  if (first === -1 || second === -1 || token.indexOf('.', second + 1) !== -1) {
    return { malformed: 'not three segments separated by dots' };
  }
  const padding = options.padding ?? false;
  const header = decodeHeader(token.slice(0, first), padding);
  if (header === undefined) return { malformed: 'the header is not a base64url-encoded JSON object' };
  const claims = decodeObject(token.slice(first + 1, second), padding);
  if (claims === undefined) return { malformed: 'the claims are not a base64url-encoded JSON object' };
  const signature = decodeSegment(token.slice(second + 1), padding);
  if (signature === undefined) return { malformed: 'the signature is empty or not base64url' };
  return { header, claims, signingInput: token.slice(0, second), signature };
}

/** The latest header: most tokens of an issuer begin with the same one. */
let latest: { readonly segment: string; readonly padding: boolean; readonly header: JsonObject } | undefined;

function decodeHeader(segment: string, padding: boolean): JsonObject | undefined {
  if (segment === latest?.segment && padding === latest.padding) return latest.header;
  const header = decodeObject(segment, padding);
  if (header !== undefined) latest = { segment, padding, header };
  return header;
}

/** The bytes of a non-empty base64url segment (RFC 7515 §2); undefined unless it is in canonical form. */
function decodeSegment(segment: string, padding: boolean): Buffer | undefined {
  const unpadded = padding ? segment.replace(/={1,2}$/, '') : segment;
  const bytes = Buffer.from(unpadded, 'base64url');
  // Node.js skips characters that are not base64url, and drops trailing bits. Encoding again reveals both.
  return bytes.length > 0 && bytes.toString('base64url') === unpadded ? bytes : undefined;
}

function decodeObject(segment: string, padding: boolean): JsonObject | undefined {
  const bytes = decodeSegment(segment, padding);
  if (bytes === undefined || !isUtf8(bytes)) return undefined;
  try {
    const text = bytes.toString('utf8');
    if (opensMore(text, MAX_NESTING)) return undefined;
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether there are more than `max` opening brackets and braces, wherever they stand. */
function opensMore(text: string, max: number): boolean {
  if (text.length <= max) return false;
  let count = 0;
  for (const opening of '[{') {
    for (let at = text.indexOf(opening); at !== -1; at = text.indexOf(opening, at + 1)) {
      count += 1;
      if (count > max) return true;
    }
  }
  return false;
}
