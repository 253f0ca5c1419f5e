/** One figure: what ours takes, what the peer or floor takes, and how they compare. */
export interface Result {
  /** `SECTION/what, against whom`. */
  readonly name: string;
  readonly ours: number;
  readonly against: number;
  readonly unit: string;
  /** Ours to theirs: below 1 is better than the peer, but for what is counted a second. */
  readonly ratio: number;
  /** What the ratio is to be at most, or at least where `unit` is a rate; null for a figure that is only shown. */
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

/** Rates are better when higher. */
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

/** Three digits: the rest is noise. */
const significant = (value: number): number => Number(value.toPrecision(3));

export const sectionOf = ({ name }: Result): string => name.split('/', 1)[0] ?? '';
