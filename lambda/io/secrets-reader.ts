import { type Awaitable, andThen } from '../core/awaitable.ts';
import type { FreshnessRules } from '../core/freshness.ts';
import { runsOutAt } from '../core/secrets/in-use.ts';
import { parseSecrets, type Secrets } from '../core/secrets/secrets.ts';
import { createCached, type Loaded } from './cached.ts';
import type { S3Object } from './snapshot-object.ts';

export interface SecretsReaderOptions {
  readonly object: Pick<S3Object, 'get'>;
  /** See CONFIG_REFRESH_SECONDS. */
  readonly refreshSeconds: number;
  /** See FreshnessRules. */
  readonly refreshAhead?: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly events: {
    /** They could not be read or used; `news` says whether the reason differs from the last one. */
    readonly secretsFailed: (reason: string, news: boolean) => void;
  };
}

/** Pause between attempts if there is nothing in hand, or soon nothing of use, in ms. */
const COOLDOWN_MS = 5_000;

/** For all attempts of a read, in ms: initially within the init phase, later while a request may be waiting. */
const TIMEOUT_MS = { first: 3_000, refresh: 1_000 };

/**
 * The secrets that all verifiers share. They are read like the snapshot: with a conditional GET, never older than
 * `refreshSeconds` without an attempt to refresh them, and never an earlier document in place of a later one. If they
 * cannot be refreshed they stay, because the windows in them say how long each entry may be used. Undefined if none
 * could be read yet.
 *
 * Nothing imports this yet. The first feature that needs the secrets will construct it where `SECRETS_URL` is set;
 * until then the verifiers' bundles stay as they are.
 */
export function createSecretsReader({
  object,
  refreshSeconds,
  refreshAhead,
  now,
  events,
}: SecretsReaderOptions): () => Awaitable<Secrets | undefined> {
  const rules: FreshnessRules = {
    maxAgeMs: refreshSeconds * 1000,
    ...(refreshAhead !== undefined && { refreshAhead }),
    maxStaleMs: Number.POSITIVE_INFINITY,
    cooldownMs: COOLDOWN_MS,
    loadTimeoutMs: 2 * TIMEOUT_MS.first,
  };
  let last: { readonly etag: string; readonly secrets: Secrets } | undefined;
  let failure: string | undefined;

  async function load(): Promise<Loaded<Secrets>> {
    const result = await object.get({
      ...(last !== undefined && { etag: last.etag }),
      timeoutMs: last === undefined ? TIMEOUT_MS.first : TIMEOUT_MS.refresh,
    });
    if (result.kind === 'found') last = { etag: result.etag, secrets: use(result.body) };
    if (last === undefined || result.kind === 'absent') throw new Error('there are no shared secrets');
    failure = undefined;
    return { value: last.secrets, maxAgeMs: maxAgeOf(last.secrets) };
  }

  function use(body: Uint8Array): Secrets {
    const secrets = parseSecrets(body);
    if ('problem' in secrets) throw new Error(`the shared secrets cannot be used: ${secrets.problem}`);
    if (last !== undefined && secrets.writtenAt < last.secrets.writtenAt) {
      throw new Error('the shared secrets are older than those in use');
    }
    return secrets;
  }

  /**
   * Other verifiers may already have the next entries, so a verifier that will soon have none in its window does not
   * wait.
   */
  const maxAgeOf = (secrets: Secrets): number =>
    Math.max(COOLDOWN_MS, Math.min(rules.maxAgeMs, runsOutAt(secrets) * 1000 - now()));

  const cache = createCached<Secrets>({
    rules,
    now,
    load,
    onFailure: (error) => {
      const { message } = error as Error;
      events.secretsFailed(message, message !== failure);
      failure = message;
    },
  });
  return () => andThen(cache.get(), ({ value }) => value);
}
