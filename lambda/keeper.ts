import type { Access } from './core/config/config.ts';
import { parseAccess, parseRevocations } from './core/config/parse.ts';
import type { Problem } from './core/config/problems.ts';
import { partOf, type Reading, type UnitName, valuesOf, withLater } from './core/config/reading.ts';
import {
  goodReadingOf,
  isRefusedAnew,
  knownOf,
  nextReadings,
  UNIT_NAMES,
  write,
} from './core/snapshot/next-snapshot.ts';
import { parseSnapshot, type Snapshot, type UnitReading } from './core/snapshot/snapshot.ts';
import type { KeySetKeeper } from './key-set-keeper.ts';

/** An object that a keeper writes. Each call rejects with a reason for the log where it fails. */
export interface KeptObject {
  readonly get: () => Promise<StoredObject | undefined>;
  /** Writes it unless somebody else has written it since; `undefined` stands for an object that is not there. */
  readonly put: (text: string, since: StoredObject | undefined) => Promise<'written' | 'conflict'>;
}

export interface StoredObject {
  readonly etag: string;
  readonly body: Uint8Array;
}

/** What the log and the metrics hear of a run. */
export interface KeeperEvents {
  /** Parameters are refused that were not before; `problems` begin with the parameter's full name. */
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
  /** Whether verifiers reach key endpoints: some providers need that. */
  readonly egress: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly events: KeeperEvents;
}

/** What a run answers to whoever invoked it by hand. */
export interface KeeperAnswer {
  /** Versions of the parameters that are in force. */
  readonly versions: Readonly<Record<string, number>>;
  /** Seconds since the epoch. */
  readonly parametersReadAt: number;
  /** What is in SSM and not in force, by the parameter's full name. */
  readonly refused: readonly string[];
}

/** How often a run starts over because another keeper has written in the meantime. */
const MAX_ATTEMPTS = 5;

/**
 * Writes the next snapshot. It reads the one before *first* and replaces exactly that one, so what another keeper has
 * found out since is never lost. Rejects where there is no snapshot to be had, or the parameters could not be read;
 * in the latter case key sets are still kept.
 */
export function createKeeper({ path, readParameters, object, keySets, egress, now, events }: KeeperOptions) {
  const seconds = () => now() / 1000;

  const run = async (): Promise<KeeperAnswer> => {
    let wasThere = false;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const stored = await object.get();
      // The stack is being deleted, and its bucket must stay empty.
      if (wasThere && stored === undefined) throw new Error('the snapshot was removed in the meantime');
      wasThere = stored !== undefined;
      const previous = stored && previousOf(stored.body);
      const found = await readParameters().then(
        (reading) => ({ reading, readAt: seconds() }),
        (error: Error) => ({ error }),
      );
      if ('error' in found && previous === undefined) throw found.error;
      const judged = await judge('reading' in found ? found.reading : undefined, previous);
      const { access, readings } = judged;
      const written = write(
        {
          path,
          parametersReadAt: 'readAt' in found ? found.readAt : (previous as Snapshot).parametersReadAt,
          ...readings,
          keySets: await keySets.next(previous?.keySets ?? [], access?.providers),
        },
        previous,
        seconds(),
      );
      if ((await object.put(written.text, stored)) === 'conflict') continue;
      report(written.snapshot, previous, written.left);
      if ('error' in found) throw found.error;
      return answerOf(written.snapshot);
    }
    throw new Error(`other keepers wrote ${MAX_ATTEMPTS} times in between`);
  };

  function previousOf(body: Uint8Array): Snapshot | undefined {
    const parsed = parseSnapshot(body);
    if ('problem' in parsed) events.note('the snapshot is replaced, because it cannot be used', parsed);
    else if (parsed.path !== path)
      events.note('the snapshot is replaced, because it is of another path', { path: parsed.path });
    else return parsed;
    return undefined;
  }

  /** What is in the store unit by unit, or all as it was where the store could not be read. */
  async function judge(reading: Reading | undefined, previous: Snapshot | undefined) {
    const known = previous === undefined ? {} : knownOf(previous);
    const latest = reading && withLater(reading, known);
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
    if (access === undefined) {
      const good = goodReadingOf(readings.access);
      const parsed = good && (await accessOf(good.parameters));
      if (parsed && 'value' in parsed) access = parsed.value;
    }
    return { access, readings };
  }

  const accessOf = (parameters: Reading) => parseAccess(valuesOf(parameters), { egress });
  const textOf = ({ parameter, message }: Problem): string => `${path}/${parameter}: ${message}`;

  function report(snapshot: Snapshot, previous: Snapshot | undefined, left: number): void {
    const anew = UNIT_NAMES.filter((unit) => isRefusedAnew(previous?.[unit] ?? [], snapshot[unit]));
    if (anew.length > 0) {
      events.refused(
        anew.flatMap((unit) => snapshot[unit][0]?.refused?.problems ?? []),
        answerOf(snapshot).versions,
      );
    }
    if (left > 0)
      events.note('key sets have no room in the snapshot; verifiers fetch them by themselves', { left });
    const since = UNIT_NAMES.map((unit) => snapshot[unit][0]?.refused?.since ?? seconds());
    events.written({
      parametersAge: Math.max(0, seconds() - snapshot.parametersReadAt),
      refusedFor: Math.max(0, seconds() - Math.min(...since)),
    });
  }

  return run;
}

function answerOf(snapshot: Snapshot): KeeperAnswer {
  const inForce = UNIT_NAMES.flatMap((unit) =>
    Object.entries(goodReadingOf(snapshot[unit])?.parameters ?? {}),
  );
  return {
    versions: Object.fromEntries(inForce.map(([name, { version }]) => [name, version])),
    parametersReadAt: snapshot.parametersReadAt,
    refused: UNIT_NAMES.flatMap((unit) => snapshot[unit][0]?.refused?.problems ?? []),
  };
}
