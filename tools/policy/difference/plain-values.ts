import { KeyObject } from 'node:crypto';

/** A value of the parsed configuration as plain JSON, sorted where the order has no meaning. */
export function plainOf(value: unknown): unknown {
  if (value instanceof URL) return value.href;
  if (value instanceof KeyObject) return plainOf(value.export({ format: 'jwk' }));
  if (value instanceof Set) return [...value].map(plainOf).sort(bySerialized);
  if (value instanceof Map) return plainOf(Object.fromEntries(value));
  if (Array.isArray(value)) return value.map(plainOf);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(
    ([, member]) => member !== undefined && typeof member !== 'function',
  );
  return Object.fromEntries(
    members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, plainOf(member)]),
  );
}

const bySerialized = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

/** A text that is the same for equal values. */
export const serialized = (value: unknown): string => JSON.stringify(plainOf(value)) ?? 'undefined';

/** A list of named pairs as an object, so that their order has no meaning. */
export const byName = (entries: readonly (readonly [string, unknown])[]): Record<string, unknown> =>
  Object.fromEntries(entries);
