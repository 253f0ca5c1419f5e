import { PARAMETERS, type ParameterName } from '../../contract.ts';
import type { ParameterValues } from './read-parameter.ts';

/** A parameter as it was read. */
export interface StoredParameter {
  readonly value: string;
  readonly version: number;
  /** When SSM stored the value, by its clock, in seconds since the epoch. */
  readonly modifiedAt: number;
}

/** The parameters as they were at one time. One is absent if it was not found. */
export type Reading = { readonly [name in ParameterName]?: StoredParameter };

/** The parameters that are good or bad together: a mistake in one unit leaves the other in force. */
export const UNITS = {
  access: ['issuer', 'audience', 'jwks-uri', 'upstream', 'policy'],
  revocations: ['revocations'],
} as const satisfies Record<string, readonly ParameterName[]>;

export type UnitName = keyof typeof UNITS;

const NAMES = Object.keys(PARAMETERS) as ParameterName[];

/** How far the clocks of SSM's hosts may be apart, in seconds. */
const SSM_CLOCKS_SECONDS = 5;

/** The part of a reading that makes up a unit. */
export function partOf(reading: Reading, unit: UnitName): Reading {
  const found = UNITS[unit].flatMap((name) => (reading[name] === undefined ? [] : [[name, reading[name]]]));
  return Object.fromEntries(found);
}

export const valuesOf = (reading: Reading): ParameterValues =>
  Object.fromEntries(NAMES.map((name) => [name, reading[name]?.value]));

/** Versions in the order of the contract, for the log; `-` for a parameter that was not found. */
export const versionOf = (reading: Reading): string =>
  NAMES.map((name) => reading[name]?.version ?? '-').join('.');

/** Whether two readings found the same values, whatever their versions. */
export const hasSameValues = (a: Reading, b: Reading): boolean =>
  NAMES.every((name) => a[name]?.value === b[name]?.value);

/** How long after a write the store may still return the previous value, in seconds. */
const STALE_SECONDS = 300;

/**
 * Whether a reading shows an earlier state of the store than another, by any parameter that both have. A parameter that
 * one of them lacks says nothing: it may have been created since, or deleted. `readAt` is when the store was read, in
 * seconds since the epoch: long after the other's write, whatever the store returns is current.
 */
export const isEarlier = (reading: Reading, other: Reading, readAt?: number): boolean =>
  NAMES.some((name) => isEarlierParameter(reading[name], other[name], readAt));

/**
 * A reading in which parameters that are earlier than another's are replaced by the other's: the store may return old
 * values.
 */
export const withLater = (reading: Reading, other: Reading, readAt: number): Reading =>
  Object.fromEntries(
    NAMES.flatMap((name) => {
      const one = reading[name];
      if (one === undefined) return [];
      return [[name, isEarlierParameter(one, other[name], readAt) ? other[name] : one]];
    }),
  );

/** Compares times: the versions of a parameter start again when it is deleted and created again. */
function isEarlierParameter(
  one: StoredParameter | undefined,
  other: StoredParameter | undefined,
  readAt: number | undefined,
): boolean {
  if (one === undefined || other === undefined) return false;
  if (readAt !== undefined && readAt - other.modifiedAt > STALE_SECONDS) return false;
  if (one.modifiedAt === other.modifiedAt) return one.version < other.version;
  const difference = one.version > other.version ? SSM_CLOCKS_SECONDS : 0;
  return one.modifiedAt < other.modifiedAt - difference;
}
