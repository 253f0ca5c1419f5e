import { plainOf } from './plain-values.ts';

/** The places, down to a depth, at which two values differ. */
export function changesIn(place: string, one: unknown, other: unknown, depth: number): string[] {
  const [a, b] = [plainOf(one), plainOf(other)];
  if (JSON.stringify(a) === JSON.stringify(b)) return [];
  if (depth === 0 || !isObject(a) || !isObject(b)) return [place];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .sort()
    .flatMap((name) => changesIn(place === '' ? name : `${place}.${name}`, a[name], b[name], depth - 1));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
