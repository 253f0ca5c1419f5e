/** A service with a limit of requests per second, and a burst of the same size. */
export interface Service {
  /** Whether it accepts a request at this time, in seconds. */
  readonly accept: (now: number) => boolean;
  /** Requests per second, including throttled ones. */
  readonly perSecond: readonly number[];
}

export function createLimitedService(limit: number, seconds: number): Service {
  const perSecond = new Array<number>(Math.ceil(seconds) + 1).fill(0);
  let tokens = limit;
  let filledAt = 0;
  return {
    perSecond,
    accept(now) {
      const second = Math.floor(now);
      perSecond[second] = (perSecond[second] ?? 0) + 1;
      if (limit === Number.POSITIVE_INFINITY) return true;
      tokens = Math.min(limit, tokens + Math.max(0, now - filledAt) * limit);
      filledAt = Math.max(filledAt, now);
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
