import { setTimeout as sleepOnTimer } from 'node:timers/promises';
import { isPassing } from './service-error.ts';

export interface RetryRules {
  /** The most attempts. */
  readonly attempts: number;
  /** For all attempts together, in ms. */
  readonly deadlineMs: number;
  /** For one attempt, in ms. */
  readonly attemptTimeoutMs: number;
}

/** What tests replace. */
export interface RetryEffects {
  readonly now?: () => number;
  /** From 0 up to 1. */
  readonly random?: () => number;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** Longest pause before the next attempt, in ms: doubled each time. */
const PAUSE_MS = { first: 100, most: 2_000 };

/**
 * With less time than this there is no further attempt, in ms: its timeout would hide why the previous one failed.
 */
const MIN_ATTEMPT_MS = 150;

/**
 * Repeats an attempt that failed for a transient reason, with exponential backoff and full jitter, while there is time.
 * Rejects with the last error.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export async function retrying<T>(
  attempt: (timeoutMs: number) => Promise<T>,
  rules: RetryRules,
  { now = Date.now, random = Math.random, sleep = sleepOnTimer }: RetryEffects = {},
): Promise<T> {
  const { deadlineMs, attemptTimeoutMs } = rules;
  const until = now() + deadlineMs;
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt(Math.max(1, Math.min(attemptTimeoutMs, until - now())));
    } catch (error) {
      if (!isPassing(error)) throw error;
      const pause = pauseAfter(tried, rules, until - now(), random);
      if (pause === undefined) throw afterAll(error as Error, tried);
      await sleep(pause);
    }
  }
}

/** The pause before the next attempt, in ms; undefined if no attempt fits into the time left. */
export function pauseAfter(
  tried: number,
  { attempts }: Pick<RetryRules, 'attempts'>,
  leftMs: number,
  random: () => number,
): number | undefined {
  const pause = random() * Math.min(PAUSE_MS.most, PAUSE_MS.first * 2 ** (tried - 1));
  return tried >= attempts || pause + MIN_ATTEMPT_MS > leftMs ? undefined : pause;
}

const afterAll = (error: Error, tried: number): Error =>
  tried === 1 ? error : new Error(`${error.message} (after ${tried} attempts)`, { cause: error });
