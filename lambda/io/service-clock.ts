import type { SignedRequest } from './signed-request.ts';

/** How far apart two correct clocks can appear, in ms: a response gives whole seconds, and takes a while to arrive. */
const TOLERANCE_MS = 5_000;

/**
 * The time by a service's clock, once it has responded to a request sent with this `send`. All callers of one service
 * then have the same time, whatever their own clocks say.
 */
export function createServiceClock(send: SignedRequest, now: () => number) {
  let aheadMs = 0;
  return {
    send: (async (url, options) => {
      const response = await send(url, options);
      // RFC 9110 §6.6.1
      const date = Date.parse(response.headers.find(([name]) => name === 'date')?.[1] ?? '');
      const ahead = date - now();
      if (!Number.isNaN(ahead)) aheadMs = Math.abs(ahead) < TOLERANCE_MS ? 0 : ahead;
      return response;
    }) satisfies SignedRequest,
    /** Milliseconds since the epoch. */
    now: (): number => now() + aheadMs,
  };
}
