/**
 * A value that is here already, or a promise of it. Most decisions wait for nothing, and a promise for each of
 * their steps would take longer than the steps.
 */
export type Awaitable<T> = T | Promise<T>;

/** Goes on with a value, at once if it is here. */
export const andThen = <T, U>(value: Awaitable<T>, next: (value: T) => Awaitable<U>): Awaitable<U> =>
  value instanceof Promise ? value.then(next) : next(value);
