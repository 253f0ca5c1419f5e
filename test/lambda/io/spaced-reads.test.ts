import { expect, test } from '@jest/globals';
import { createSpacedReads } from '../../../lambda/io/spaced-reads.ts';

function createWorld(random = () => 1) {
  let now = 0;
  let down = true;
  let reads = 0;
  const read = createSpacedReads(
    async () => {
      reads += 1;
      if (down) throw new Error('throttled');
      return {};
    },
    { now: () => now, random },
  );
  return {
    read: (first = false) =>
      read({ first }).then(
        () => 'read',
        (error: Error) => error.message,
      ),
    reads: () => reads,
    advance: (seconds: number) => {
      now += seconds * 1000;
    },
    recover: () => {
      down = false;
    },
  };
}

test('after each failure the next attempt is twice as far away, up to five minutes', async () => {
  const world = createWorld();
  const pauses: number[] = [];
  for (let last = 0, second = 0; second < 1300; second++) {
    const before = world.reads();
    await world.read();
    if (world.reads() > before) {
      pauses.push(second - last);
      last = second;
    }
    world.advance(1);
  }
  expect(pauses.slice(1)).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
});

test('attempts of many environments drift apart', async () => {
  const world = createWorld(() => 0);
  await world.read();
  expect(await world.read()).toBe('throttled; next attempt in 3 s');
});

test('a success ends the pause, and a cold start is never held back', async () => {
  const world = createWorld();
  await world.read();
  expect(await world.read(true)).toBe('throttled');
  world.recover();
  expect(await world.read()).toMatch('next attempt');
  world.advance(10);
  expect(await world.read()).toBe('read');
  expect(await world.read()).toBe('read');
});
