import type { Access, Config } from '../core/config/config.ts';
import {
  type Abilities,
  combine,
  type ParsedUnit,
  parseAccess,
  parseRevocations,
} from '../core/config/parse.ts';
import type { Problem } from '../core/config/problems.ts';
import {
  hasSameValues,
  isEarlier,
  partOf,
  type Reading,
  type UnitName,
  valuesOf,
  versionOf,
} from '../core/config/reading.ts';
import type { ConfigLookup } from '../core/decide.ts';
import type { FreshnessRules } from '../core/freshness.ts';
import type { Revocations } from '../core/revocations.ts';
import { createCached, type InHand, type Loaded } from './cached.ts';

/** The parameters that were found. */
export interface FoundConfig {
  /** Newest first. For each unit the first valid one is used, unless the one in force is newer. */
  readonly readings: Readonly<Record<UnitName, readonly Reading[]>>;
  /** When the newest was requested from SSM, in seconds since the epoch. */
  readonly readAt: number;
  /** More readings that were not waited for. They are needed if a unit has no valid one in `readings`. */
  readonly more?: () => Promise<Pick<FoundConfig, 'readings' | 'readAt'> | undefined>;
  /** Set if better readings may turn up soon: when to look again, in ms, if that is before the next refresh. */
  readonly retryMs?: number;
}

export interface FindOptions {
  /** No request can be decided on until this succeeds. */
  readonly first: boolean;
  /** Reads only the snapshot, and uses it only if it is fresh. */
  readonly snapshotOnly?: boolean;
}

/** Finds the parameters; undefined if what is in force need not change. */
export type FindConfig = (options: FindOptions) => Promise<FoundConfig | undefined>;

/** Events about the configuration, for the log and the metrics. */
export interface ConfigEvents {
  /** The parameters could be read, valid or not. */
  readonly configRead: () => void;
  /** Another configuration is now in force. */
  readonly configLoaded: (config: Config) => void;
  /** Parameters are not valid; `inForce` is the version of the configuration that stays in force. */
  readonly configRejected: (
    version: string,
    problems: readonly Problem[],
    inForce: string | undefined,
  ) => void;
  readonly configFailed: (reason: string) => void;
}

export interface ConfigSourceOptions {
  readonly findConfig: FindConfig;
  readonly refreshSeconds: number;
  /** See FreshnessRules. */
  readonly refreshAhead?: number;
  readonly abilities?: Abilities;
  readonly now: () => number;
  readonly events: ConfigEvents;
}

export interface ConfigSource {
  readonly config: () => Promise<ConfigLookup>;
  /**
   * For a caller that misses a key: looks for another snapshot, unless that was done within the cooldown. SSM, which
   * has no keys, is read too only if the configuration is at its maximum age.
   */
  readonly lookAgain: () => Promise<unknown>;
}

/** Minimum pause after a failed read, in ms. */
export const COOLDOWN_MS = 5_000;

/** How long until a read counts as lost, in ms. A first one may use much of the init phase's 10 s. */
const LOAD_TIMEOUT_MS = 9_000;

/**
 * A unit as it was read, and its parsed value. A refresh that brings nothing new keeps the value, and what was
 * derived from it.
 */
interface Unit<T> {
  readonly reading: Reading;
  readonly value: T;
}

/** What is in force: the latest good reading of each unit. */
interface InForce {
  readonly access: Unit<Access>;
  readonly revocations: Unit<Revocations>;
  readonly config: Config;
}

/** The parameters were read, but give no valid configuration. Their problems have been reported. */
class ConfigRejected extends Error {
  override readonly name = 'ConfigRejected';
}

/**
 * The configuration, refreshed in the background. It never gets older than `refreshSeconds` without an attempt to
 * refresh it. Parameters that do not parse are reported and otherwise ignored: the last good reading of each unit
 * stays.
 */
export function createConfigSource({
  findConfig,
  refreshSeconds,
  refreshAhead,
  abilities,
  now,
  events,
}: ConfigSourceOptions): ConfigSource {
  const rules: FreshnessRules = {
    maxAgeMs: refreshSeconds * 1000,
    ...(refreshAhead !== undefined && { refreshAhead }),
    maxStaleMs: Number.POSITIVE_INFINITY,
    cooldownMs: COOLDOWN_MS,
    loadTimeoutMs: LOAD_TIMEOUT_MS,
  };

  const access = createUnit('access', (reading) => parseAccess(valuesOf(reading), abilities));
  const revocations = createUnit('revocations', (reading) => parseRevocations(valuesOf(reading)));
  let inForce: InForce | undefined;

  /** The latest bad reading that was reported, so that it is reported once and not at each refresh. */
  let reported: string | undefined;

  async function load(inHand: () => InHand<InForce>, miss: boolean): Promise<Loaded<InForce> | undefined> {
    const first = inForce === undefined;
    const found = await findConfig({ first, snapshotOnly: miss && !first && !inHand().due });
    if (found === undefined) return undefined;
    const { readings, readAt, more, retryMs } = found;
    if (retryMs === undefined) events.configRead();
    const problems = [
      ...(await access.take(readings.access, readAt)),
      ...(await revocations.take(readings.revocations, readAt)),
    ];
    if (more !== undefined && (access.inForce() === undefined || revocations.inForce() === undefined)) {
      const others = await more();
      if (others !== undefined && access.inForce() === undefined) {
        await access.take(others.readings.access, others.readAt);
      }
      if (others !== undefined && revocations.inForce() === undefined) {
        await revocations.take(others.readings.revocations, others.readAt);
      }
    }
    inForce = together(access.inForce(), revocations.inForce(), inForce);
    report({ ...readings.access[0], ...readings.revocations[0] }, problems);
    if (inForce === undefined) throw new ConfigRejected('the parameters hold no valid configuration');
    return { value: inForce, ...(retryMs !== undefined && { maxAgeMs: Math.min(retryMs, rules.maxAgeMs) }) };
  }

  function report(newest: Reading, problems: readonly Problem[]): void {
    const reading = problems.length === 0 ? undefined : JSON.stringify(newest);
    if (reading !== undefined && reading !== reported) {
      events.configRejected(versionOf(newest), problems, inForce?.config.version);
    }
    reported = reading;
  }

  const cache = createCached<InForce>({
    rules,
    now,
    load,
    onChange: ({ config }) => events.configLoaded(config),
    onFailure: (error) => {
      if (!(error instanceof ConfigRejected)) events.configFailed((error as Error).message);
    },
  });

  return {
    async config() {
      const { value, retryAfterMs } = await cache.get();
      if (value !== undefined) return { kind: 'config', config: value.config };
      return {
        kind: 'unavailable',
        reason: 'no valid configuration has been read yet',
        retryAfterSeconds: Math.ceil(retryAfterMs / 1000),
      };
    },
    lookAgain: async () => void (await cache.reload()),
  };
}

/** One unit, with its latest good reading in force. */
function createUnit<T>(name: UnitName, parse: (reading: Reading) => ParsedUnit<T> | Promise<ParsedUnit<T>>) {
  let inForce: Unit<T> | undefined;

  /**
   * Puts the first valid reading in force, and returns the problems of the newest. The newest is what SSM returned at
   * `readAt`; the others are earlier.
   */
  async function take(readings: readonly Reading[], readAt: number): Promise<readonly Problem[]> {
    let problems: readonly Problem[] = [];
    for (const [index, whole] of readings.entries()) {
      const reading = partOf(whole, name);
      const parsed = await judged(reading);
      // Checked only now, because another load may have ended while this one was parsing.
      const newestAt = index === 0 ? readAt : undefined;
      if (inForce !== undefined && isEarlier(reading, inForce.reading, newestAt)) break;
      if ('value' in parsed) {
        inForce = parsed;
        break;
      }
      if (index === 0) ({ problems } = parsed);
    }
    return problems;
  }

  async function judged(reading: Reading): Promise<Unit<T> | { readonly problems: readonly Problem[] }> {
    if (inForce !== undefined && hasSameValues(reading, inForce.reading)) {
      const same = versionOf(reading) === versionOf(inForce.reading) && !isEarlier(inForce.reading, reading);
      return same ? inForce : { ...inForce, reading };
    }
    const parsed = await parse(reading);
    return 'value' in parsed ? { reading, value: parsed.value } : parsed;
  }

  return { take, inForce: () => inForce };
}

/** The result of two units together; the same object as before if neither has changed. */
function together(
  access: Unit<Access> | undefined,
  revocations: Unit<Revocations> | undefined,
  last: InForce | undefined,
): InForce | undefined {
  if (access === undefined || revocations === undefined) return undefined;
  if (access === last?.access && revocations === last.revocations) return last;
  const version = versionOf({ ...access.reading, ...revocations.reading });
  return { access, revocations, config: combine(access.value, revocations.value, version) };
}
