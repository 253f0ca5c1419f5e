import type { Access } from '../core/config/config.ts';
import { parseAccess, parseRevocations } from '../core/config/parse.ts';
import type { Problem } from '../core/config/problems.ts';
import { partOf, type Reading, type UnitName, valuesOf, withLater } from '../core/config/reading.ts';
import {
  type Assembled,
  assemble,
  goodReadingOf,
  isRefusedAnew,
  knownOf,
  nextReadings,
  saysTheSame,
  UNIT_NAMES,
} from '../core/snapshot/next-snapshot.ts';
import {
  isFromTheFuture,
  parseSnapshot,
  type Snapshot,
  type UnitReading,
} from '../core/snapshot/snapshot.ts';
import { MAX_VALUE } from '../core/snapshot/snapshot-schema.ts';
import type { KeySetKeeper } from './key-set-keeper.ts';

/** An object that a keeper writes. A call that fails rejects with a reason for the log. */
export interface KeptObject {
  readonly get: () => Promise<StoredObject | undefined>;
  /**
   * Writes the object unless somebody else has written it since. `undefined` stands for an object that does not
   * exist.
   */
  readonly put: (text: string, since: StoredObject | undefined) => Promise<'written' | 'conflict'>;
}

export interface StoredObject {
  readonly etag: string;
  readonly body: Uint8Array;
}

/** Events of a run, for the log and the metrics. */
export interface KeeperEvents {
  /** Parameters are rejected that were not rejected before; each problem begins with the parameter's full name. */
  readonly refused: (problems: readonly string[], versions: Readonly<Record<string, number>>) => void;
  readonly note: (message: string, fields: object) => void;
  /** A run has ended with a snapshot. Ages are in seconds. */
  readonly written: (ages: { readonly parametersAge: number; readonly refusedFor: number }) => void;
}

export interface KeeperOptions {
  /** Prefix of the parameters. */
  readonly path: string;
  readonly readParameters: () => Promise<Reading>;
  readonly object: KeptObject;
  readonly keySets: KeySetKeeper;
  /** Whether verifiers can reach key endpoints, which some providers need. */
  readonly egress: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after a pause of at most this many milliseconds. */
  readonly pause: (mostMs: number) => Promise<unknown>;
  readonly events: KeeperEvents;
}

/** What a run returns to whoever invoked it by hand. */
export interface KeeperResult {
  /** Versions of the parameters that are in force. */
  readonly versions: Readonly<Record<string, number>>;
  /** Seconds since the epoch. */
  readonly parametersReadAt: number;
  /** Why values in SSM are not in force; each problem begins with the parameter's full name. */
  readonly refused: readonly string[];
}

/** How often a run starts over because another keeper has written in the meantime, and for how long, in ms. */
const MAX_ATTEMPTS = 8;
const MAX_RUN_MS = 25_000;

/** Longest pause before that, in ms: keepers that run at the same time must not collide again. */
const PAUSE_MS = 500;

/** Keepers that run at the same time read the parameters no further apart than this, in seconds. */
const SAME_RUN_SECONDS = 30;

/**
 * Writes the next snapshot. It *first* reads the one before and replaces exactly that one, so nothing that another
 * keeper has found since is lost. Rejects if no snapshot could be made, or if the parameters could not be read; in
 * the latter case key sets are still updated.
 */
export function createKeeper(options: KeeperOptions): () => Promise<KeeperResult> {
  const { path, readParameters, object, keySets, egress, now, pause, events } = options;
  const seconds = () => now() / 1000;

  const run = async (): Promise<KeeperResult> => {
    const begunAt = now();
    let wasThere = false;
    for (let attempt = 0; attempt < MAX_ATTEMPTS && now() - begunAt < MAX_RUN_MS; attempt++) {
      const stored = await object.get();
      // The stack is being deleted, and its bucket must stay empty.
      if (wasThere && stored === undefined) throw new Error('the snapshot was removed in the meantime');
      wasThere = stored !== undefined;
      const previous = stored && previousOf(stored.body);
      // A reading is as old as the request for it, not as the response.
      const readAt = seconds();
      const found = await readParameters().then(
        (reading) => ({ reading }),
        (error: Error) => ({ error }),
      );
      if ('error' in found && previous === undefined) throw found.error;
      const { access, readings } = await judge(
        'reading' in found ? found.reading : undefined,
        readAt,
        previous,
      );
      const findings = {
        path,
        parametersReadAt: 'error' in found && previous !== undefined ? previous.parametersReadAt : readAt,
        ...readings,
        keySets: await keySets.next(previous?.keySets ?? [], access?.providers),
      };
      const next = assemble(findings, previous, seconds());
      // Whoever overtook this run may have written everything that it found.
      const isThere =
        attempt > 0 &&
        previous !== undefined &&
        saysTheSame(next.snapshot, previous) &&
        readAt - previous.parametersReadAt < SAME_RUN_SECONDS;
      if (!isThere && (await object.put(next.text, stored)) === 'conflict') {
        await pause(PAUSE_MS);
        continue;
      }
      report(next, previous);
      if ('error' in found) throw found.error;
      return resultOf(next.snapshot);
    }
    throw new Error('other keepers kept writing the snapshot in the meantime');
  };

  function previousOf(body: Uint8Array): Snapshot | undefined {
    const parsed = parseSnapshot(body);
    if ('problem' in parsed) events.note('the snapshot is replaced, because it cannot be used', parsed);
    else if (isFromTheFuture(parsed, seconds())) {
      events.note('the snapshot is replaced, because it is from the future', { writtenAt: parsed.writtenAt });
    } else if (parsed.path !== path)
      events.note('the snapshot is replaced, because it is for parameters under another path', {
        path: parsed.path,
      });
    else return parsed;
    return undefined;
  }

  /** Judges the values in the store, unit by unit. Everything stays as it was if the store could not be read. */
  async function judge(reading: Reading | undefined, readAt: number, previous: Snapshot | undefined) {
    const known = previous === undefined ? {} : knownOf(previous);
    const latest = reading && withLater(bounded(reading), known, readAt);
    const at = seconds();
    let access: Access | undefined;
    const next = async (unit: UnitName): Promise<readonly UnitReading[]> => {
      const before = previous?.[unit] ?? [];
      if (latest === undefined) return before;
      const parameters = partOf(latest, unit);
      const parsed = unit === 'access' ? await accessOf(parameters) : parseRevocations(valuesOf(parameters));
      if (unit === 'access' && 'value' in parsed) access = parsed.value as Access;
      const problems = 'problems' in parsed ? parsed.problems.map(textOf) : [];
      return nextReadings(before, { parameters, problems }, at);
    };
    const readings = { access: await next('access'), revocations: await next('revocations') };
    return { access: access ?? (await lastGood(readings.access)), readings };
  }

  async function lastGood(readings: readonly UnitReading[]): Promise<Access | undefined> {
    for (const { parameters, refused } of readings) {
      if (refused !== undefined) continue;
      const parsed = await accessOf(parameters);
      if ('value' in parsed) return parsed.value;
    }
    return undefined;
  }

  const accessOf = (parameters: Reading) =>
    parseAccess(valuesOf(parameters), { egress, cached: false, bodies: true });
  const textOf = ({ parameter, message }: Problem): string => `${path}/${parameter}: ${message}`;

  function report({ snapshot, left }: Assembled, previous: Snapshot | undefined): void {
    const anew = UNIT_NAMES.filter((unit) => isRefusedAnew(previous?.[unit] ?? [], snapshot[unit]));
    if (anew.length > 0) {
      events.refused(problemsIn(snapshot, anew), resultOf(snapshot).versions);
    }
    if (left.length > 0) {
      const locations = left.slice(0, 5).map(({ issuers, location }) => `${issuers[0]} ${location}`);
      events.note('key sets do not fit into the snapshot; verifiers fetch them themselves', {
        left: left.length,
        locations,
      });
    }
    // The unit that has been rejected the longest counts. A unit that is not rejected counts as zero.
    const refusedFor = UNIT_NAMES.map((unit) => seconds() - (snapshot[unit][0]?.refused?.since ?? seconds()));
    events.written({
      parametersAge: Math.max(0, seconds() - snapshot.parametersReadAt),
      refusedFor: Math.max(0, ...refusedFor),
    });
  }

  return run;
}

/** Only a value that SSM encrypted can be longer than the limit. There is no room for it, nor any use. */
const bounded = (reading: Reading): Reading =>
  Object.fromEntries(
    Object.entries(reading).map(([name, parameter]) => [
      name,
      parameter.value.length > MAX_VALUE ? { ...parameter, value: '' } : parameter,
    ]),
  );

function resultOf(snapshot: Snapshot): KeeperResult {
  const inForce = UNIT_NAMES.flatMap((unit) =>
    Object.entries(goodReadingOf(snapshot[unit])?.parameters ?? {}),
  );
  return {
    versions: Object.fromEntries(inForce.map(([name, { version }]) => [name, version])),
    parametersReadAt: snapshot.parametersReadAt,
    refused: problemsIn(snapshot, UNIT_NAMES),
  };
}

/** The problems of the stored values of these units. */
const problemsIn = (snapshot: Snapshot, units: readonly UnitName[]): string[] =>
  units.flatMap((unit) => snapshot[unit][0]?.refused?.problems ?? []);
