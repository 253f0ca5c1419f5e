import { ACCESS } from './playground-access.ts';
import { BREAKS } from './playground-breaks.ts';
import { HOSTILE } from './playground-hostile.ts';
import type { PlaygroundCheck } from './playground-scene.ts';
import { SURROUNDINGS } from './playground-surroundings.ts';
import { TOUR } from './playground-tour.ts';

/** The checks of the playground, in order. */
export const PLAYGROUND_CHECKS: Readonly<Record<string, PlaygroundCheck>> = {
  ...TOUR,
  ...HOSTILE,
  ...ACCESS,
  ...BREAKS,
  ...SURROUNDINGS,
};
