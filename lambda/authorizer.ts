import type { Abilities } from './core/config/parse.ts';
import type { DecisionEffects } from './core/decide.ts';
import { DEFAULT_PROVIDER } from './core/provider.ts';
import { createTokenMemory } from './core/token-memory.ts';
import { endpointOf } from './io/aws-endpoint.ts';
import { createAwsRequests } from './io/aws-requests.ts';
import { createConfigSource } from './io/config-source.ts';
import type { Environment } from './io/environment.ts';
import { fetchDocument } from './io/fetch-document.ts';
import { createFindConfig, type ReadParameters } from './io/find-config.ts';
import { createParametersRequest } from './io/get-parameters.ts';
import type { KeySourceOptions } from './io/key-source.ts';
import { createKeySources } from './io/key-sources.ts';
import { createLog, type Log } from './io/log.ts';
import { createSnapshotKeys } from './io/snapshot-keys.ts';
import { createS3Object, type S3Object } from './io/snapshot-object.ts';
import { createSnapshotReader, type GetSnapshot } from './io/snapshot-reader.ts';
import { createSpacedReads } from './io/spaced-reads.ts';
import { rehearse } from './rehearse.ts';

/** The parts that differ between the function in AWS and its tests. */
export interface Parts {
  readonly log: Log;
  readonly now: () => number;
  readonly configPath: string;
  readonly readParameters: ReadParameters;
  readonly refreshSeconds: number;
  /** See FreshnessRules. */
  readonly refreshAhead?: number;
  readonly fetchDocument: KeySourceOptions['fetchDocument'];
  /** Gets the snapshot; undefined if no keeper writes one. */
  readonly getSnapshot?: GetSnapshot | undefined;
  readonly maxSnapshotSeconds: number;
  /**
   * Fraction of their lifetime that snapshots and their keys are used for. It varies, so that environments do not all
   * stop using them at the same time.
   */
  readonly spread: number;
  readonly abilities: Abilities;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Resolves after this many milliseconds. */
  readonly wait: (ms: number) => Promise<unknown>;
}

/** How long a cold start waits for keys, in ms. A request that needs them joins the same fetch. */
const MAX_KEY_WAIT_MS = 1_000;

/** What every handler needs for its decisions: the caches of one execution environment. */
export interface Authorizer extends DecisionEffects {
  /**
   * Reads the configuration and requests all keys before the first request. Waits at most a second for those of the
   * default provider, and not at all for others. Never rejects.
   */
  readonly prefetch: () => Promise<void>;
}

export function composeAuthorizer(parts: Parts): Authorizer {
  const { log, now, configPath, readParameters, getSnapshot, spread, abilities, wait } = parts;
  const maxSnapshotSeconds = parts.maxSnapshotSeconds * spread;
  const keys = createKeySources({
    fetchDocument: parts.fetchDocument,
    snapshots: getSnapshot && {
      lookAgain: () => source.lookAgain(),
      egress: abilities.egress,
      random: parts.random,
    },
    ...(parts.refreshAhead !== undefined && { refreshAhead: parts.refreshAhead }),
    now,
    events: log,
  });
  const importKeys = createSnapshotKeys({
    maxSnapshotSeconds,
    spread,
    now,
    onProblem: log.snapshotProblem,
  });
  const source = createConfigSource({
    findConfig: createFindConfig({
      readParameters,
      readSnapshot:
        getSnapshot &&
        createSnapshotReader({ get: getSnapshot, path: configPath, maxSnapshotSeconds, now, events: log }),
      onSnapshot: async (found) => keys.offer(await importKeys(found)),
      now,
      wait,
      onFailure: log.configFailed,
    }),
    // A snapshot is read again before the keys that came with it expire.
    refreshSeconds:
      getSnapshot === undefined
        ? parts.refreshSeconds
        : Math.min(parts.refreshSeconds, parts.maxSnapshotSeconds / 2),
    ...(parts.refreshAhead !== undefined && { refreshAhead: parts.refreshAhead }),
    abilities,
    now,
    events: {
      ...log,
      configLoaded: (loaded) => {
        log.configLoaded(loaded);
        // Not awaited: a request that needs a key joins the same fetch.
        void keys.prefetch(loaded.providers);
      },
    },
  });
  return {
    now,
    config: source.config,
    resolveKeys: keys.resolve,
    memory: createTokenMemory(),
    prefetch: async () => {
      const lookup = await source.config();
      // All providers' keys are being fetched by now: `configLoaded` has requested them.
      const first =
        lookup.kind === 'config' && lookup.config.providers.find(({ name }) => name === DEFAULT_PROVIDER);
      if (first) await Promise.race([keys.load(first), wait(MAX_KEY_WAIT_MS)]);
    },
  };
}

/** The same with the real parts, and with configuration and keys read: the init phase of a handler. */
export async function startAuthorizer(
  environment: Environment,
  { cached, bodies }: Omit<Abilities, 'egress'>,
) {
  const { configPath, configRefreshSeconds, snapshot, maxSnapshotSeconds, egress, variables } = environment;
  const log = createLog(environment);
  const signedFor = createAwsRequests(variables);
  const request = createParametersRequest({
    path: configPath,
    endpoint: endpointOf('ssm', variables),
    send: signedFor('ssm'),
  });
  const authorizer = composeAuthorizer({
    log,
    now: Date.now,
    configPath,
    readParameters:
      snapshot === undefined ? request : createSpacedReads(request, { now: Date.now, random: Math.random }),
    refreshSeconds: configRefreshSeconds,
    refreshAhead: refreshAhead(Math.random),
    fetchDocument,
    getSnapshot: snapshot && snapshotGetter(createS3Object({ ...snapshot, send: signedFor('s3') })),
    maxSnapshotSeconds,
    spread: 0.85 + 0.15 * Math.random(),
    random: Math.random,
    abilities: { egress, cached, bodies },
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  });
  // The init phase has CPU to spare and no caller waiting.
  const prefetched = authorizer.prefetch();
  // The request is sent after one turn of the event loop. Nothing depends on the result of the rehearsal.
  await rehearse(() => new Promise(setImmediate)).catch(() => {});
  await prefetched;
  return { authorizer, log };
}

/** Environments that started together must not keep reading parameters and keys together. */
export const refreshAhead = (random: () => number): number => 0.7 + 0.2 * random();

/**
 * For all attempts together, in ms. The first read is within Lambda's init phase of 10 s; requests wait for later
 * ones.
 */
export const SNAPSHOT_TIMEOUT_MS = { first: 3_000, refresh: 1_000 };

const snapshotGetter =
  ({ get }: Pick<S3Object, 'get'>): GetSnapshot =>
  ({ etag, first }) =>
    get({
      ...(etag !== undefined && { etag }),
      timeoutMs: first ? SNAPSHOT_TIMEOUT_MS.first : SNAPSHOT_TIMEOUT_MS.refresh,
    });
