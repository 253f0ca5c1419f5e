import { expect, test } from '@jest/globals';
import { createRepeatFilter } from '../../../local/keeper/repeated-lines.ts';

test('a line is news once, even if its numbers differ', () => {
  const isNews = createRepeatFilter(() => 0);
  expect(isNews('{"ms":12,"id":"3f2a-9c"}')).toBe(true);
  expect(isNews('{"ms":7,"id":"00b1-42"}')).toBe(false);
  expect(isNews('something else')).toBe(true);
  expect(isNews('{"ms":1,"id":"3f2a-9c"}')).toBe(false);
});

test('a line that keeps coming is not news; after a while without it, it is news again', () => {
  let now = 0;
  const isNews = createRepeatFilter(() => now);
  expect(isNews('a')).toBe(true);
  for (const time of [5000, 10_000, 15_000, 20_000]) {
    now = time;
    expect(isNews('a')).toBe(false);
  }
  now = 40_000;
  expect(isNews('a')).toBe(true);
});
