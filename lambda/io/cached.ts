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

/** What a load brings; `maxAgeMs` where the source said how long it is good for. */
export interface Loaded<T> {
  readonly value: T;
  readonly maxAgeMs?: number;
}

/** The value in hand, for a load that may go by it. */
export interface InHand<T> {
  readonly value: T | undefined;
  /** Since `value` was asked for, in ms. */
  readonly ageMs: number;
  /** Whether it is not to be used without having tried to replace it. */
  readonly due: boolean;
  /** Whether somebody else has loaded it. */
  readonly offered: boolean;
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
   * Loads the value, or nothing where the one in hand need not be replaced. Rejects on failure; must settle within
   * `loadTimeoutMs`. `inHand` gives the value in hand whenever it is called: another load may have brought one, or
   * somebody offered one, while this one was waiting. `miss` says that the value was not enough for a caller.
   */
  readonly load: (inHand: () => InHand<T>, miss: boolean) => Promise<Loaded<T> | undefined>;
  /** Hears of each value that takes the place of another, or of none. */
  readonly onChange?: (value: T) => void;
  readonly onFailure: (error: unknown) => void;
}

export interface Cached<T> {
  get(): Awaitable<Lookup<T>>;
  /** For a caller whom the value in hand does not help: a newer one if it may be had now. */
  reload(): Awaitable<Lookup<T>>;
  /** Takes a value that somebody else has loaded, made of the one in hand, unless that is later. */
  offer(make: (last: T | undefined) => Offer<T>): void;
}

/** The thin shell around core/freshness.ts: holds the state and the one load in flight. */
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
