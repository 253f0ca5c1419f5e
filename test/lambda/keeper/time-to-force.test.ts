import { describe, expect, test } from '@jest/globals';
import { createFleet } from './fleet-model.ts';

/** How long a keeper run and an event take to arrive, in seconds. */
const RUN_SECONDS = 2;

interface Course {
  /** Seconds between a run of the keeper and the change. */
  readonly sinceRun: number;
  /** Seconds between a refresh of the verifier and the change. */
  readonly sinceRefresh: number;
  readonly event: 'arrives' | 'is lost';
  readonly keeper: 'runs' | 'is dead';
}

/** Seconds from a change until a verifier that gets a request every second decides by it. */
async function secondsUntilInForce({ sinceRun, sinceRefresh, event, keeper }: Course): Promise<number> {
  const fleet = createFleet();
  await fleet.keep();
  const ask = () => fleet.ask(0, 'a');
  let second = 0;
  const tick = async () => {
    if (second % 60 === RUN_SECONDS && (keeper === 'runs' || second <= 60 + RUN_SECONDS)) await fleet.keep();
    fleet.world.advance(1);
    second += 1;
  };
  // The keeper ran, and the verifier refreshed, this many seconds before the change.
  while (second < 60 + RUN_SECONDS + sinceRun) {
    if (second === 60 + RUN_SECONDS + sinceRun - sinceRefresh) await ask();
    await tick();
  }
  fleet.putRevocations('revoking');
  for (let passed = 0; passed < 600; passed++) {
    if (event === 'arrives' && keeper === 'runs' && passed === RUN_SECONDS) await fleet.keep();
    if ((await ask()).revoked) return passed;
    await tick();
  }
  return Number.POSITIVE_INFINITY;
}

const phases = [0, 1, 15, 30, 45, 59];
const courses = (event: Course['event'], keeper: Course['keeper']): Course[] =>
  phases.flatMap((sinceRun) => phases.map((sinceRefresh) => ({ sinceRun, sinceRefresh, event, keeper })));

/** What README.md and docs/keeper.md promise, with CONFIG_REFRESH_SECONDS at its default of 60. */
describe('a change is in force', () => {
  test.each<[string, Course[], number]>([
    ['after the refresh time and a few seconds', courses('arrives', 'runs'), 60 + 5],
    ['a minute later if the event is lost', courses('is lost', 'runs'), 2 * 60 + 5],
    ['four minutes later if the keeper is dead', courses('is lost', 'is dead'), 4 * 60 + 5],
  ])('%s', async (_, all, most) => {
    const times = await Promise.all(all.map(secondsUntilInForce));
    expect(Math.max(...times)).toBeLessThanOrEqual(most);
    // The limit is no larger than necessary.
    expect(Math.max(...times)).toBeGreaterThan(most - 65);
  });
});
