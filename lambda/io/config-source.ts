import type { Config } from '../core/config/config.ts';
import { type ParameterValues, parseConfig } from '../core/config/parse.ts';
import type { Problem } from '../core/config/problems.ts';
import type { FreshnessRules } from '../core/freshness.ts';
import type { ConfigLookup } from '../core/handle.ts';
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
  readonly configLoaded: (config: Config) => void;
  readonly configRejected: (version: string, problems: readonly Problem[], kept: string | undefined) => void;
  readonly configFailed: (reason: string) => void;
}

export interface ConfigSourceOptions {
  readonly readParameters: ReadParameters;
  readonly refreshSeconds: number;
  readonly now: () => number;
  readonly events: ConfigEvents;
}

/** Tries no more often than this after a failed read, in ms. */
const COOLDOWN_MS = 5_000;

/** After how long a read counts as lost, in ms; a first one may use most of the init phase's 10 s. */
const LOAD_TIMEOUT_MS = 9_000;

/**
 * The configuration, refreshed in the background and never older than `refreshSeconds` without having tried.
 * Parameters that do not parse are reported and otherwise ignored: the last good configuration stays.
 */
export function createConfigSource({ readParameters, refreshSeconds, now, events }: ConfigSourceOptions) {
  const maxAgeMs = refreshSeconds * 1000;
  const rules: FreshnessRules = {
    maxAgeMs,
    maxStaleMs: Number.POSITIVE_INFINITY,
    cooldownMs: Math.min(COOLDOWN_MS, maxAgeMs / 2),
    loadTimeoutMs: LOAD_TIMEOUT_MS,
  };

  /** The latest reading, good or bad: what has been reported is not reported again until it changes. */
  let seen: string | undefined;

  const cache = createCached<Config>({
    rules,
    now,
    load: async (last) => {
      const { values, version } = await readParameters({ first: last === undefined });
      const reading = JSON.stringify([values, version]);
      if (reading !== seen) {
        seen = reading;
        const parsed = await parseConfig(values, version);
        if ('config' in parsed) {
          events.configLoaded(parsed.config);
          return { value: parsed.config };
        }
        events.configRejected(version, parsed.problems, last?.version);
      }
      if (last === undefined) throw new Error('the parameters hold no valid configuration');
      return { value: last };
    },
    onFailure: (error) => events.configFailed((error as Error).message),
  });

  return async (): Promise<ConfigLookup> => {
    const { value, retryAfterMs } = await cache.get();
    if (value !== undefined) return { kind: 'config', config: value };
    return {
      kind: 'unavailable',
      reason: 'no valid configuration has been read yet',
      retryAfterSeconds: Math.ceil(retryAfterMs / 1000),
    };
  };
}
