import type { VerifiedToken } from './authenticate.ts';

/** Most tokens that are remembered, and what they may take together, in bytes by a careful estimate. */
const MAX_TOKENS = 10_000;
const MAX_BYTES = 32 * 1024 * 1024;

/** Text once as the key and its JSON again as objects: measured on usual claims, and not quite enough for hostile ones. */
const BYTES_PER_CHARACTER = 3;
const BYTES_PER_TOKEN = 500;

/**
 * Characters at its end that a token is looked up by: of the signature, which no two tokens share but by their
 * issuer's doing. Looking up the whole of a long one costs more than all else that is done with it.
 */
const INDEX_LENGTH = 43;

interface Entry {
  readonly token: string;
  readonly verified: VerifiedToken;
}

/**
 * Tokens whose signature and unchanging claims have been verified, by their whole text; the least recently used
 * goes first. An entry is only as good as what it was verified with: the caller compares that, and checks
 * time, revocations and the route again on each use.
 */
export interface TokenMemory {
  readonly get: (token: string) => VerifiedToken | undefined;
  readonly set: (token: string, verified: VerifiedToken) => void;
  readonly delete: (token: string) => void;
  readonly size: () => number;
}

export function createTokenMemory(maxTokens = MAX_TOKENS, maxBytes = MAX_BYTES): TokenMemory {
  // A Map iterates in the order of insertion, so that the first entry is the least recently used.
  const entries = new Map<string, Entry>();
  let bytes = 0;

  const forget = (index: string): void => {
    const entry = entries.get(index);
    if (entry !== undefined && entries.delete(index)) bytes -= cost(entry.token);
  };

  return {
    get(token) {
      const index = indexOf(token);
      const entry = entries.get(index);
      if (entry?.token !== token) return undefined;
      entries.delete(index);
      entries.set(index, entry);
      return entry.verified;
    },
    set(token, verified) {
      const index = indexOf(token);
      forget(index);
      entries.set(index, { token, verified });
      bytes += cost(token);
      for (const oldest of entries.keys()) {
        if (entries.size <= maxTokens && bytes <= maxBytes) break;
        forget(oldest);
      }
    },
    delete(token) {
      const index = indexOf(token);
      if (entries.get(index)?.token === token) forget(index);
    },
    size: () => entries.size,
  };
}

const indexOf = (token: string): string => token.slice(-INDEX_LENGTH);

const cost = (token: string): number => BYTES_PER_TOKEN + token.length * BYTES_PER_CHARACTER;
