import type { VerifiedToken } from './verified-token.ts';

/** Most tokens that are remembered, and what they may take together, in bytes by a careful estimate. */
const MAX_TOKENS = 10_000;
const MAX_BYTES = 32 * 1024 * 1024;

/** The text once and its JSON again as objects: measured on usual claims, and not quite enough for hostile ones. */
const BYTES_PER_CHARACTER = 3;
const BYTES_PER_TOKEN = 500;

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
  /** Neighbours in the order of their latest use. */
  older: Entry | undefined;
  newer: Entry | undefined;
}

/**
 * Tokens whose signature and unchanging claims have been verified, by their whole text; the least recently used
 * goes first. An entry is only as good as what it was verified with: the caller compares that, and checks
 * time, revocations and the route again on each use.
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
    bytes -= cost(entry.token);
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
      const entry: Entry = { token, index, verified, older: undefined, newer: undefined };
      entries.set(index, entry);
      linkAsNewest(entry);
      bytes += cost(token);
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

const cost = (token: string): number => BYTES_PER_TOKEN + token.length * BYTES_PER_CHARACTER;
