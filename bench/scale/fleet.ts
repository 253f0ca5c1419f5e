import { refreshAhead, SNAPSHOT_TIMEOUT_MS } from '../../lambda/authorizer.ts';
import { DEFAULT_MAX_AGE_MS } from '../../lambda/core/keys/max-age.ts';
import { COOLDOWN_MS } from '../../lambda/io/config-source.ts';
import { PATIENCE_MS, RETRY_MS } from '../../lambda/io/find-config.ts';
import { RETRY_RULES } from '../../lambda/io/get-parameters.ts';
import { pauseAfter } from '../../lambda/io/retrying.ts';
import { GET_RULES } from '../../lambda/io/snapshot-object.ts';
import { PAUSES } from '../../lambda/io/spaced-reads.ts';
import { nextPause } from '../../lambda/io/spacing.ts';
import { createLimitedService, type Service } from './service.ts';

/**
 * A fleet of execution environments and their requests to shared services. Every environment is busy, and so checks
 * its configuration and keys all the time, which is the worst case.
 */
export interface FleetOptions {
  readonly environments: number;
  /** `dead`: it has written one snapshot, which is stale when the fleet starts but younger than 4 hours. */
  readonly keeper: 'alive' | 'dead' | 'none';
  /** Calls per second that SSM allows; it throttles any further ones. */
  readonly ssmCallsPerSecond: number;
  /** CONFIG_REFRESH_SECONDS. */
  readonly refreshSeconds: number;
  /** Simulated time, in seconds. */
  readonly seconds: number;
}

export interface FleetOutcome {
  /** Time from the start of each environment until it can decide, in seconds; Infinity if it never could. */
  readonly untilConfigured: readonly number[];
  /** Share of the refreshes that failed; the last good configuration stays in force meanwhile. */
  readonly failedRefreshes: number;
  /** The longest time that an environment went without reading the parameters, in seconds. */
  readonly oldest: number;
  /** Requests of the environments to each service, per second. */
  readonly requests: {
    readonly ssm: readonly number[];
    readonly issuer: readonly number[];
    readonly s3: readonly number[];
  };
}

/** Lambda starts 1,000 environments of a function at once, then 1,000 more every 10 seconds. */
const STARTS = { atOnce: 1_000, perSecond: 100 };

/** GETs per second and prefix. https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html */
export const S3_LIMIT = 5_500;

/**
 * S3's latency for a small object, in seconds, from the page above. That one request in 1,000 takes a second is an
 * assumption.
 */
const S3_LATENCY = { least: 0.1, most: 0.2, slow: 1, slowPart: 0.001 };
const SSM_LATENCY = 0.02;
const ISSUER_LATENCY = 0.02;

/** Latency of a throttled call, in seconds. */
const THROTTLED_LATENCY = 0.02;

/** Length of a simulation step, in seconds; the order of events within a step is arbitrary. */
const STEP = 0.01;

interface Environment {
  readonly startedAt: number;
  /** The share of their maximum age after which it refreshes parameters and keys. */
  readonly ahead: number;
  configured: boolean;
  /** When the environment or the keeper last read the parameters in force. */
  newsAt: number;
  loading: boolean;
  /** End of the cooldown; until then, only a due refresh starts a load. */
  cooledAt: number;
  /** Number of loads so far; a newer load cancels earlier plans. */
  loads: number;
  /** See createSpacedReads. */
  pauseMs: number;
  failedAt: number;
}

export function simulateFleet(options: FleetOptions, random: () => number): FleetOutcome {
  const { environments, keeper, refreshSeconds, seconds } = options;
  const steps = Math.ceil(seconds / STEP);
  const agenda: { readonly time: number; readonly act: () => void }[][] = Array.from(
    { length: steps + 1 },
    () => [],
  );
  let [now, step] = [0, 0];
  const at = (time: number, act: () => void): void => {
    // An event due in the current step is appended to it.
    agenda[Math.max(Math.floor(time / STEP), step)]?.push({ time, act });
  };
  const services = {
    ssm: createLimitedService(options.ssmCallsPerSecond, seconds),
    s3: createLimitedService(S3_LIMIT, seconds),
    issuer: createLimitedService(Number.POSITIVE_INFINITY, seconds),
  };
  const untilConfigured: number[] = [];
  let [refreshes, failed, oldest] = [0, 0, 0];

  /** Retries until a request succeeds or the rules end the attempts. */
  function call(
    service: Service,
    rules: { readonly attempts: number; readonly deadlineMs: number },
    latency: () => number,
    done: (succeeded: boolean) => void,
  ): void {
    const until = now + rules.deadlineMs / 1000;
    const attempt = (tried: number): void => {
      const isThrottled = !service.accept(now);
      at(now + (isThrottled ? THROTTLED_LATENCY : latency()), () => {
        const pause = isThrottled ? pauseAfter(tried, rules, (until - now) * 1000, random) : undefined;
        if (pause === undefined) done(!isThrottled);
        else at(now + pause / 1000, () => attempt(tried + 1));
      });
    };
    attempt(1);
  }

  const s3Latency = (): number =>
    random() < S3_LATENCY.slowPart
      ? S3_LATENCY.slow
      : S3_LATENCY.least + random() * (S3_LATENCY.most - S3_LATENCY.least);

  function callSsm(environment: Environment, first: boolean, done: (succeeded: boolean) => void): void {
    const { pauseMs, failedAt } = environment;
    if (keeper !== 'none' && !first && now < failedAt + pauseMs / 1000) {
      done(false);
      return;
    }
    const rules = first ? RETRY_RULES.first : RETRY_RULES.refresh;
    call(
      services.ssm,
      rules,
      () => SSM_LATENCY,
      (succeeded) => {
        environment.pauseMs = succeeded ? 0 : nextPause(environment.pauseMs, { ...PAUSES, random });
        if (!succeeded) environment.failedAt = now;
        done(succeeded);
      },
    );
  }

  /** One load of the configuration, as in createFindConfig and createConfigSource. */
  function load(environment: Environment): void {
    const begunAt = now;
    const first = !environment.configured;
    environment.loads += 1;
    environment.loading = true;
    let over = false;
    const end = (found: 'news' | 'old' | 'nothing'): void => {
      if (over) return;
      over = true;
      environment.loading = false;
      if (!first) {
        refreshes += 1;
        if (found !== 'news') failed += 1;
        if (found === 'news') oldest = Math.max(oldest, now - environment.newsAt);
      }
      if (found === 'news') environment.newsAt = begunAt;
      environment.cooledAt = (found === 'nothing' ? now : begunAt) + COOLDOWN_MS / 1000;
      const maxAge = found === 'news' ? refreshSeconds : Math.min(RETRY_MS / 1000, refreshSeconds);
      planLoad(
        environment,
        found === 'nothing' ? environment.cooledAt : begunAt + maxAge * environment.ahead,
      );
      if (!first || found === 'nothing') return;
      environment.configured = true;
      untilConfigured.push(now - environment.startedAt);
      if (keeper !== 'alive') fetchKeys(environment);
    };
    if (keeper === 'none') {
      callSsm(environment, first, (succeeded) => end(succeeded ? 'news' : 'nothing'));
      return;
    }

    const rules = {
      ...GET_RULES,
      deadlineMs: first ? SNAPSHOT_TIMEOUT_MS.first : SNAPSHOT_TIMEOUT_MS.refresh,
    };
    let calledSsm = false;
    // With a usable snapshot in hand, SSM gets no more time than at a refresh.
    const callSsmOnce = (inHand: boolean): void => {
      if (over || calledSsm) return;
      calledSsm = true;
      callSsm(environment, first && !inHand, (succeeded) =>
        end(succeeded ? 'news' : keeper === 'dead' ? 'old' : 'nothing'),
      );
    };
    if (first) at(now + PATIENCE_MS / 1000, () => callSsmOnce(false));
    call(services.s3, rules, s3Latency, (succeeded) => {
      // After a failed read it keeps the snapshot in hand, which is fresh as long as the keeper lives.
      if (keeper === 'alive' && (succeeded || !first)) end('news');
      else callSsmOnce(succeeded);
    });
  }

  function planLoad(environment: Environment, time: number): void {
    const { loads } = environment;
    at(time, () => {
      if (environment.loads === loads) load(environment);
    });
  }

  /** An environment that fetches keys itself, in the background before they expire (jwks-source.ts). */
  function fetchKeys(environment: Environment): void {
    services.issuer.accept(now);
    at(now + (DEFAULT_MAX_AGE_MS * environment.ahead) / 1000 + ISSUER_LATENCY, () => fetchKeys(environment));
  }

  const fleet = Array.from({ length: environments }, (_, index): Environment => {
    const startedAt = index < STARTS.atOnce ? 0 : (index - STARTS.atOnce) / STARTS.perSecond;
    return {
      startedAt,
      ahead: refreshAhead(random),
      configured: false,
      newsAt: startedAt,
      loading: false,
      cooledAt: 0,
      loads: 0,
      pauseMs: 0,
      failedAt: 0,
    };
  });
  for (const environment of fleet) at(environment.startedAt, () => load(environment));
  for (; step <= steps; step++) {
    for (const { time, act } of agenda[step] ?? []) {
      now = time;
      act();
    }
    agenda[step] = [];
  }
  for (const { startedAt, configured, newsAt } of fleet) {
    if (!configured && startedAt < seconds) untilConfigured.push(Number.POSITIVE_INFINITY);
    if (configured) oldest = Math.max(oldest, seconds - newsAt);
  }
  return {
    untilConfigured,
    failedRefreshes: refreshes === 0 ? 0 : failed / refreshes,
    oldest,
    requests: {
      ssm: services.ssm.perSecond,
      issuer: services.issuer.perSecond,
      s3: services.s3.perSecond,
    },
  };
}
