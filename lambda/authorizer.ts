import type { DecisionEffects } from './core/handle.ts';
import { createTokenMemory } from './core/token-memory.ts';
import { type ConfigSourceOptions, createConfigSource } from './io/config-source.ts';
import type { Environment } from './io/environment.ts';
import { fetchDocument } from './io/fetch-document.ts';
import { createKeySources, type KeySourceOptions } from './io/key-source.ts';
import { createLog, type Log } from './io/log.ts';
import { createParameterReader } from './io/parameter-store.ts';

/** What differs between a function in AWS and a test of it. */
export interface Parts {
  readonly log: Log;
  readonly now: () => number;
  readonly readParameters: ConfigSourceOptions['readParameters'];
  readonly refreshSeconds: number;
  readonly refreshAhead?: ConfigSourceOptions['refreshAhead'];
  readonly fetchDocument: KeySourceOptions['fetchDocument'];
}

/** What every handler decides with: the caches of one execution environment. */
export interface Authorizer extends DecisionEffects {
  /** Reads the configuration and its keys ahead of the first request. Never rejects. */
  readonly prefetch: () => Promise<void>;
}

export function composeAuthorizer({
  log,
  now,
  readParameters,
  refreshSeconds,
  refreshAhead,
  fetchDocument,
}: Parts): Authorizer {
  const keys = createKeySources({ fetchDocument, now, events: log });
  const config = createConfigSource({
    readParameters,
    refreshSeconds,
    ...(refreshAhead !== undefined && { refreshAhead }),
    now,
    events: {
      ...log,
      configLoaded: (loaded) => {
        log.configLoaded(loaded);
        // Nobody waits for it: who needs a key joins the same fetch.
        void keys.prefetch(loaded.providers);
      },
    },
  });
  return {
    now,
    config,
    resolveKeys: keys.resolve,
    memory: createTokenMemory(),
    prefetch: async () => {
      const lookup = await config();
      if (lookup.kind === 'config') await keys.prefetch(lookup.config.providers);
    },
  };
}

/** The same of the real parts, with configuration and keys read: what a handler does in its init phase. */
export async function startAuthorizer({
  service,
  configPath,
  configRefreshSeconds,
  allowedLogRate,
  tracingHeader,
}: Environment) {
  const log = createLog({ service, configPath, allowedLogRate, tracingHeader });
  const authorizer = composeAuthorizer({
    log,
    now: Date.now,
    readParameters: createParameterReader(configPath),
    refreshSeconds: configRefreshSeconds,
    // Environments that were started together must not read the parameters together for ever after.
    refreshAhead: 0.7 + 0.2 * Math.random(),
    fetchDocument,
  });
  // In the init phase there is CPU to spare and no caller waiting.
  await authorizer.prefetch();
  return { authorizer, log };
}
