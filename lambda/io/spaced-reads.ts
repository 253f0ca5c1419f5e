import type { ReadParameters } from './find-config.ts';

/** Between two refreshes of which the first has failed, in ms: doubled with each failure, with jitter. */
const PAUSE_MS = { first: 5_000, most: 120_000 };

export interface SpacedReadsOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/**
 * Reads that fail make room for others: in a large fleet without a keeper, environments that all try again at once
 * would be throttled for ever. A cold start, which has nothing to go on with, is never held back.
 */
export function createSpacedReads(read: ReadParameters, { now, random }: SpacedReadsOptions): ReadParameters {
  let pauseMs = 0;
  let failedAt = 0;
  let last = '';

  return async (options) => {
    const left = pauseMs - Math.abs(now() - failedAt);
    if (!options.first && left > 0) throw new Error(`${last}; next attempt in ${Math.ceil(left / 1000)} s`);
    try {
      const reading = await read(options);
      pauseMs = 0;
      return reading;
    } catch (error) {
      pauseMs = nextPause(pauseMs, random);
      failedAt = now();
      last = (error as Error).message;
      throw error;
    }
  };
}

/** The pause after a failure, in ms, by the one before. */
export const nextPause = (pauseMs: number, random: () => number): number =>
  Math.min(PAUSE_MS.most, Math.max(PAUSE_MS.first, 2 * pauseMs)) * (0.5 + random() / 2);
