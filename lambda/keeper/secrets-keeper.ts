import { type Maker, nextSecrets } from '../core/secrets/next-secrets.ts';
import { parseSecrets, type Secrets } from '../core/secrets/secrets.ts';
import type { KeptObject } from './keeper.ts';

/** Events about the shared secrets, for the log. None of them contains a secret. */
export interface SecretsKeeperEvents {
  readonly note: (message: string, fields: object) => void;
  /** A new document is stored. The entries of the previous one stay in it until they expire. */
  readonly secretsChanged: (fields: object) => void;
}

export interface SecretsKeeperOptions {
  readonly object: KeptObject;
  readonly make: Maker;
  /** Milliseconds since the epoch; once the object has been read, by the clock of the service that stores it. */
  readonly now: () => number;
  readonly events: SecretsKeeperEvents;
}

/** How often a run starts over because another keeper has written in the meantime. */
const MAX_ATTEMPTS = 5;

/**
 * Makes the next secrets if they are due. Like the snapshot's keeper, it replaces exactly what it has read: of two
 * keepers at the same time, one makes a key and the other finds it. Rejects if the secrets could not be read or
 * written.
 */
export function createSecretsKeeper({
  object,
  make,
  now,
  events,
}: SecretsKeeperOptions): () => Promise<void> {
  function previousOf(body: Uint8Array): Secrets | undefined {
    const parsed = parseSecrets(body);
    if (!('problem' in parsed)) return parsed;
    events.note('the shared secrets are replaced, because they cannot be used', parsed);
    return undefined;
  }

  return async () => {
    let wasThere = false;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const stored = await object.get();
      // The stack is being deleted, and the bucket must stay empty.
      if (wasThere && stored === undefined)
        throw new Error('the shared secrets were removed in the meantime');
      wasThere = stored !== undefined;
      const previous = stored && previousOf(stored.body);
      const next = nextSecrets(previous, now() / 1000, make);
      if (next === previous) return;
      if ((await object.put(JSON.stringify(next), stored)) === 'conflict') continue;
      events.secretsChanged(publicPartOf(next));
      return;
    }
    throw new Error(`other keepers wrote the shared secrets ${MAX_ATTEMPTS} times in the meantime`);
  };
}

/** The parts of secrets that may be logged, member by member: their public names and windows. */
const publicPartOf = ({ signingKeys, nonceSecrets }: Secrets) => ({
  signingKeys: signingKeys.map(({ kid, notBefore, useUntil, publishUntil }) => ({
    kid,
    notBefore,
    useUntil,
    publishUntil,
  })),
  nonceSecrets: nonceSecrets.map(({ notBefore, useUntil }) => ({ notBefore, useUntil })),
});
