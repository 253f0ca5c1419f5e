/** One figure: our cost, the cost of the peer or floor, and their ratio. */
export interface Result {
  /** `SECTION/what, against whom`. */
  readonly name: string;
  readonly ours: number;
  readonly against: number;
  readonly unit: string;
  /** Ours divided by theirs: below 1 is better than the peer, unless the unit is a rate. */
  readonly ratio: number;
  /** The highest allowed ratio, or the lowest if `unit` is a rate; null for a figure without a target. */
  readonly target: number | null;
  readonly met: boolean | null;
}

export interface Figure {
  readonly name: string;
  readonly ours: number;
  readonly against: number;
  readonly unit: string;
  readonly ratio?: number;
  readonly target?: number | undefined;
}

/** Whether higher is better. */
export const isRate = (unit: string): boolean => unit.endsWith('/s');

export function resultOf({ name, ours, against, unit, ratio = ours / against, target }: Figure): Result {
  const rounded = significant(ratio);
  const met = target === undefined ? null : isRate(unit) ? rounded >= target : rounded <= target;
  return {
    name,
    ours: significant(ours),
    against: significant(against),
    unit,
    ratio: rounded,
    target: target ?? null,
    met,
  };
}

/** Three digits, because the rest is noise. */
const significant = (value: number): number => Number(value.toPrecision(3));

export const sectionOf = ({ name }: Result): string => name.split('/', 1)[0] ?? '';

export function resultNamed(results: readonly Result[], name: string): Result {
  const found = results.find((result) => result.name === name);
  if (found !== undefined) return found;
  throw new Error(
    `bench/results.json has no "${name}". Measure it with npm run bench -- --only ${name.split('/', 1)[0]}.`,
  );
}
