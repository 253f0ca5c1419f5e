/** A logarithmic axis of a picture, from the value `min` at the coordinate `from` to `max` at `to`. */
export interface LogAxis {
  readonly min: number;
  readonly max: number;
  readonly from: number;
  readonly to: number;
}

/** An axis of whole decades that has a place for each value, so that no line has to be cut. Values are positive. */
export function decadesAround(values: readonly number[], from: number, to: number): LogAxis {
  const least = Math.min(...values);
  const most = Math.max(...values);
  if (!(least > 0 && most < Number.POSITIVE_INFINITY)) {
    throw new Error('A logarithmic axis needs positive, finite values. Leave out the others.');
  }
  const min = 10 ** Math.floor(Math.log10(least));
  const max = 10 ** Math.ceil(Math.log10(most));
  return { min, max: max > min ? max : min * 10, from, to };
}

export const placeOn = ({ min, max, from, to }: LogAxis, value: number): number =>
  from + ((to - from) * Math.log10(value / min)) / Math.log10(max / min);

/** The powers of ten on the axis. */
export function decadesOf({ min, max }: LogAxis): number[] {
  const first = Math.ceil(Math.log10(min));
  const last = Math.floor(Math.log10(max));
  return Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
}
