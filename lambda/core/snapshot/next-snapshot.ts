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

/** What is in the store of a unit, and what is wrong with it. */
export interface Judged {
  readonly parameters: Reading;
  readonly problems: readonly string[];
}

/**
 * The readings of a unit after one more, the newest first: what is in the store; where that is refused, the last
 * good one; and the good one before. So after the good `a`, `b` and the bad `c` there are `c b a`, and once `d` is good,
 * `d b`. A verifier whose parser is of another version than the keeper's may have to go further back than the keeper.
 */
export function nextReadings(
  previous: readonly UnitReading[],
  { parameters, problems }: Judged,
  now: number,
): readonly UnitReading[] {
  // What an earlier version of the keeper found good may be what this one refuses.
  const good = previous.filter(
    (reading) =>
      reading.refused === undefined &&
      (problems.length === 0 || !hasSameValues(reading.parameters, parameters)),
  );
  if (problems.length > 0) {
    const since = previous[0]?.refused?.since ?? now;
    const told = problems.slice(0, MAX_PROBLEMS).map((problem) => problem.slice(0, MAX_PROBLEM_LENGTH));
    return [{ parameters, refused: { since, problems: told } }, ...good.slice(0, 2)];
  }
  const [last, before] = good;
  const kept = last !== undefined && hasSameValues(last.parameters, parameters) ? before : last;
  return [{ parameters }, ...(kept === undefined ? [] : [kept])];
}

/** The newest reading of a unit that a keeper has found good. */
export const goodReadingOf = (readings: readonly UnitReading[]): UnitReading | undefined =>
  readings.find(({ refused }) => refused === undefined);

/** Whether two snapshots say the same but for the times at which it was found. */
export const saysTheSame = (a: Findings, b: Findings): boolean =>
  JSON.stringify(pick(a)) === JSON.stringify(pick(b));

const pick = ({ path, access, revocations, keySets }: Findings) => ({ path, access, revocations, keySets });

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
const KEEPER_CLOCKS_SECONDS = 60;

/** A keeper runs each minute, and a verifier looks each minute: keys must be fetched this long before they are old. */
const AHEAD_SECONDS = 120;

/** Whether a key set has to be fetched again; one from the future tells nothing about its age. */
export const isFetchDue = (
  { fetchedAt, maxAgeSeconds }: StoredKeySet,
  now: number,
  longestSeconds: number,
): boolean =>
  now - fetchedAt >= Math.min(maxAgeSeconds, longestSeconds) - AHEAD_SECONDS || isAhead(fetchedAt, now);

/** The set to keep of one that was there and one that was fetched, if any can be used. */
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
  /** Key sets that it has no room for, since they or all together are too large: verifiers fetch those themselves. */
  readonly left: readonly StoredKeySet[];
}

/** Room for the parameters, their problems and what is around them, in bytes. */
const KEY_SETS_BYTES = MAX_SNAPSHOT_BYTES - 400 * 1024;

/**
 * Puts a snapshot together. Each is later than the one before, whatever the clocks of their keepers say. Throws where
 * verifiers could not read it: then the one before must stay.
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

/** As many key sets as there is room for; a large one gives way to several small ones. */
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
