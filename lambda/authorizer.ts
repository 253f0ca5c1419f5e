import type { DecisionEffects } from './core/handle.ts';
import { createTokenMemory } from './core/token-memory.ts';
import { type ConfigSourceOptions, createConfigSource } from './io/config-source.ts';
import { createKeySources, type KeySourceOptions } from './io/key-source.ts';
import type { Log } from './io/log.ts';

/** What differs between a function in AWS and a test of it. */
export interface Parts {
  readonly log: Log;
  readonly now: () => number;
  readonly readParameters: ConfigSourceOptions['readParameters'];
  readonly refreshSeconds: number;
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
  fetchDocument,
}: Parts): Authorizer {
  const keys = createKeySources({ fetchDocument, now, events: log });
  const config = createConfigSource({
    readParameters,
    refreshSeconds,
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
