import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Result, resultOf } from '../report/results.ts';
import type { SectionOptions } from '../section.ts';
import { type Row, scaleChart } from './chart.ts';
import { simulateFleet } from './fleet.ts';

const SIZES = [1, 10, 100, 300, 1_000, 2_000, 5_000, 10_000, 50_000];

/** Calls a second that the parameter store takes by default, and with higher throughput. */
const LIMITS = [40, 1_000];
const REFRESHES = [60, 300, 3_600];

/** Long enough for all to have started and been refreshed a few times. */
const SECONDS = 900;

export async function simulateScale({ quick }: SectionOptions): Promise<Result[]> {
  const rows = LIMITS.flatMap((callsPerSecond) =>
    REFRESHES.flatMap((refreshSeconds) =>
      SIZES.filter((size) => !quick || size <= 2_000).map((environments): Row => {
        const options = { environments, callsPerSecond, refreshSeconds, seconds: SECONDS };
        const outcome = simulateFleet(options, seededRandom(environments));
        const { untilConfigured } = outcome;
        const [p50, p99] = [rank(untilConfigured, 0.5), rank(untilConfigured, 0.99)];
        return { environments, callsPerSecond, refreshSeconds, p50, p99, outcome };
      }),
    ),
  );
  console.log('SSM calls/s  refresh s  environments  p50 s  p99 s  refreshes failed  oldest s  peak calls/s');
  for (const { callsPerSecond, refreshSeconds, environments, p50, p99, outcome } of rows) {
    const cells = [
      callsPerSecond,
      refreshSeconds,
      environments,
      p50.toFixed(2),
      p99.toFixed(2),
      `${(outcome.failedRefreshes * 100).toFixed(1)} %`,
      outcome.oldest.toFixed(0),
      outcome.peakCalls,
    ];
    console.log(
      cells
        .map((cell, index) =>
          String(cell)
            .replace('Infinity', 'never')
            .padStart([11, 11, 14, 7, 7, 18, 10, 14][index] ?? 0),
        )
        .join(''),
    );
  }
  if (!quick) {
    writeFileSync(fileURLToPath(new URL('../../docs/scale.svg', import.meta.url)), scaleChart(rows));
  }
  const find = (limit: number, refresh: number, size: number): Row | undefined =>
    rows.find(
      ({ environments, callsPerSecond, refreshSeconds }) =>
        environments === size && callsPerSecond === limit && refreshSeconds === refresh,
    );
  return SIZES.flatMap((size) => {
    const [slow, fast] = [find(40, 60, size), find(1_000, 60, size)];
    if (slow === undefined || fast === undefined || !Number.isFinite(slow.p99)) return [];
    return resultOf({
      name: `scale/${size} environments: p99 until configured, SSM at 40 calls/s, at 1,000`,
      ours: slow.p99,
      against: fast.p99,
      unit: 's',
    });
  });
}

/** Nearest rank, which infinity does no harm to. */
const rank = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.ceil(values.length * q) - 1] ?? Number.POSITIVE_INFINITY;

/** The same numbers each time (mulberry32), so that a difference is one of the settings. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
