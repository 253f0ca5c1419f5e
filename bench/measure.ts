/** Something to measure: does the work `count` times, on inputs prepared beforehand. */
export interface Contender {
  readonly name: string;
  /** Prepares the inputs of `count` operations, outside the measured time. */
  readonly prepare: (count: number) => () => void | Promise<void>;
  /** Operations per round. By default, as many as take about a hundredth of a second. */
  readonly count?: number;
}

/** Nanoseconds per operation in each round. Rounds of one index ran side by side. */
export type Rounds = ReadonlyMap<string, readonly number[]>;

const ROUND_MS = 12;

/** Operations prepared together: few enough to stay in the processor's caches, like a new event. */
const BATCH = 64;
const WARM_UP_ROUNDS = 40;

/**
 * Measures contenders in turns, in many short rounds, and rotates their order with every round, so that
 * other load on the machine affects them alike.
 */
export async function interleave(contenders: readonly Contender[], rounds: number): Promise<Rounds> {
  const counts = new Map<string, number>();
  for (const contender of contenders) {
    let count = contender.count ?? 16;
    for (let round = 0; round < WARM_UP_ROUNDS; round++) {
      const perOperation = await time(contender, count);
      if (contender.count === undefined) {
        count = Math.min(4_000, Math.max(8, Math.round((ROUND_MS * 1e6) / perOperation)));
      }
    }
    counts.set(contender.name, count);
  }
  const results = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const contender = contenders[(round + turn) % contenders.length] as Contender;
      results.get(contender.name)?.push(await time(contender, counts.get(contender.name) ?? 1));
    }
  }
  return results;
}

/**
 * Nanoseconds per operation in one round. Uses wall time, because a kernel may account for CPU time in ticks, which
 * are longer than a batch. Other load on the machine shows in single rounds but not in the median.
 */
async function time({ prepare }: Contender, count: number): Promise<number> {
  let milliseconds = 0;
  for (let left = count; left > 0; left -= BATCH) {
    const run = prepare(Math.min(BATCH, left));
    const startedAt = performance.now();
    const pending = run();
    if (pending !== undefined) await pending;
    milliseconds += performance.now() - startedAt;
  }
  return (milliseconds * 1e6) / count;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new Error('There are no measurements.');
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * q;
  const below = sorted[Math.floor(place)] as number;
  const above = sorted[Math.ceil(place)] as number;
  return below + (above - below) * (place - Math.floor(place));
}

/** Compares two contenders, as the figures of a result. */
export const compared = (rounds: Rounds, ours: string, against: string) => ({
  ours: medianOf(rounds, ours) / 1000,
  against: medianOf(rounds, against) / 1000,
  unit: 'us',
  ratio: medianRatio(rounds, ours, against),
});

/** The median ratio of rounds that ran side by side. */
function medianRatio(rounds: Rounds, ours: string, against: string): number {
  const theirs = roundsOf(rounds, against);
  return median(roundsOf(rounds, ours).map((value, round) => value / (theirs[round] as number)));
}

export const medianOf = (rounds: Rounds, name: string): number => median(roundsOf(rounds, name));

function roundsOf(rounds: Rounds, name: string): readonly number[] {
  const values = rounds.get(name);
  if (values === undefined) throw new Error(`${name} was not measured`);
  return values;
}
