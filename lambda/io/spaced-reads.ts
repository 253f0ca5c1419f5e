import type { ReadParameters } from './find-config.ts';
import { createSpacing } from './spacing.ts';

/** See SpacingOptions. */
export const PAUSES = { firstMs: 5_000, mostMs: 300_000 };

export interface SpacedReadsOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/**
 * After a failed read, waits before the next: in a large fleet without a keeper, environments that all retry at once
 * would be throttled forever. A cold start, which has no configuration yet, is never held back.
 */
export function createSpacedReads(read: ReadParameters, options: SpacedReadsOptions): ReadParameters {
  const spacing = createSpacing({ ...PAUSES, ...options });
  let last = '';

  return async (options) => {
    const left = spacing.leftMs();
    if (!options.first && left > 0) throw new Error(`${last}; next attempt in ${Math.ceil(left / 1000)} s`);
    try {
      const reading = await read(options);
      spacing.succeeded();
      return reading;
    } catch (error) {
      spacing.failed();
      last = (error as Error).message;
      throw error;
    }
  };
}
