import { matchesPattern } from './pattern.ts';

/** Above this many pairs of states the search gives up. No pattern that a person writes comes near. */
const MAX_STATES = 20_000;

/**
 * Whether `general` matches every text that `special` matches; both are patterns of `*` and `?`. One character that
 * is in neither pattern stands for everything that a wildcard of `special` can match: if `general` matches that
 * character, it matches any other. So it is enough to follow `special` through the sets of positions that `general`
 * can be at.
 */
export function subsumes(general: string, special: string): boolean {
  // One text is enough to rule out most pairs.
  if (!matchesPattern(general, exampleOf(special))) return false;
  const accepting = 1n << BigInt(general.length);
  const seen = new Set<string>();
  const pending: [at: number, positions: bigint][] = [[0, closure(general, 1n)]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [at, positions] = next;
    const state = `${at}:${positions}`;
    if (seen.has(state)) continue;
    seen.add(state);
    if (seen.size > MAX_STATES) return false;
    if (at === special.length) {
      if ((positions & accepting) === 0n) return false;
      continue;
    }
    const symbol = special.charAt(at);
    if (symbol === '*') {
      pending.push([at + 1, positions], [at, step(general, positions, undefined)]);
    } else {
      pending.push([at + 1, step(general, positions, symbol === '?' ? undefined : symbol)]);
    }
  }
  return true;
}

/** The positions after one more character; undefined stands for the character that only wildcards match. */
function step(pattern: string, positions: bigint, character: string | undefined): bigint {
  let result = 0n;
  for (let i = 0; i < pattern.length; i++) {
    if ((positions & (1n << BigInt(i))) === 0n) continue;
    const symbol = pattern.charAt(i);
    if (symbol === '*') result |= 1n << BigInt(i);
    else if (symbol === '?' || symbol === character) result |= 1n << BigInt(i + 1);
  }
  return closure(pattern, result);
}

/** A text that a pattern matches, with a character in place of `?` that no pattern contains. */
export const exampleOf = (pattern: string): string => pattern.replaceAll('*', '').replaceAll('?', '\0');

/** A `*` may match nothing. */
function closure(pattern: string, positions: bigint): bigint {
  let result = positions;
  for (let i = 0; i < pattern.length; i++) {
    if (pattern.charAt(i) === '*' && (result & (1n << BigInt(i))) !== 0n) result |= 1n << BigInt(i + 1);
  }
  return result;
}
