/**
 * A value, or a promise of one. Most decisions wait for nothing, and a promise per step would take longer than the
 * step.
 */
export type Awaitable<T> = T | Promise<T>;

/** Calls `next` with the value, at once unless it is a promise. */
export const andThen = <T, U>(value: Awaitable<T>, next: (value: T) => Awaitable<U>): Awaitable<U> =>
  value instanceof Promise ? value.then(next) : next(value);
