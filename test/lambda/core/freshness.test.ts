import { describe, expect, test } from '@jest/globals';
import {
  afterLoad,
  cooldownLeft,
  EMPTY,
  type FreshnessRules,
  type FreshnessState,
  loadFailed,
  loadStarted,
  loadSucceeded,
  plan,
} from '../../../lambda/core/freshness.ts';

const RULES: FreshnessRules = { maxAgeMs: 100, maxStaleMs: 1000, cooldownMs: 20, loadTimeoutMs: 10 };
const T = 1_000_000;

type State = FreshnessState<string>;
const loadedAt = (at: number, value = 'value', maxAgeMs?: number, before: State = EMPTY): State => {
  const started = loadStarted(before, at);
  return loadSucceeded(started, started, value, maxAgeMs);
};
const failedAt = (state: State, at: number): State => {
  const started = loadStarted(state, at);
  return loadFailed(started, started, at);
};

describe('with no value', () => {
  test('the first caller starts a load and waits for it', () => {
    expect(plan(EMPTY, RULES, T)).toEqual({ answer: 'wait', startLoad: true });
  });
  test('the next one waits for the same load', () => {
    expect(plan(loadStarted(EMPTY, T), RULES, T + 9)).toEqual({ answer: 'wait', startLoad: false });
  });
  test('after a failure no caller gets anything until the cooldown from the failure is over', () => {
    const started = loadStarted(EMPTY as State, T - 8);
    const state = loadFailed(started, started, T);
    expect(plan(state, RULES, T + 19)).toEqual({ answer: 'nothing', startLoad: false });
    expect(plan(state, RULES, T + 20)).toEqual({ answer: 'wait', startLoad: true });
  });
  test('a load that never ends counts as lost, and another may start when the cooldown allows', () => {
    const state = loadStarted(EMPTY, T);
    expect(plan(state, RULES, T + 10)).toEqual({ answer: 'nothing', startLoad: false });
    expect(plan(state, RULES, T + 20)).toEqual({ answer: 'wait', startLoad: true });
  });
});

describe('with a value', () => {
  const state = loadedAt(T);

  test.each([
    [0, { answer: 'value', startLoad: false }],
    [79, { answer: 'value', startLoad: false }],
    [80, { answer: 'value', startLoad: true }],
    [99, { answer: 'value', startLoad: true }],
    [100, { answer: 'wait', startLoad: true }],
    [1_000_000, { answer: 'wait', startLoad: true }],
  ])('of age %d', (age, expected) => expect(plan(state, RULES, T + age)).toEqual(expected));

  test('at the age from which these rules replace it', () => {
    const rules = { ...RULES, refreshAhead: 0.7 };
    expect(plan(state, rules, T + 69)).toEqual({ answer: 'value', startLoad: false });
    expect(plan(state, rules, T + 70)).toEqual({ answer: 'value', startLoad: true });
    expect(plan(state, rules, T + 100)).toEqual({ answer: 'wait', startLoad: true });
  });
  test('one load does the refresh ahead of time', () => {
    expect(plan(loadStarted(state, T + 80), RULES, T + 85)).toEqual({ answer: 'value', startLoad: false });
  });
  test('past its age, it is used only within the cooldown of an attempt to replace it', () => {
    const failed = failedAt(state, T + 100);
    expect(plan(failed, RULES, T + 119)).toEqual({ answer: 'value', startLoad: false });
    expect(plan(failed, RULES, T + 120)).toEqual({ answer: 'wait', startLoad: true });
  });
  test('past its stale limit, it is not used at all', () => {
    expect(plan(failedAt(state, T + 990), RULES, T + 999)).toEqual({ answer: 'value', startLoad: false });
    expect(plan(failedAt(state, T + 990), RULES, T + 1000)).toEqual({ answer: 'nothing', startLoad: false });
  });
  test('its own maximum age takes precedence over that of the rules', () => {
    const short = loadedAt(T, 'value', 50);
    expect(plan(short, RULES, T + 39)).toEqual({ answer: 'value', startLoad: false });
    expect(plan(short, RULES, T + 40)).toEqual({ answer: 'value', startLoad: true });
    expect(plan(short, RULES, T + 50)).toEqual({ answer: 'wait', startLoad: true });
  });
  test('a value without its own maximum age does not inherit that of the previous one', () => {
    const short = loadedAt(T, 'value', 50);
    const next = loadedAt(T + 50, 'next', undefined, short);
    expect(plan(next, RULES, T + 110)).toEqual({ answer: 'value', startLoad: false });
  });
  test('after a successful load the next one starts as soon as the value is due, cooldown or not', () => {
    const short = loadedAt(T, 'value', 10);
    expect(plan(short, RULES, T + 8)).toEqual({ answer: 'value', startLoad: true });
    expect(plan(short, RULES, T + 10)).toEqual({ answer: 'wait', startLoad: true });
    expect(plan(short, RULES, T + 10, true)).toEqual({ answer: 'value', startLoad: false });
  });
  test('a clock that jumps back makes it no younger', () => {
    expect(plan(state, RULES, T - 99)).toMatchObject({ answer: 'value' });
    expect(plan(state, RULES, T - 100)).toEqual({ answer: 'wait', startLoad: true });
    expect(afterLoad(state, RULES, T - 1000)).toBeUndefined();
  });
});

describe('a caller that the value does not help', () => {
  test('waits for a load unless one was started within the cooldown', () => {
    expect(plan(loadedAt(T), RULES, T + 19, true)).toEqual({ answer: 'value', startLoad: false });
    expect(plan(loadedAt(T), RULES, T + 20, true)).toEqual({ answer: 'wait', startLoad: true });
  });
  test('waits for the load in flight', () => {
    expect(plan(loadStarted(loadedAt(T), T + 50), RULES, T + 55, true)).toEqual({
      answer: 'wait',
      startLoad: false,
    });
  });
  test('gets no value past the stale limit', () => {
    expect(plan(failedAt(loadedAt(T), T + 999), RULES, T + 1000, true)).toEqual({
      answer: 'nothing',
      startLoad: false,
    });
  });
});

describe('after a load', () => {
  test("the value's age counts from the request for it", () => {
    const state = loadedAt(T);
    expect(state).toMatchObject({ value: 'value', loadedAt: T, attempt: 'succeeded' });
    expect(afterLoad(state, RULES, T + 999)).toBe('value');
    expect(afterLoad(state, RULES, T + 1000)).toBeUndefined();
  });
  test('that failed, the last value stays within the stale limit', () => {
    const state = failedAt(loadedAt(T), T + 500);
    expect(state).toMatchObject({ value: 'value', loadedAt: T, attempt: 'failed' });
    expect(afterLoad(state, RULES, T + 999)).toBe('value');
    expect(afterLoad(state, RULES, T + 1000)).toBeUndefined();
    expect(afterLoad(EMPTY, RULES, T)).toBeUndefined();
  });
  test('forever, if the rules say so', () => {
    expect(afterLoad(loadedAt(T), { ...RULES, maxStaleMs: Infinity }, T * 1000)).toBe('value');
  });
});

describe('a load that was given up as lost and ends after all', () => {
  const first = loadStarted(EMPTY as State, T);
  const second = loadStarted(first, T + 20);

  test('brings its value while the next one is in flight, and leaves that one in flight', () => {
    const state = loadSucceeded(second, first, 'late');
    expect(state).toMatchObject({ value: 'late', loadedAt: T, attemptAt: T + 20, attempt: 'in-flight' });
  });
  test('brings nothing if the next one has succeeded', () => {
    const newer = loadSucceeded(second, second, 'newer');
    expect(loadSucceeded(newer, first, 'late')).toBe(newer);
  });
  test('brings its value if the next one has failed, which still counts as the latest', () => {
    const state = loadSucceeded(loadFailed(second, second, T + 25), first, 'late');
    expect(state).toMatchObject({ value: 'late', loadedAt: T, attempt: 'failed', attemptAt: T + 20 });
  });
  test('brings nothing if there is a newer value, whatever was tried since', () => {
    const newer = loadSucceeded(second, second, 'newer');
    for (const state of [loadStarted(newer, T + 120), failedAt(newer, T + 120)]) {
      expect(loadSucceeded(state, first, 'late')).toMatchObject({ value: 'newer', loadedAt: T + 20 });
    }
  });
  test('does not fail the next one', () => expect(loadFailed(second, first, T + 25)).toBe(second));
});

test.each([
  [EMPTY, T, 0],
  [failedAt(EMPTY, T), T, 20],
  [failedAt(EMPTY, T), T + 5, 15],
  [failedAt(EMPTY, T), T + 20, 0],
  [failedAt(EMPTY, T), T + 2000, 0],
])('cooldown left %#', (state, now, left) => expect(cooldownLeft(state, RULES, now)).toBe(left));
