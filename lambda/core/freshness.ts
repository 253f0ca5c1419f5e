/**
 * When to use a cached value, when to replace it and when to give it up: one state machine for keys and
 * configuration. Pure: what happens is an event with its time, what to do is an answer. Only timestamps are
 * compared, since a timer stands still while the sandbox is frozen. A distance in time counts in both
 * directions, so that a clock that jumps back cannot make a value live longer.
 */
export interface FreshnessRules {
  /** Age from which a value is not used without having tried to replace it, in ms. */
  readonly maxAgeMs: number;
  /** Part of its maximum age after which a value is replaced in the background; 0.8 unless set. */
  readonly refreshAhead?: number;
  /** Age from which a value is not used at all, in ms; `Infinity` to keep the last good one forever. */
  readonly maxStaleMs: number;
  /**
   * How long no further load is started after one has failed, and for a value that is missed after one has
   * succeeded, in ms. A value at its maximum age needs no cooldown: it is as old as the latest load.
   */
  readonly cooldownMs: number;
  /** After how long a load in flight counts as lost (the sandbox may have been frozen under it), in ms. */
  readonly loadTimeoutMs: number;
}

const REFRESH_AHEAD = 0.8;

export interface FreshnessState<T> {
  readonly value?: T;
  /** When `value` was asked for, by which load, and its own maximum age where it came with one. */
  readonly loadedAt?: number;
  readonly loadedBy?: number;
  readonly maxAgeMs?: number;
  /** When `value` was last said to be the current one; when it was asked for unless set. Its maximum age counts from here. */
  readonly confirmedAt?: number;
  /** Where `value` was offered by somebody else: whether that one is late in replacing it. */
  readonly offered?: 'current' | 'lagging';
  /** And how many loads had been started by then. */
  readonly offeredAfter?: number;
  /** When the latest load was started, which one that was, and whether it is in flight, has failed or has not. */
  readonly attemptAt?: number;
  readonly attempts?: number;
  /** When the latest load failed, if it did: a cooldown that began with a slow failure could be over by its end. */
  readonly failedAt?: number;
  readonly attempt: 'none' | 'in-flight' | 'failed' | 'succeeded';
}

export const EMPTY: FreshnessState<never> = { attempt: 'none' };

/** What a caller gets now, and whether a load has to be started for it or for those who come later. */
export interface Plan {
  readonly answer: 'value' | 'wait' | 'nothing';
  readonly startLoad: boolean;
}

/**
 * Plans for one caller. `miss` says that the value it had is not enough (an unknown `kid`), so that nothing
 * but a newer one helps: it waits for a load unless one was started within the cooldown.
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

/** Whether a value that need not be replaced yet should be, while nobody waits. What others offer is theirs to refresh. */
function isWorthRefreshing<T>(state: FreshnessState<T>, rules: FreshnessRules, now: number): boolean {
  if (state.offered !== undefined)
    return state.offered === 'lagging' && cooldownLeft(state, rules, now) === 0;
  const maxAgeMs = state.maxAgeMs ?? rules.maxAgeMs;
  return sinceConfirmed(state, now) >= maxAgeMs * (rules.refreshAhead ?? REFRESH_AHEAD);
}

/** Whether a value is not to be used without having tried to replace it. */
export const isDue = <T>(state: FreshnessState<T>, rules: FreshnessRules, now: number): boolean =>
  sinceConfirmed(state, now) >= (state.maxAgeMs ?? rules.maxAgeMs) || ageOf(state, now) >= rules.maxStaleMs;

/** What is left to a caller after the load that it waited for. */
export function afterLoad<T>(state: FreshnessState<T>, rules: FreshnessRules, now: number): T | undefined {
  return ageOf(state, now) < rules.maxStaleMs ? state.value : undefined;
}

/** A load by when it was started and its place in their order, which no clock that is set back can turn round. */
export interface Load {
  readonly attemptAt: number;
  readonly attempts: number;
}

/** The state with a new load in flight, which is also what tells that load from others when it ends. */
export function loadStarted<T>(state: FreshnessState<T>, now: number): FreshnessState<T> & Load {
  return { ...state, attempt: 'in-flight', attemptAt: now, attempts: (state.attempts ?? 0) + 1 };
}

/**
 * What a load brought is as old as the question, not as the answer. A load that was given up as lost may
 * still end; it counts unless one that was started after it has succeeded.
 */
export function loadSucceeded<T>(
  state: FreshnessState<T>,
  { attemptAt, attempts }: Load,
  value: T,
  maxAgeMs?: number,
): FreshnessState<T> {
  if (state.loadedBy !== undefined && state.loadedBy > attempts) return state;
  const attempt = attemptAfter(state, attempts);
  // Of a load and of what was offered while it was under way, the one that was asked for later counts.
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

/** A load has found that the value in hand need not be replaced. */
export const loadUnneeded = <T>(state: FreshnessState<T>, { attempts }: Load): FreshnessState<T> => ({
  ...state,
  attempt: attemptAfter(state, attempts),
});

/** A value that somebody else has loaded. */
export interface Offer<T> {
  readonly value: T;
  /** When it was asked for. */
  readonly loadedAt: number;
  /** When it was known to be the current one, and how long from then it is good for, in ms. */
  readonly confirmedAt: number;
  readonly maxAgeMs: number;
  /** Whether it should have been replaced by now, so that it is worth an attempt here. */
  readonly lagging: boolean;
}

/** With a value that somebody else has loaded, unless the one in hand is later. */
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

/** Since the value was asked for, in ms. */
export const ageOf = <T>({ loadedAt }: FreshnessState<T>, now: number): number =>
  loadedAt === undefined ? Number.POSITIVE_INFINITY : distance(now, loadedAt);

const sinceConfirmed = <T>(state: FreshnessState<T>, now: number): number =>
  state.confirmedAt === undefined ? ageOf(state, now) : distance(now, state.confirmedAt);

/** Milliseconds until a new load may be started for a value that is missed or could not be had. */
export function cooldownLeft<T>(
  { attempt, attemptAt, failedAt }: FreshnessState<T>,
  { cooldownMs }: FreshnessRules,
  now: number,
): number {
  const since = attempt === 'failed' ? failedAt : attemptAt;
  return since === undefined ? 0 : Math.max(0, cooldownMs - distance(now, since));
}

const distance = (a: number, b: number): number => Math.abs(a - b);
