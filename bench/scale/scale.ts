import { type Result, resultOf } from '../report/results.ts';
import type { SectionOptions } from '../section.ts';
import { SIZES, SMALL, startWithKeeper, startWithoutKeeper } from './cases.ts';
import { type FleetOptions, type FleetOutcome, S3_LIMIT, simulateFleet } from './fleet.ts';
import { costPerMonth } from './prices.ts';

/** The sizes with a dead keeper, and those whose requests to each service are results. */
const LARGE = [1_000, 10_000, 50_000];

/** Calls per second that SSM allows by default, and with higher throughput. */
const LIMITS = [40, 1_000];

/** Long enough for all environments to start and refresh a few times: 50,000 need 490 s to start. */
const SECONDS = 900;

/** Time until 99 % of the environments can decide, in seconds. */
const CONFIGURED_TARGET = 0.2;

/** The simulated cases. With the keeper, SSM's limit and the refresh interval hardly matter, so they have no rows. */
const CASES: readonly (Pick<FleetOptions, 'keeper' | 'ssmCallsPerSecond' | 'refreshSeconds'> & {
  readonly sizes: readonly number[];
})[] = [
  { keeper: 'alive', ssmCallsPerSecond: 40, refreshSeconds: 60, sizes: SIZES },
  ...LIMITS.map((limit) => ({
    keeper: 'dead' as const,
    ssmCallsPerSecond: limit,
    refreshSeconds: 60,
    sizes: LARGE,
  })),
  ...LIMITS.flatMap((limit) =>
    [60, 300].map((refreshSeconds) => ({
      keeper: 'none' as const,
      ssmCallsPerSecond: limit,
      refreshSeconds,
      sizes: [...SMALL, 10_000],
    })),
  ),
];

/** The simulation of one fleet size under one limit. */
interface Row extends Omit<FleetOptions, 'seconds'> {
  readonly p50: number;
  readonly p99: number;
  readonly outcome: FleetOutcome;
}

export async function simulateScale({ quick }: SectionOptions): Promise<Result[]> {
  const rows = CASES.flatMap(({ sizes, ...options }) =>
    sizes
      .filter((size) => !quick || size <= 2_000)
      .map((environments): Row => {
        const outcome = simulateFleet(
          { ...options, environments, seconds: SECONDS },
          seededRandom(environments),
        );
        const { untilConfigured } = outcome;
        const [p50, p99] = [rank(untilConfigured, 0.5), rank(untilConfigured, 0.99)];
        return { ...options, environments, p50, p99, outcome };
      }),
  );
  printRows(rows);
  return [...withKeeper(rows), ...keeperDead(rows), ...withoutKeeper(rows), ...costs()];
}

function printRows(rows: readonly Row[]): void {
  const titles = ['keeper', 'SSM calls/s', 'refresh s', 'environments', 'p50 s', 'p99 s', 'refreshes failed'];
  const widths = [6, 13, 11, 14, 8, 8, 18, 10, 16, 16, 16];
  const services = ['ssm', 'issuer', 's3'] as const;
  const line = (cells: readonly (string | number)[]): void =>
    console.log(cells.map((cell, index) => String(cell).padStart(widths[index] ?? 0)).join(''));
  line([...titles, 'oldest s', ...services.map((name) => `${name} peak/mean`)]);
  for (const row of rows) {
    const { failedRefreshes, oldest, requests } = row.outcome;
    line([
      row.keeper,
      row.ssmCallsPerSecond,
      row.refreshSeconds,
      row.environments,
      ...[row.p50, row.p99].map((value) => (Number.isFinite(value) ? value.toFixed(2) : 'never')),
      `${(failedRefreshes * 100).toFixed(1)} %`,
      oldest.toFixed(0),
      ...services.map((name) => `${busiest(requests[name])}/${lastMinutes(requests[name]).toFixed(1)}`),
    ]);
  }
}

function withKeeper(rows: readonly Row[]): Result[] {
  return rows
    .filter(({ keeper }) => keeper === 'alive')
    .flatMap(({ environments, p99, outcome: { requests } }) => {
      const name = (what: string) => `scale/${environments} with keeper: ${what}`;
      const start = resultOf({
        name: startWithKeeper(environments),
        ours: p99,
        against: CONFIGURED_TARGET,
        unit: 's',
        target: 1,
      });
      if (!LARGE.includes(environments)) return [start];
      return [
        start,
        resultOf({
          name: name('GETs at first, limit'),
          ours: requests.s3[0] ?? 0,
          against: S3_LIMIT,
          unit: 'GETs',
          target: 1,
        }),
        resultOf({
          name: name('most GETs, limit'),
          ours: busiest(requests.s3),
          against: S3_LIMIT,
          unit: 'GETs',
          target: 1,
        }),
        resultOf({
          name: name('SSM calls, one client'),
          ours: requests.ssm.reduce((sum, calls) => sum + calls, 0),
          against: SECONDS / 60,
          unit: 'calls in 15 min',
        }),
      ];
    });
}

function keeperDead(rows: readonly Row[]): Result[] {
  return rows
    .filter(({ keeper }) => keeper === 'dead')
    .flatMap(({ environments, ssmCallsPerSecond, p99, outcome: { requests } }) => {
      const name = (what: string) =>
        `scale/${environments} environments, keeper dead, SSM at ${ssmCallsPerSecond} calls/s: ${what}`;
      const limit = { ssm: ssmCallsPerSecond, s3: S3_LIMIT };
      return [
        resultOf({ name: name('p99 until configured'), ours: p99, against: CONFIGURED_TARGET, unit: 's' }),
        ...(['ssm', 's3'] as const).map((service) =>
          resultOf({
            name: name(`mean of ${service}, its limit`),
            ours: lastMinutes(requests[service]),
            against: limit[service],
            unit: 'requests per s',
          }),
        ),
        resultOf({
          name: name('issuer in the busiest second, mean'),
          ours: busiest(requests.issuer),
          against: lastMinutes(requests.issuer),
          unit: 'requests per s',
        }),
      ];
    });
}

function withoutKeeper(rows: readonly Row[]): Result[] {
  const find = (limit: number, size: number): Row | undefined =>
    rows.find(
      ({ keeper, environments, ssmCallsPerSecond, refreshSeconds }) =>
        keeper === 'none' && environments === size && ssmCallsPerSecond === limit && refreshSeconds === 60,
    );
  return SIZES.flatMap((size) => {
    const [slow, fast] = [find(40, size), find(1_000, size)];
    if (slow === undefined || fast === undefined || !Number.isFinite(slow.p99)) return [];
    return resultOf({
      name: startWithoutKeeper(size),
      ours: slow.p99,
      against: fast.p99,
      unit: 's',
    });
  });
}

const costs = (): Result[] =>
  [1, 100, 10_000].map((environments) => {
    const { keeper, higherThroughput } = costPerMonth(environments);
    return resultOf({
      name: `scale/${environments} environments: keeper, SSM at higher throughput`,
      ours: keeper,
      against: higherThroughput,
      unit: '$ a month',
    });
  });

const busiest = (perSecond: readonly number[]): number => Math.max(...perSecond);

/** Requests per second over the last five minutes, the lifetime of a key set, when all environments have started. */
function lastMinutes(perSecond: readonly number[]): number {
  const last = perSecond.slice(SECONDS - 300, SECONDS);
  return last.reduce((sum, value) => sum + value, 0) / last.length;
}

/** The nearest-rank percentile, which also works with infinite values. */
const rank = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.ceil(values.length * q) - 1] ?? Number.POSITIVE_INFINITY;

/** The same random numbers in each run (mulberry32), so that differences come from the settings. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
