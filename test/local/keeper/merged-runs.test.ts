import { expect, test } from '@jest/globals';
import { createMergedRuns } from '../../../local/keeper/merged-runs.ts';

/** Runs that the test ends. */
function controlled() {
  const started: string[] = [];
  const ends: (() => void)[] = [];
  const runs = createMergedRuns<string>((event) => {
    started.push(event);
    return new Promise((resolve) => ends.push(resolve));
  });
  const end = async () => {
    ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { runs, started, end };
}

test('runs a request at once', () => {
  const { runs, started } = controlled();
  runs.request('a');
  expect(started).toEqual(['a']);
});

test('merges requests during a run into one more run, with the newest event', async () => {
  const { runs, started, end } = controlled();
  for (const event of ['a', 'b', 'c']) runs.request(event);
  expect(started).toEqual(['a']);
  await end();
  expect(started).toEqual(['a', 'c']);
  await end();
  expect(started).toEqual(['a', 'c']);
  runs.request('d');
  expect(started).toEqual(['a', 'c', 'd']);
});

test('closing waits for the run under way and drops the waiting one', async () => {
  const { runs, started, end } = controlled();
  runs.request('a');
  runs.request('b');
  let closed = false;
  const closing = runs.close().then(() => {
    closed = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(closed).toBe(false);
  await end();
  await closing;
  runs.request('c');
  expect(started).toEqual(['a']);
});
