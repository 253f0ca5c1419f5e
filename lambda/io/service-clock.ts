import type { SignedRequest } from './signed-request.ts';

/** What two clocks that are both right may differ by here: an answer names the second, and takes a while, in ms. */
const TOLERANCE_MS = 5_000;

/**
 * The time by a service's clock, once it has answered a request that was sent by this `send`. Whatever the clock of
 * the machine says, all callers of one service then have the same time.
 */
export function createServiceClock(send: SignedRequest, now: () => number) {
  let aheadMs = 0;
  return {
    send: (async (url, options) => {
      const answer = await send(url, options);
      // RFC 9110 §6.6.1
      const date = Date.parse(answer.headers.find(([name]) => name === 'date')?.[1] ?? '');
      const ahead = date - now();
      if (!Number.isNaN(ahead)) aheadMs = Math.abs(ahead) < TOLERANCE_MS ? 0 : ahead;
      return answer;
    }) satisfies SignedRequest,
    /** Milliseconds since the epoch. */
    now: (): number => now() + aheadMs,
  };
}
