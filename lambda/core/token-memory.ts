import type { VerifiedToken } from './verified-token.ts';

/** Most tokens that are remembered, and what they may take together, in bytes by an estimate that errs on the high side. */
export const MAX_TOKENS = 10_000;
export const MAX_BYTES = 32 * 1024 * 1024;

/**
 * What V8 takes in bytes, as measured on claims built to be expensive: for the text and the strings in it, and for the
 * objects and lists that JSON.parse makes of it, which can take ten times their text.
 */
const BYTES_PER_TOKEN = 500;
const BYTES_PER_CHARACTER = 3;
const BYTES_PER_OBJECT = 160;
const BYTES_PER_MEMBER = 76;

/**
 * Characters at its end that a token is looked up by: of the signature, in which no two tokens are alike but by
 * their issuer's doing. Looking up the whole of a long one costs more than all else that is done with it.
 */
const INDEX_LENGTH = 12;

interface Entry {
  readonly token: string;
  /** What it is looked up by. */
  readonly index: number;
  readonly verified: VerifiedToken;
  readonly bytes: number;
  /** Neighbours in the order of their latest use. */
  older: Entry | undefined;
  newer: Entry | undefined;
}

/**
 * Tokens whose signature has been verified, by their whole text; the least recently used goes first. An entry is only as
 * good as what it was verified with: the caller compares that, decides anew which provider accepts it, and checks time,
 * revocations and the route again on each use.
 */
export interface TokenMemory {
  readonly get: (token: string) => VerifiedToken | undefined;
  readonly set: (token: string, verified: VerifiedToken) => void;
  readonly size: () => number;
}

export function createTokenMemory(maxTokens = MAX_TOKENS, maxBytes = MAX_BYTES): TokenMemory {
  // The order is a list of its own. Taking an entry out of the Map and putting it in again would do, but leaves
  // a gap in the Map each time, and a client that calls often would soon look through thousands of its own.
  const entries = new Map<number, Entry>();
  let newest: Entry | undefined;
  let oldest: Entry | undefined;
  let bytes = 0;

  function unlink({ older, newer }: Entry): void {
    if (older === undefined) oldest = newer;
    else older.newer = newer;
    if (newer === undefined) newest = older;
    else newer.older = older;
  }

  function linkAsNewest(entry: Entry): void {
    entry.older = newest;
    entry.newer = undefined;
    if (newest === undefined) oldest = entry;
    else newest.newer = entry;
    newest = entry;
  }

  function forget(entry: Entry): void {
    entries.delete(entry.index);
    unlink(entry);
    // What is forgotten may wait for long to be collected, and must not hold all that came after it until then.
    entry.older = undefined;
    entry.newer = undefined;
    bytes -= entry.bytes;
  }

  return {
    get(token) {
      const entry = entries.get(indexOf(token));
      if (entry?.token !== token) return undefined;
      if (entry !== newest) {
        unlink(entry);
        linkAsNewest(entry);
      }
      return entry.verified;
    },
    set(token, verified) {
      const index = indexOf(token);
      const same = entries.get(index);
      if (same !== undefined) forget(same);
      const { header, claims } = verified.token;
      const size = BYTES_PER_TOKEN + token.length * BYTES_PER_CHARACTER + bytesOf(header) + bytesOf(claims);
      const entry: Entry = {
        token: owned(token),
        index,
        verified,
        bytes: size,
        older: undefined,
        newer: undefined,
      };
      entries.set(index, entry);
      linkAsNewest(entry);
      bytes += size;
      while (oldest !== undefined && (entries.size > maxTokens || bytes > maxBytes)) forget(oldest);
    },
    size: () => entries.size,
  };
}

/** Two tokens may have the same; the one that was verified last is then found and the other is not. */
function indexOf(token: string): number {
  let index = 0;
  for (let i = Math.max(0, token.length - INDEX_LENGTH); i < token.length; i++) {
    index = (Math.imul(index, 31) + token.charCodeAt(i)) | 0;
  }
  return index;
}

/** A copy: a slice keeps the whole of what it was cut from, such as a field that is blanks for the most part. */
const owned = (token: string): string => Buffer.from(token, 'utf16le').toString('utf16le');

/** What the objects and lists of a token take, their strings apart. */
function bytesOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let bytes = BYTES_PER_OBJECT;
  for (const member of Object.values(value)) bytes += BYTES_PER_MEMBER + bytesOf(member);
  return bytes;
}
