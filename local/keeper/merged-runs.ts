/** Runs one job, never twice at a time. */
export interface MergedRuns<Event> {
  /** Requests a run. Requests during a run become one more run, with the newest event. */
  request(event: Event): void;
  /** Resolves when all requested runs have ended. */
  idle(): Promise<void>;
  /** Takes no more requests; resolves when the run under way has ended. */
  close(): Promise<void>;
}

/** @param run must not reject */
export function createMergedRuns<Event>(run: (event: Event) => Promise<void>): MergedRuns<Event> {
  let next: { readonly event: Event } | undefined;
  let running: Promise<void> | undefined;
  let closed = false;

  const work = async () => {
    while (next) {
      const { event } = next;
      next = undefined;
      await run(event);
    }
    running = undefined;
  };
  return {
    request(event) {
      if (closed) return;
      next = { event };
      running ??= work();
    },
    idle: async () => running,
    async close() {
      closed = true;
      next = undefined;
      await running;
    },
  };
}
