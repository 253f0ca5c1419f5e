import {
  afterLoad,
  ageOf,
  cooldownLeft,
  EMPTY,
  type FreshnessRules,
  type FreshnessState,
  loadFailed,
  loadStarted,
  loadSucceeded,
  plan,
} from '../core/freshness.ts';

/** What a load brings; `maxAgeMs` where the source said how long it is good for. */
export interface Loaded<T> {
  readonly value: T;
  readonly maxAgeMs?: number;
}

/** What there is for a caller. */
export interface Lookup<T> {
  readonly value: T | undefined;
  /** Whether the latest attempt to load has failed or is lost, so that `value` may not be the last word. */
  readonly failed: boolean;
  /** Until a new attempt can be made, in ms. */
  readonly retryAfterMs: number;
  /** Since `value` was asked for, in ms. */
  readonly ageMs: number;
}

export interface CachedOptions<T> {
  readonly rules: FreshnessRules;
  readonly now: () => number;
  /**
   * Loads the value. Rejects on failure; must settle within `loadTimeoutMs`. `last` gives the value in hand
   * whenever it is called: another load may have brought one while this one was waiting.
   */
  readonly load: (last: () => T | undefined) => Promise<Loaded<T>>;
  /** Hears of each value that takes the place of another, or of none. */
  readonly onChange?: (value: T) => void;
  readonly onFailure: (error: unknown) => void;
}

export interface Cached<T> {
  get(): Promise<Lookup<T>>;
  /** For a caller whom the value in hand does not help: a newer one if it may be had now. */
  reload(): Promise<Lookup<T>>;
}

/** The thin shell around core/freshness.ts: holds the state and the one load in flight. */
export function createCached<T>({ rules, now, load, onChange, onFailure }: CachedOptions<T>): Cached<T> {
  let state: FreshnessState<T> = EMPTY;
  let inFlight: Promise<void> | undefined;

  function start(): void {
    const started = loadStarted(state, now());
    state = started;
    const run = async () => {
      try {
        const { value, maxAgeMs } = await load(() => state.value);
        const { value: last } = state;
        state = loadSucceeded(state, started, value, maxAgeMs);
        if (state.value === value && value !== last) onChange?.(value);
      } catch (error) {
        state = loadFailed(state, started, now());
        onFailure(error);
      }
    };
    inFlight = run();
  }

  async function lookup(miss: boolean): Promise<Lookup<T>> {
    const { answer, startLoad } = plan(state, rules, now(), miss);
    if (startLoad) start();
    let value: T | undefined;
    if (answer === 'value') value = state.value;
    if (answer === 'wait') {
      await inFlight;
      value = afterLoad(state, rules, now());
    }
    return {
      value,
      failed: state.attempt !== 'succeeded',
      retryAfterMs: cooldownLeft(state, rules, now()),
      ageMs: ageOf(state, now()),
    };
  }

  return { get: () => lookup(false), reload: () => lookup(true) };
}
