import type { Config } from '../core/config/config.ts';
import { type ParameterValues, parseConfig } from '../core/config/parse.ts';
import type { Problem } from '../core/config/problems.ts';
import type { ConfigLookup } from '../core/decide.ts';
import type { FreshnessRules } from '../core/freshness.ts';
import { createCached } from './cached.ts';

/** The parameters as they are in the store. */
export interface StoredParameters {
  readonly values: ParameterValues;
  /** Versions of the parameters, in the order of the contract, for the log. */
  readonly version: string;
}

/** Reads all parameters. `first` says that nothing can be answered until it succeeds. */
export type ReadParameters = (options: { first: boolean }) => Promise<StoredParameters>;

/** What the log and the metrics hear of the configuration. */
export interface ConfigEvents {
  /** The parameters could be read, whatever they hold. */
  readonly configRead: () => void;
  /** Another configuration is in force from now on. */
  readonly configLoaded: (config: Config) => void;
  /** The parameters hold no valid configuration; `kept` is the version that stays in force. */
  readonly configRejected: (version: string, problems: readonly Problem[], kept: string | undefined) => void;
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

/** A configuration with the parameters as they were read, by which a refresh that brings nothing new is told. */
interface ReadConfig {
  readonly reading: string;
  readonly config: Config;
}

/** The parameters were read and no configuration came of them; what is wrong has been reported. */
class ConfigRejected extends Error {
  override readonly name = 'ConfigRejected';
}

/**
 * The configuration, refreshed in the background and never older than `refreshSeconds` without having tried.
 * Parameters that do not parse are reported and otherwise ignored: the last good configuration stays.
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

  /** The latest bad reading that was reported, so that it is reported once and not with each refresh. */
  let reported: string | undefined;

  async function load(last: () => ReadConfig | undefined): Promise<{ value: ReadConfig }> {
    const { values, version } = await readParameters({ first: last() === undefined });
    events.configRead();
    const reading = JSON.stringify([values, version]);
    const parsed = reading === last()?.reading ? undefined : await parseConfig(values, version);
    if (parsed !== undefined && 'config' in parsed) {
      reported = undefined;
      return { value: { reading, config: parsed.config } };
    }
    const kept = last();
    if (parsed !== undefined && reading !== reported) {
      reported = reading;
      events.configRejected(version, parsed.problems, kept?.config.version);
    }
    if (kept === undefined) throw new ConfigRejected('the parameters hold no valid configuration');
    return { value: kept };
  }

  const cache = createCached<ReadConfig>({
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
