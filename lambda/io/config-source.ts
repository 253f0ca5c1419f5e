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

/** What was found of the parameters. */
export interface FoundConfig {
  /** The newest first; of each unit the first that is valid is used, unless the one in force is later. */
  readonly readings: Readonly<Record<UnitName, readonly Reading[]>>;
  /** When SSM was asked for the newest, in seconds since the epoch. */
  readonly readAt: number;
  /** What else there may be, and has not been waited for; for a unit of which none of `readings` is valid. */
  readonly more?: () => Promise<Pick<FoundConfig, 'readings' | 'readAt'> | undefined>;
  /** Where it is not the last word: when to look again, in ms, if that is before the next refresh. */
  readonly retryMs?: number;
}

export interface FindOptions {
  /** Nothing can be answered until it succeeds. */
  readonly first: boolean;
  /** Asks for the snapshot only, and takes nothing from one that is not fresh. */
  readonly snapshotOnly?: boolean;
}

/** Finds the parameters; undefined where what is in force need not change. */
export type FindConfig = (options: FindOptions) => Promise<FoundConfig | undefined>;

/** What the log and the metrics hear of the configuration. */
export interface ConfigEvents {
  /** The parameters could be read, whatever they hold. */
  readonly configRead: () => void;
  /** Another configuration is in force from now on. */
  readonly configLoaded: (config: Config) => void;
  /** Parameters are not valid; `inForce` is the version of the configuration that goes on without them. */
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
   * For a caller that misses a key: looks for another snapshot, unless that was done within a cooldown. SSM, which has
   * no keys, is asked too only where the configuration is at its maximum age.
   */
  readonly lookAgain: () => Promise<unknown>;
}

/** Tries no more often than this after a failed read, in ms. */
export const COOLDOWN_MS = 5_000;

/** After how long a read counts as lost, in ms; a first one may use much of the init phase's 10 s. */
const LOAD_TIMEOUT_MS = 9_000;

/** A unit as it was read and what it means, so that a refresh that brings nothing new keeps what was made of it. */
interface Unit<T> {
  readonly reading: Reading;
  readonly value: T;
}

/** What is in force: of each unit the latest good one. */
interface InForce {
  readonly access: Unit<Access>;
  readonly revocations: Unit<Revocations>;
  readonly config: Config;
}

/** The parameters were read and no configuration came of them; what is wrong has been reported. */
class ConfigRejected extends Error {
  override readonly name = 'ConfigRejected';
}

/**
 * The configuration, refreshed in the background and never older than `refreshSeconds` without having tried.
 * Parameters that do not parse are reported and otherwise ignored: of each unit the last good one stays.
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

  /** The latest bad reading that was reported, so that it is reported once and not with each refresh. */
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

/** One unit, of which the latest good reading is in force. */
function createUnit<T>(name: UnitName, parse: (reading: Reading) => ParsedUnit<T> | Promise<ParsedUnit<T>>) {
  let inForce: Unit<T> | undefined;

  /**
   * Puts the first that is valid in force, and answers what is wrong with the newest. That one is what SSM said at
   * `readAt`; the others are of before.
   */
  async function take(readings: readonly Reading[], readAt: number): Promise<readonly Problem[]> {
    let problems: readonly Problem[] = [];
    for (const [index, whole] of readings.entries()) {
      const reading = partOf(whole, name);
      const parsed = await judged(reading);
      // Only now, since another load may have ended while this one was parsing.
      const askedAt = index === 0 ? readAt : undefined;
      if (inForce !== undefined && isEarlier(reading, inForce.reading, askedAt)) break;
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

/** What two units make together; the same as before where neither has changed. */
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
