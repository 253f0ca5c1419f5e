import type { Effects } from './core/handle.ts';
import { type ConfigSourceOptions, createConfigSource } from './io/config-source.ts';
import { createKeySource, type KeySourceOptions } from './io/key-source.ts';
import type { Log } from './io/log.ts';

/** What differs between a function in AWS and a test of it. */
export interface Parts {
  readonly log: Log;
  readonly now: () => number;
  readonly readParameters: ConfigSourceOptions['readParameters'];
  readonly refreshSeconds: number;
  readonly fetchDocument: KeySourceOptions['fetchDocument'];
}

/** The effects that every handler decides with, holding the caches of one execution environment. */
export type Authorizer = Pick<Effects, 'config' | 'resolveKeys' | 'now'> & {
  /** Reads the configuration and its keys ahead of the first request. Never rejects. */
  readonly prefetch: () => Promise<void>;
};

export function composeAuthorizer({
  log,
  now,
  readParameters,
  refreshSeconds,
  fetchDocument,
}: Parts): Authorizer {
  const keys = createKeySource({ fetchDocument, now, events: log });
  const config = createConfigSource({ readParameters, refreshSeconds, now, events: log });
  return {
    now,
    config,
    resolveKeys: keys.resolve,
    prefetch: async () => {
      const lookup = await config();
      if (lookup.kind === 'config') await keys.prefetch(lookup.config.providers);
    },
  };
}
