import * as v from 'valibot';
import { hasSameValues, type Reading, UNITS, type UnitName, versionOf } from '../config/reading.ts';
import { MAX_KEY_SET_AGE_MS } from '../keys/max-age.ts';
import {
  MAX_SNAPSHOT_BYTES,
  parseSnapshot,
  type Snapshot,
  type StoredKeySet,
  type UnitReading,
} from './snapshot.ts';
import { KeySetSchema, MAX_KEY_SETS, MAX_PROBLEM_LENGTH, MAX_PROBLEMS } from './snapshot-schema.ts';

/** The stored values of a unit, and their problems. */
export interface Judged {
  readonly parameters: Reading;
  readonly problems: readonly string[];
}

/**
 * The readings of a unit after one more, newest first: what is in the store; if that is rejected, the last good one;
 * and the good one before. So after `a` and `b`, both good, and the bad `c`, the list is `c b a`; once `d` is good, it
 * is `d b`. A verifier whose parser is not of the keeper's version may have to go further back than the keeper.
 */
export function nextReadings(
  previous: readonly UnitReading[],
  { parameters, problems }: Judged,
  now: number,
): readonly UnitReading[] {
  // An earlier version of the keeper may have accepted what this one rejects.
  const good = previous.filter(
    (reading) =>
      reading.refused === undefined &&
      (problems.length === 0 || !hasSameValues(reading.parameters, parameters)),
  );
  if (problems.length > 0) {
    const since = previous[0]?.refused?.since ?? now;
    const listed = problems.slice(0, MAX_PROBLEMS).map((problem) => problem.slice(0, MAX_PROBLEM_LENGTH));
    return [{ parameters, refused: { since, problems: listed } }, ...good.slice(0, 2)];
  }
  const [last, before] = good;
  const kept = last !== undefined && hasSameValues(last.parameters, parameters) ? before : last;
  return [{ parameters }, ...(kept === undefined ? [] : [kept])];
}

/** The newest reading of a unit that a keeper has accepted. */
export const goodReadingOf = (readings: readonly UnitReading[]): UnitReading | undefined =>
  readings.find(({ refused }) => refused === undefined);

/** Whether two snapshots say the same, apart from when it was found. */
export const saysTheSame = (a: Findings, b: Findings): boolean =>
  JSON.stringify(pick(a)) === JSON.stringify(pick(b));

const pick = ({ path, access, revocations, keySets }: Findings) => ({ path, access, revocations, keySets });

/** Whether the rejected values differ from those that were rejected before, so that the rejection is news. */
export const isRefusedAnew = (
  previous: readonly UnitReading[],
  readings: readonly UnitReading[],
): boolean => {
  const [was, is] = [previous[0], readings[0]];
  if (is?.refused === undefined) return false;
  return was?.refused === undefined || versionOf(was.parameters) !== versionOf(is.parameters);
};

/** How far the clocks of two keepers may be apart, in seconds. */
const KEEPER_CLOCKS_SECONDS = 60;

/**
 * A keeper runs every minute and a verifier looks every minute, so keys must be fetched this long before they are too
 * old.
 */
const AHEAD_SECONDS = 120;

/** Whether a key set must be fetched again. If its time is in the future, its age is unknown. */
export const isFetchDue = (
  { fetchedAt, maxAgeSeconds }: StoredKeySet,
  now: number,
  longestSeconds: number,
): boolean =>
  now - fetchedAt >= Math.min(maxAgeSeconds, longestSeconds) - AHEAD_SECONDS || isAhead(fetchedAt, now);

/** The set to keep, the previous or the fetched one; undefined if neither is usable. */
export function laterKeySet(
  previous: StoredKeySet | undefined,
  fetched: StoredKeySet | undefined,
  now: number,
): StoredKeySet | undefined {
  if (previous === undefined) return fetched;
  const usable = !isAhead(previous.fetchedAt, now) && (now - previous.fetchedAt) * 1000 < MAX_KEY_SET_AGE_MS;
  if (fetched === undefined) return usable ? previous : undefined;
  return usable && previous.fetchedAt > fetched.fetchedAt ? previous : fetched;
}

const isAhead = (at: number, now: number): boolean => at > now + KEEPER_CLOCKS_SECONDS;

/** The parts of the next snapshot. */
export type Findings = Omit<Snapshot, 'writtenAt'>;

/** A snapshot as it is to be written. */
export interface Assembled {
  readonly snapshot: Snapshot;
  readonly text: string;
  /** Key sets that do not fit, because one or all together are too large. Verifiers fetch those themselves. */
  readonly left: readonly StoredKeySet[];
}

/** Leaves room for the parameters, their problems and the rest, in bytes. */
const KEY_SETS_BYTES = MAX_SNAPSHOT_BYTES - 400 * 1024;

/**
 * Assembles a snapshot. Each is later than the one before, whatever the keepers' clocks say. Throws if verifiers
 * could not read it: then the one before must stay.
 */
export function assemble(findings: Findings, previous: Snapshot | undefined, now: number): Assembled {
  const keySets = fitting(findings.keySets);
  const snapshot: Snapshot = {
    ...findings,
    writtenAt: Math.max(now, (previous?.writtenAt ?? 0) + 0.001),
    keySets: findings.keySets.filter((set) => keySets.has(set)),
  };
  const text = JSON.stringify(snapshot);
  const bytes = Buffer.from(text);
  const parsed = bytes.length > MAX_SNAPSHOT_BYTES ? { problem: 'too large' } : parseSnapshot(bytes);
  if ('problem' in parsed) throw new Error(`verifiers could not read the snapshot: ${parsed.problem}`);
  return { snapshot, text, left: findings.keySets.filter((set) => !keySets.has(set)) };
}

/** As many key sets as fit. Several small ones have precedence over a large one. */
function fitting(keySets: readonly StoredKeySet[]): ReadonlySet<StoredKeySet> {
  const sized = keySets
    .filter((set) => v.is(KeySetSchema, set))
    .map((set) => ({ set, bytes: Buffer.byteLength(JSON.stringify(set)) }))
    .sort((a, b) => a.bytes - b.bytes);
  let room = KEY_SETS_BYTES;
  const taken = sized.filter(({ bytes }) => {
    room -= bytes + 1;
    return room >= 0;
  });
  return new Set(taken.slice(0, MAX_KEY_SETS).map(({ set }) => set));
}

/** Everything that was known about the parameters: the values in the store, or else the last good ones. */
export const knownOf = (snapshot: Snapshot): Reading =>
  Object.assign(
    {},
    ...UNIT_NAMES.flatMap((unit) => [
      goodReadingOf(snapshot[unit])?.parameters,
      snapshot[unit][0]?.parameters,
    ]),
  );

export const UNIT_NAMES = Object.keys(UNITS) as readonly UnitName[];
