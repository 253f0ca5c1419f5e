import type { VerifiedToken } from './verified-token.ts';

/**
 * The most tokens that are remembered, and the most bytes that they may take together. The estimate of bytes errs on
 * the high side.
 */
export const MAX_TOKENS = 10_000;
export const MAX_BYTES = 32 * 1024 * 1024;

/**
 * Bytes that V8 needs, measured on claims built to be expensive: for the text and the strings in it, and for the
 * objects and lists that JSON.parse makes from it, which can take ten times as much as the text.
 */
const BYTES_PER_TOKEN = 500;
const BYTES_PER_CHARACTER = 3;
const BYTES_PER_OBJECT = 160;
const BYTES_PER_MEMBER = 76;

/**
 * A token is looked up by this many characters at its end. They are part of the signature, where two tokens can only
 * agree if their issuer made them so. Looking up the whole of a long token would cost more than everything else done
 * with it.
 */
const INDEX_LENGTH = 12;

interface Entry {
  readonly token: string;
  /** The index that it is looked up by. */
  readonly index: number;
  readonly verified: VerifiedToken;
  readonly bytes: number;
  /** Neighbours in the order of latest use. */
  older: Entry | undefined;
  newer: Entry | undefined;
}

/**
 * Remembers tokens whose signature has been verified, by their whole text, and forgets the least recently used first.
 * An entry is only as good as the keys that verified it: on each use the caller compares those, decides again which
 * provider accepts the token, and checks time, revocations and the route.
 */
export interface TokenMemory {
  readonly get: (token: string) => VerifiedToken | undefined;
  readonly set: (token: string, verified: VerifiedToken) => void;
  readonly size: () => number;
}

export function createTokenMemory(maxTokens = MAX_TOKENS, maxBytes = MAX_BYTES): TokenMemory {
  // The order is a separate list. Deleting an entry from the Map and inserting it again would work too, but leaves a
  // gap in the Map each time, and lookups for a frequent caller would soon pass thousands of them.
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
    // A forgotten entry may wait long for the garbage collector, and must not keep all newer ones alive until then.
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

/** Two tokens may have the same index. Then only the one verified last is found. */
function indexOf(token: string): number {
  let index = 0;
  for (let i = Math.max(0, token.length - INDEX_LENGTH); i < token.length; i++) {
    index = (Math.imul(index, 31) + token.charCodeAt(i)) | 0;
  }
  return index;
}

/** A copy: a slice would keep alive the whole string it was cut from, such as a field that is mostly blanks. */
const owned = (token: string): string => Buffer.from(token, 'utf16le').toString('utf16le');

/** Bytes that the objects and lists of a token take, not counting their strings. */
function bytesOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let bytes = BYTES_PER_OBJECT;
  for (const member of Object.values(value)) bytes += BYTES_PER_MEMBER + bytesOf(member);
  return bytes;
}
