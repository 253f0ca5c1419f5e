import { hasSameValues, type Reading, UNITS, type UnitName, versionOf } from '../config/reading.ts';
import { MAX_KEY_SET_AGE_MS } from '../keys/max-age.ts';
import { MAX_SNAPSHOT_BYTES, type Snapshot, type StoredKeySet, type UnitReading } from './snapshot.ts';
import { MAX_KEY_SETS, MAX_PROBLEM_LENGTH, MAX_PROBLEMS } from './snapshot-schema.ts';

/** What is in the store of a unit, and what is wrong with it. */
export interface Judged {
  readonly parameters: Reading;
  readonly problems: readonly string[];
}

/**
 * The readings of a unit after another one: what is in the store; where that is refused, the last good one; and the
 * good one before. A verifier whose parser is of another version than the keeper's may need any of them.
 */
export function nextReadings(
  previous: readonly UnitReading[],
  { parameters, problems }: Judged,
  now: number,
): readonly UnitReading[] {
  const good = previous.filter(({ refused }) => refused === undefined);
  if (problems.length > 0) {
    const since = previous[0]?.refused?.since ?? now;
    const told = problems.slice(0, MAX_PROBLEMS).map((problem) => problem.slice(0, MAX_PROBLEM_LENGTH));
    return [{ parameters, refused: { since, problems: told } }, ...good.slice(0, 2)];
  }
  const [last, before] = good;
  const kept = last !== undefined && hasSameValues(last.parameters, parameters) ? before : last;
  return [{ parameters }, ...(kept === undefined ? [] : [kept])];
}

/** The newest reading of a unit that the keeper has found good. */
export const goodReadingOf = (readings: readonly UnitReading[]): UnitReading | undefined =>
  readings.find(({ refused }) => refused === undefined);

/** Whether what is refused was refused before, so that it has been told. */
export const isRefusedAnew = (
  previous: readonly UnitReading[],
  readings: readonly UnitReading[],
): boolean => {
  const [was, is] = [previous[0], readings[0]];
  if (is?.refused === undefined) return false;
  return was?.refused === undefined || versionOf(was.parameters) !== versionOf(is.parameters);
};

/** How far the clocks of two keepers may be apart, in seconds. */
const CLOCK_DIFFERENCE_SECONDS = 60;

/** A keeper runs each minute, and a verifier looks each minute: keys must be fetched so long before they are old. */
const AHEAD_SECONDS = 120;

/** Whether a key set has to be fetched again; one from the future tells nothing about its age. */
export const isDue = ({ fetchedAt, maxAgeSeconds }: StoredKeySet, now: number): boolean =>
  now - fetchedAt >= maxAgeSeconds - AHEAD_SECONDS || isFromTheFuture(fetchedAt, now);

/** The set to keep of one that was there and one that was fetched, if any can be used. */
export function laterKeySet(
  previous: StoredKeySet | undefined,
  fetched: StoredKeySet | undefined,
  now: number,
): StoredKeySet | undefined {
  if (previous === undefined) return fetched;
  const usable =
    !isFromTheFuture(previous.fetchedAt, now) && (now - previous.fetchedAt) * 1000 < MAX_KEY_SET_AGE_MS;
  if (fetched === undefined) return usable ? previous : undefined;
  return usable && previous.fetchedAt > fetched.fetchedAt ? previous : fetched;
}

const isFromTheFuture = (at: number, now: number): boolean => at > now + CLOCK_DIFFERENCE_SECONDS;

/** The parts of the next snapshot. */
export type Findings = Omit<Snapshot, 'writtenAt'>;

/** A snapshot as it is written, and how many key sets had no room in it: verifiers fetch those themselves. */
export interface Written {
  readonly snapshot: Snapshot;
  readonly text: string;
  readonly left: number;
}

/** Puts a snapshot together. Each is later than the one before, whatever the clocks of their keepers say. */
export function write(findings: Findings, previous: Snapshot | undefined, now: number): Written {
  const writtenAt = Math.max(now, (previous?.writtenAt ?? 0) + 0.001);
  const { keySets } = findings;
  for (let count = Math.min(keySets.length, MAX_KEY_SETS); ; count = Math.floor(count / 2)) {
    const snapshot: Snapshot = { ...findings, writtenAt, keySets: keySets.slice(0, count) };
    const text = JSON.stringify(snapshot);
    if (count === 0 || Buffer.byteLength(text) <= MAX_SNAPSHOT_BYTES) {
      return { snapshot, text, left: keySets.length - count };
    }
  }
}

/** Everything that was known of the parameters: what was in the store, or else the last good ones. */
export const knownOf = (snapshot: Snapshot): Reading =>
  Object.assign(
    {},
    ...UNIT_NAMES.flatMap((unit) => [
      goodReadingOf(snapshot[unit])?.parameters,
      snapshot[unit][0]?.parameters,
    ]),
  );

export const UNIT_NAMES = Object.keys(UNITS) as readonly UnitName[];
