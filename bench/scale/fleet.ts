/** A fleet of execution environments that read their configuration from one throttled parameter store. */
export interface FleetOptions {
  readonly environments: number;
  /** Calls a second that the store takes; what is over is throttled. */
  readonly callsPerSecond: number;
  /** CONFIG_REFRESH_SECONDS. */
  readonly refreshSeconds: number;
  /** Simulated time, in seconds. */
  readonly seconds: number;
  /** Spread of the environments' refreshes to both sides, as part of CONFIG_REFRESH_SECONDS; the function's own unless set. */
  readonly jitter?: number;
}

export interface FleetOutcome {
  /** From the start of each environment until it has its configuration, in seconds; Infinity where it never had. */
  readonly untilConfigured: readonly number[];
  /** Part of the refreshes that failed; the last good configuration stays in use meanwhile. */
  readonly failedRefreshes: number;
  /** Oldest configuration that any request was decided with, in seconds. */
  readonly oldest: number;
  /** Calls a second at the busiest second, throttled ones included. */
  readonly peakCalls: number;
  readonly throttled: number;
  readonly calls: number;
}

/** What the function and the SDK do (lambda/io/parameter-store.ts, config-source.ts, core/freshness.ts), in seconds. */
const FUNCTION = {
  attempts: 6,
  /** The SDK's standard mode: full jitter under a bound that doubles from here with each throttled attempt. */
  backoff: 0.5,
  maxBackoff: 20,
  deadline: { first: 5, refresh: 1.5 },
  cooldown: 5,
  /** When an environment refreshes, as part of CONFIG_REFRESH_SECONDS, and how far environments differ in that. */
  refreshAhead: 0.8,
  jitter: 0.1,
};

/** Lambda starts 1,000 environments of a function at once, then 1,000 more every 10 seconds. */
const STARTS = { atOnce: 1_000, perSecond: 100 };

/** Of a call that is answered, in seconds. */
const LATENCY = 0.02;
const STEP = 0.02;

interface Environment {
  readonly startedAt: number;
  /** After which part of CONFIG_REFRESH_SECONDS it refreshes. */
  readonly ahead: number;
  loadedAt: number | undefined;
  loadStartedAt: number;
  attempt: number;
}

/** Every environment is busy, so that it looks at its configuration all the time: the worst that can be. */
export function simulateFleet(options: FleetOptions, random: () => number): FleetOutcome {
  const { environments, callsPerSecond, refreshSeconds, seconds, jitter = FUNCTION.jitter } = options;
  const steps = Math.ceil(seconds / STEP);
  const agenda: Environment[][] = Array.from({ length: steps + 1 }, () => []);
  const at = (time: number, environment: Environment): void => {
    agenda[Math.max(0, Math.ceil(time / STEP))]?.push(environment);
  };
  const fleet = Array.from({ length: environments }, (_, index): Environment => {
    const startedAt = index < STARTS.atOnce ? 0 : (index - STARTS.atOnce) / STARTS.perSecond;
    const ahead = FUNCTION.refreshAhead + (random() * 2 - 1) * jitter;
    return { startedAt, ahead, loadedAt: undefined, loadStartedAt: startedAt, attempt: 0 };
  });
  for (const environment of fleet) at(environment.startedAt, environment);

  const untilConfigured: number[] = [];
  const callsBySecond = new Array<number>(Math.ceil(seconds) + 1).fill(0);
  let tokens = callsPerSecond;
  let [calls, throttled, refreshes, failed, oldest] = [0, 0, 0, 0, 0];
  for (let step = 0; step <= steps; step++) {
    const now = step * STEP;
    tokens = Math.min(callsPerSecond, tokens + callsPerSecond * STEP);
    for (const environment of agenda[step] ?? []) {
      if (environment.attempt === 0) environment.loadStartedAt = now;
      calls += 1;
      callsBySecond[Math.floor(now)] = (callsBySecond[Math.floor(now)] ?? 0) + 1;
      const { loadedAt } = environment;
      if (tokens >= 1) {
        tokens -= 1;
        if (loadedAt === undefined) untilConfigured.push(now + LATENCY - environment.startedAt);
        else {
          refreshes += 1;
          oldest = Math.max(oldest, now - loadedAt);
        }
        environment.loadedAt = environment.loadStartedAt;
        environment.attempt = 0;
        at(environment.loadStartedAt + refreshSeconds * environment.ahead, environment);
        continue;
      }
      throttled += 1;
      const wait = random() * Math.min(FUNCTION.maxBackoff, FUNCTION.backoff * 2 ** environment.attempt);
      environment.attempt += 1;
      const deadline =
        environment.loadStartedAt +
        (loadedAt === undefined ? FUNCTION.deadline.first : FUNCTION.deadline.refresh);
      if (environment.attempt < FUNCTION.attempts && now + wait < deadline) {
        at(now + wait, environment);
        continue;
      }
      if (loadedAt !== undefined) {
        refreshes += 1;
        failed += 1;
      }
      // Where the attempts are used up it is over at once; else at the end of the time.
      const failedAt = environment.attempt < FUNCTION.attempts ? deadline : now;
      environment.attempt = 0;
      at(failedAt + FUNCTION.cooldown, environment);
    }
  }
  for (const { startedAt, loadedAt } of fleet) {
    if (loadedAt === undefined && startedAt < seconds) untilConfigured.push(Number.POSITIVE_INFINITY);
    if (loadedAt !== undefined) oldest = Math.max(oldest, seconds - loadedAt);
  }
  return {
    untilConfigured,
    failedRefreshes: refreshes === 0 ? 0 : failed / refreshes,
    oldest,
    peakCalls: Math.max(...callsBySecond),
    throttled,
    calls,
  };
}
