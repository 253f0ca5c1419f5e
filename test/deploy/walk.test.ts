import { expect, it } from '@jest/globals';
import { TRANSITIONS } from '../infra/transitions/transitions.ts';
import { QUICK_WALK, WALK } from './walk.ts';

const edgesOf = (walk: readonly string[]) => walk.slice(1).map((end, index) => `${walk[index]} -> ${end}`);

it('the rehearsed walk makes every transition', () => {
  const missing = TRANSITIONS.map(({ from, to }) => `${from} -> ${to}`).filter(
    (edge) => !edgesOf(WALK).includes(edge),
  );
  expect(missing).toEqual([]);
});

it('the quick walk is its beginning, with 26 transitions', () => {
  expect(WALK.slice(0, QUICK_WALK.length)).toEqual(QUICK_WALK);
  expect(edgesOf(QUICK_WALK)).toHaveLength(26);
});
