/**
 * Decides when to use a cached value, when to replace it and when to give it up: one state machine for keys and
 * configuration. It is pure: callers report events with their times, and learn what to do. It compares timestamps only,
 * because timers stand still while the sandbox is frozen. A difference in time counts in both directions, so a clock
 * that jumps back cannot make a value live longer.
 */
export interface FreshnessRules {
  /** Age from which a value is used only after an attempt to replace it, in ms. */
  readonly maxAgeMs: number;
  /** Fraction of its maximum age after which a value is replaced in the background; 0.8 unless set. */
  readonly refreshAhead?: number;
  /** Age from which a value is not used at all, in ms; `Infinity` to keep the last good one forever. */
  readonly maxStaleMs: number;
  /**
   * How long to wait before the next load, in ms: after a failed load, and, for a caller that misses something in the
   * value, after a successful one. A value at its maximum age needs no cooldown: it is as old as the latest load.
   */
  readonly cooldownMs: number;
  /** How long until a load in flight counts as lost, in ms. The sandbox may have been frozen in the meantime. */
  readonly loadTimeoutMs: number;
}

const REFRESH_AHEAD = 0.8;

export interface FreshnessState<T> {
  readonly value?: T;
  /** When `value` was requested, by which load, and its own maximum age where it came with one. */
  readonly loadedAt?: number;
  readonly loadedBy?: number;
  readonly maxAgeMs?: number;
  /**
   * When `value` was last confirmed to be current; where unset, when it was requested. Its maximum age counts from
   * here.
   */
  readonly confirmedAt?: number;
  /** Set where somebody else offered `value`: whether they are late in replacing it. */
  readonly offered?: 'current' | 'lagging';
  /** How many loads had been started when it was offered. */
  readonly offeredAfter?: number;
  /** When the latest load was started, its number, and (in `attempt`) what became of it. */
  readonly attemptAt?: number;
  readonly attempts?: number;
  /**
   * When the latest load failed, if it did. A cooldown that counted from the start of a slow load could be over by
   * the time it fails.
   */
  readonly failedAt?: number;
  readonly attempt: 'none' | 'in-flight' | 'failed' | 'succeeded';
}

export const EMPTY: FreshnessState<never> = { attempt: 'none' };

/** What a caller gets now, and whether to start a load, for this caller or for later ones. */
export interface Plan {
  readonly answer: 'value' | 'wait' | 'nothing';
  readonly startLoad: boolean;
}

/**
 * Plans for one caller. `miss` says that the value lacks what the caller needs (an unknown `kid`), so only a newer
 * value helps: the caller waits for a load, unless one was started within the cooldown.
 */
export function plan<T>(state: FreshnessState<T>, rules: FreshnessRules, now: number, miss = false): Plan {
  const age = ageOf(state, now);
  const due = isDue(state, rules, now);

  const inFlight =
    state.attempt === 'in-flight' && distance(now, state.attemptAt ?? now) < rules.loadTimeoutMs;
  const cooled = cooldownLeft(state, rules, now) === 0 || (state.attempt === 'succeeded' && !miss);
  const mayLoad = !inFlight && cooled;

  if (miss || due) {
    if (inFlight || mayLoad) return { answer: 'wait', startLoad: mayLoad };
    return { answer: age < rules.maxStaleMs ? 'value' : 'nothing', startLoad: false };
  }
  return { answer: 'value', startLoad: mayLoad && isWorthRefreshing(state, rules, now) };
}

/** Whether to replace a value ahead of time, while nobody waits. Whoever offers a value is expected to refresh it. */
function isWorthRefreshing<T>(state: FreshnessState<T>, rules: FreshnessRules, now: number): boolean {
  if (state.offered !== undefined)
    return state.offered === 'lagging' && cooldownLeft(state, rules, now) === 0;
  const maxAgeMs = state.maxAgeMs ?? rules.maxAgeMs;
  return sinceConfirmed(state, now) >= maxAgeMs * (rules.refreshAhead ?? REFRESH_AHEAD);
}

/** Whether a value may be used only after an attempt to replace it. */
export const isDue = <T>(state: FreshnessState<T>, rules: FreshnessRules, now: number): boolean =>
  sinceConfirmed(state, now) >= (state.maxAgeMs ?? rules.maxAgeMs) || ageOf(state, now) >= rules.maxStaleMs;

/** What a caller gets after the load that it waited for. */
export function afterLoad<T>(state: FreshnessState<T>, rules: FreshnessRules, now: number): T | undefined {
  return ageOf(state, now) < rules.maxStaleMs ? state.value : undefined;
}

/** A load, by its start time and by its number. A clock that is set back cannot change the order of the numbers. */
export interface Load {
  readonly attemptAt: number;
  readonly attempts: number;
}

/** The state with a new load in flight. It also identifies that load when the load ends. */
export function loadStarted<T>(state: FreshnessState<T>, now: number): FreshnessState<T> & Load {
  return { ...state, attempt: 'in-flight', attemptAt: now, attempts: (state.attempts ?? 0) + 1 };
}

/**
 * A loaded value is as old as the request for it, not as the response. A load that was given up as lost may still
 * end: it counts, unless a later load has succeeded.
 */
export function loadSucceeded<T>(
  state: FreshnessState<T>,
  { attemptAt, attempts }: Load,
  value: T,
  maxAgeMs?: number,
): FreshnessState<T> {
  if (state.loadedBy !== undefined && state.loadedBy > attempts) return state;
  const attempt = attemptAfter(state, attempts);
  // If a value was offered while the load was under way, whichever was requested later counts.
  if (state.offeredAfter === attempts && (state.loadedAt ?? 0) > attemptAt) return { ...state, attempt };
  return {
    ...withoutValue(state),
    value,
    loadedAt: attemptAt,
    loadedBy: attempts,
    ...(maxAgeMs !== undefined && { maxAgeMs }),
    attempt,
  };
}

/** Records that a load found nothing to replace. */
export const loadUnneeded = <T>(state: FreshnessState<T>, { attempts }: Load): FreshnessState<T> => ({
  ...state,
  attempt: attemptAfter(state, attempts),
});

/** A value that somebody else has loaded. */
export interface Offer<T> {
  readonly value: T;
  /** When it was requested. */
  readonly loadedAt: number;
  /** When it was last known to be current, and for how long after that it is good, in ms. */
  readonly confirmedAt: number;
  readonly maxAgeMs: number;
  /** Whether it should have been replaced by now, which makes a load of our own worthwhile. */
  readonly lagging: boolean;
}

/** Takes over a value that somebody else has loaded, unless ours is newer. */
export function offered<T>(
  state: FreshnessState<T>,
  { value, loadedAt, confirmedAt, maxAgeMs, lagging }: Offer<T>,
): FreshnessState<T> {
  if (state.loadedAt !== undefined && loadedAt < state.loadedAt) return state;
  return {
    ...withoutValue(state),
    value,
    loadedAt,
    confirmedAt,
    maxAgeMs,
    offered: lagging ? 'lagging' : 'current',
    ...(state.attempts !== undefined && { offeredAfter: state.attempts }),
  };
}

function withoutValue<T>(state: FreshnessState<T>): FreshnessState<T> {
  const { value, loadedAt, loadedBy, maxAgeMs, confirmedAt, offered: _, offeredAfter, ...attempts } = state;
  return { ...attempts, ...(loadedBy !== undefined && { loadedBy }) };
}

const attemptAfter = <T>(state: FreshnessState<T>, attempts: number): FreshnessState<T>['attempt'] =>
  state.attempts === attempts ? 'succeeded' : state.attempt;

export function loadFailed<T>(state: FreshnessState<T>, { attempts }: Load, now: number): FreshnessState<T> {
  return state.attempts === attempts ? { ...state, attempt: 'failed', failedAt: now } : state;
}

/** Time since the value was requested, in ms. */
export const ageOf = <T>({ loadedAt }: FreshnessState<T>, now: number): number =>
  loadedAt === undefined ? Number.POSITIVE_INFINITY : distance(now, loadedAt);

const sinceConfirmed = <T>(state: FreshnessState<T>, now: number): number =>
  state.confirmedAt === undefined ? ageOf(state, now) : distance(now, state.confirmedAt);

/** Milliseconds until a new load may be started for a value that lacks something or could not be loaded. */
export function cooldownLeft<T>(
  { attempt, attemptAt, failedAt }: FreshnessState<T>,
  { cooldownMs }: FreshnessRules,
  now: number,
): number {
  const since = attempt === 'failed' ? failedAt : attemptAt;
  return since === undefined ? 0 : Math.max(0, cooldownMs - distance(now, since));
}

const distance = (a: number, b: number): number => Math.abs(a - b);
