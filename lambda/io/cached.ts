import { type Awaitable, andThen } from '../core/awaitable.ts';
import {
  afterLoad,
  ageOf,
  cooldownLeft,
  EMPTY,
  type FreshnessRules,
  type FreshnessState,
  isDue,
  loadFailed,
  loadStarted,
  loadSucceeded,
  loadUnneeded,
  type Offer,
  offered,
  plan,
} from '../core/freshness.ts';

/** The result of a load; with `maxAgeMs` if the source said how long it is good for. */
export interface Loaded<T> {
  readonly value: T;
  readonly maxAgeMs?: number;
}

/** The current value, for a load that takes it into account. */
export interface InHand<T> {
  readonly value: T | undefined;
  /** Time since `value` was requested, in ms. */
  readonly ageMs: number;
  /** Whether it may be used only after an attempt to replace it. */
  readonly due: boolean;
  /** Whether somebody else has loaded it. */
  readonly offered: boolean;
}

/** What a caller gets. */
export interface Lookup<T> {
  readonly value: T | undefined;
  /** Whether the latest load failed or was lost, so that `value` may be out of date. */
  readonly failed: boolean;
  /** Time until a new attempt can be made, in ms. */
  readonly retryAfterMs: number;
  /** Time since `value` was requested, in ms. */
  readonly ageMs: number;
}

export interface CachedOptions<T> {
  readonly rules: FreshnessRules;
  readonly now: () => number;
  /**
   * Loads the value; resolves to undefined if the current one need not be replaced. Rejects on failure; must settle
   * within `loadTimeoutMs`. `inHand` returns the current value at the time of each call: while this load waits,
   * another may have brought one, or somebody may have offered one. `miss` says that the value lacked something for a
   * caller.
   */
  readonly load: (inHand: () => InHand<T>, miss: boolean) => Promise<Loaded<T> | undefined>;
  /** Called with each new value, the first one included. */
  readonly onChange?: (value: T) => void;
  readonly onFailure: (error: unknown) => void;
}

export interface Cached<T> {
  get(): Awaitable<Lookup<T>>;
  /** For a caller that the current value does not help: returns a newer one if that is possible now. */
  reload(): Awaitable<Lookup<T>>;
  /** Takes a value that somebody else has loaded, unless the current one is newer. `make` gets the current one. */
  offer(make: (last: T | undefined) => Offer<T>): void;
}

/** A thin shell around core/freshness.ts: holds the state and the one load in flight. */
export function createCached<T>({ rules, now, load, onChange, onFailure }: CachedOptions<T>): Cached<T> {
  let state: FreshnessState<T> = EMPTY;
  let inFlight: Promise<void> | undefined;

  function change(next: FreshnessState<T>): void {
    const { value: last } = state;
    state = next;
    if (state.value !== undefined && state.value !== last) onChange?.(state.value);
  }

  const inHand = (): InHand<T> => ({
    value: state.value,
    ageMs: ageOf(state, now()),
    due: isDue(state, rules, now()),
    offered: state.offered !== undefined,
  });

  function start(miss: boolean): void {
    const started = loadStarted(state, now());
    state = started;
    const run = async () => {
      try {
        const loaded = await load(inHand, miss);
        change(
          loaded === undefined
            ? loadUnneeded(state, started)
            : loadSucceeded(state, started, loaded.value, loaded.maxAgeMs),
        );
      } catch (error) {
        state = loadFailed(state, started, now());
        onFailure(error);
      }
    };
    inFlight = run();
  }

  function lookup(miss: boolean): Awaitable<Lookup<T>> {
    const at = now();
    const { answer, startLoad } = plan(state, rules, at, miss);
    if (startLoad) start(miss);
    if (answer !== 'wait') return found(answer === 'value' ? state.value : undefined, at);
    return andThen(inFlight, () => found(afterLoad(state, rules, now()), now()));
  }

  const found = (value: T | undefined, at: number): Lookup<T> => ({
    value,
    failed: state.attempt !== 'succeeded',
    retryAfterMs: cooldownLeft(state, rules, at),
    ageMs: ageOf(state, at),
  });

  return {
    get: () => lookup(false),
    reload: () => lookup(true),
    offer: (make) => change(offered(state, make(state.value))),
  };
}
