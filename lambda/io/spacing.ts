export interface SpacingOptions {
  /** Between a failure and the next attempt, in ms: doubled with each additional failure, with jitter. */
  readonly firstMs: number;
  readonly mostMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** Says when to call a service again after it has failed, given that a whole fleet may be calling it. */
export interface Spacing {
  /** Time until the next attempt, in ms. */
  readonly leftMs: () => number;
  readonly failed: () => void;
  readonly succeeded: () => void;
}

export function createSpacing({ firstMs, mostMs, now, random }: SpacingOptions): Spacing {
  let pauseMs = 0;
  let failedAt = 0;
  return {
    leftMs: () => Math.max(0, pauseMs - Math.abs(now() - failedAt)),
    failed() {
      pauseMs = nextPause(pauseMs, { firstMs, mostMs, random });
      failedAt = now();
    },
    succeeded() {
      pauseMs = 0;
    },
  };
}

/** The pause after a failure, in ms, given the previous pause. */
export const nextPause = (
  pauseMs: number,
  { firstMs, mostMs, random }: Pick<SpacingOptions, 'firstMs' | 'mostMs' | 'random'>,
): number => Math.min(mostMs, Math.max(firstMs, 2 * pauseMs)) * (0.5 + random() / 2);
