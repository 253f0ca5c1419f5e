import { PARAMETERS, type ParameterName } from '../contract.ts';
import type { Access, Config } from '../core/config/config.ts';
import {
  combine,
  type ParameterValues,
  type ParsedUnit,
  parseAccess,
  parseRevocations,
} from '../core/config/parse.ts';
import type { Problem } from '../core/config/problems.ts';
import type { ConfigLookup } from '../core/decide.ts';
import type { FreshnessRules } from '../core/freshness.ts';
import type { Revocations } from '../core/revocations.ts';
import { createCached } from './cached.ts';

/** The parameters as they are in the store. */
export interface StoredParameters {
  readonly values: ParameterValues;
  /** Version of each parameter that was found. */
  readonly versions: ParameterVersions;
}

export type ParameterVersions = { readonly [name in ParameterName]?: number };

/** Versions in the order of the contract, for the log; `-` for a parameter that was not found. */
export const versionOf = (versions: ParameterVersions): string =>
  NAMES.map((name) => versions[name] ?? '-').join('.');

const NAMES = Object.keys(PARAMETERS) as ParameterName[];

/** Reads all parameters. `first` says that nothing can be answered until it succeeds. */
export type ReadParameters = (options: { first: boolean }) => Promise<StoredParameters>;

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
  readonly readParameters: ReadParameters;
  readonly refreshSeconds: number;
  /** See FreshnessRules. */
  readonly refreshAhead?: number;
  readonly now: () => number;
  readonly events: ConfigEvents;
}

/** Tries no more often than this after a failed read, in ms. */
const COOLDOWN_MS = 5_000;

/** After how long a read counts as lost, in ms; a first one may use much of the init phase's 10 s. */
const LOAD_TIMEOUT_MS = 9_000;

/** A unit as it was read and what it means, so that a refresh that brings nothing new keeps what was made of it. */
interface Unit<T> {
  readonly values: string;
  readonly versions: ParameterVersions;
  readonly value: T;
}

/** What is in force: the last good one of each unit. */
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
  readParameters,
  refreshSeconds,
  refreshAhead,
  now,
  events,
}: ConfigSourceOptions) {
  const rules: FreshnessRules = {
    maxAgeMs: refreshSeconds * 1000,
    ...(refreshAhead !== undefined && { refreshAhead }),
    maxStaleMs: Number.POSITIVE_INFINITY,
    cooldownMs: COOLDOWN_MS,
    loadTimeoutMs: LOAD_TIMEOUT_MS,
  };

  /** Good units that were read while there was none of the other, by the load that read them. */
  const seen: { access?: Seen<Access>; revocations?: Seen<Revocations> } = {};
  let loads = 0;

  /** The latest bad reading that was reported, so that it is reported once and not with each refresh. */
  let reported: string | undefined;

  async function load(last: () => InForce | undefined): Promise<{ value: InForce }> {
    const order = ++loads;
    const stored = await readParameters({ first: last() === undefined });
    events.configRead();
    const access = await readUnit(ACCESS, stored, last()?.access, parseAccess);
    const revocations = await readUnit(REVOCATIONS, stored, last()?.revocations, parseRevocations);
    const problems = [access, revocations].flatMap((unit) => ('problems' in unit ? unit.problems : []));
    // Only now, since another load may have ended while this one was parsing.
    const before = last();
    if (!('problems' in access)) seen.access = newer(seen.access, { order, unit: access });
    if (!('problems' in revocations)) {
      seen.revocations = newer(seen.revocations, { order, unit: revocations });
    }
    const value = inForce(
      'problems' in access ? (before?.access ?? seen.access?.unit) : access,
      'problems' in revocations ? (before?.revocations ?? seen.revocations?.unit) : revocations,
      before,
    );

    const reading = problems.length === 0 ? undefined : JSON.stringify(stored);
    if (reading !== undefined && reading !== reported) {
      events.configRejected(versionOf(stored.versions), problems, value?.config.version);
    }
    reported = reading;
    if (value === undefined) throw new ConfigRejected('the parameters hold no valid configuration');
    return { value };
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

  return async (): Promise<ConfigLookup> => {
    const { value, retryAfterMs } = await cache.get();
    if (value !== undefined) return { kind: 'config', config: value.config };
    return {
      kind: 'unavailable',
      reason: 'no valid configuration has been read yet',
      retryAfterSeconds: Math.ceil(retryAfterMs / 1000),
    };
  };
}

const REVOCATIONS: readonly ParameterName[] = ['revocations'];
const ACCESS = NAMES.filter((name) => !REVOCATIONS.includes(name));

/** The unit of these parameters as they are stored, or what is wrong with them. */
async function readUnit<T>(
  names: readonly ParameterName[],
  stored: StoredParameters,
  last: Unit<T> | undefined,
  parse: (values: ParameterValues) => ParsedUnit<T> | Promise<ParsedUnit<T>>,
): Promise<Unit<T> | { readonly problems: readonly Problem[] }> {
  const values = JSON.stringify(names.map((name) => stored.values[name]));
  const versions = Object.fromEntries(names.map((name) => [name, stored.versions[name]]));
  if (last?.values === values) {
    return versionOf(last.versions) === versionOf(versions) ? last : { ...last, versions };
  }
  const parsed = await parse(stored.values);
  return 'value' in parsed ? { values, versions, value: parsed.value } : parsed;
}

/** A unit and the place of the load that read it in the order of loads, of which a late one may end last. */
interface Seen<T> {
  readonly order: number;
  readonly unit: Unit<T>;
}

const newer = <T>(a: Seen<T> | undefined, b: Seen<T>): Seen<T> =>
  a !== undefined && a.order > b.order ? a : b;

/** What two units make together; the same as before where neither has changed. */
function inForce(
  access: Unit<Access> | undefined,
  revocations: Unit<Revocations> | undefined,
  last: InForce | undefined,
): InForce | undefined {
  if (access === undefined || revocations === undefined) return undefined;
  if (access === last?.access && revocations === last.revocations) return last;
  const version = versionOf({ ...access.versions, ...revocations.versions });
  return { access, revocations, config: combine(access.value, revocations.value, version) };
}
