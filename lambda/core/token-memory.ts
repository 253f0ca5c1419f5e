import type { VerifiedToken } from './authenticate.ts';

/** Most tokens that are remembered, and what they may take together, in bytes by a careful estimate. */
const MAX_TOKENS = 10_000;
const MAX_BYTES = 16 * 1024 * 1024;

/** Text once as the key and its JSON again as objects, which take a few times their text. */
const BYTES_PER_CHARACTER = 6;
const BYTES_PER_TOKEN = 1_000;

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
  const entries = new Map<string, VerifiedToken>();
  let bytes = 0;

  const forget = (token: string): void => {
    if (entries.delete(token)) bytes -= cost(token);
  };

  return {
    get(token) {
      const verified = entries.get(token);
      if (verified !== undefined) {
        entries.delete(token);
        entries.set(token, verified);
      }
      return verified;
    },
    set(token, verified) {
      forget(token);
      entries.set(token, verified);
      bytes += cost(token);
      for (const oldest of entries.keys()) {
        if (entries.size <= maxTokens && bytes <= maxBytes) break;
        forget(oldest);
      }
    },
    delete: forget,
    size: () => entries.size,
  };
}

const cost = (token: string): number => BYTES_PER_TOKEN + token.length * BYTES_PER_CHARACTER;
