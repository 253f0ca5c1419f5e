import { type Awaitable, andThen } from '../core/awaitable.ts';
import type { FreshnessRules } from '../core/freshness.ts';
import type { KeySet } from '../core/keys/key-set.ts';
import { parsePem } from '../core/keys/pem.ts';
import type { KeyResolution } from '../core/keys/resolution.ts';
import { selectKeys } from '../core/keys/select.ts';
import type { SignedHeaderProvider } from '../core/provider.ts';
import { type Cached, createCached } from './cached.ts';
import { DocumentNotFound } from './fetch-document.ts';
import type { KeySource, KeySourceOptions } from './key-source.ts';

/** A key under a `kid` never changes; how AWS withdraws one is not documented, so it is asked for again now and then. */
const PEM_RULES: FreshnessRules = {
  maxAgeMs: 60 * 60_000,
  maxStaleMs: 4 * 60 * 60_000,
  cooldownMs: 10_000,
  loadTimeoutMs: 10_000,
};

/** Most keys that are kept, the least recently used going first, and most `kid`s that are known not to exist. */
const MAX_KEYS = 20;
const MAX_ABSENT = 100;

/** How long a `kid` counts as absent, in ms: a key that is new takes a while to be everywhere. */
const ABSENT_MS = 60_000;

/** Most unknown `kid`s that are asked for within a cooldown. With one, a caller that makes them up could keep all others out. */
const ASKS_PER_COOLDOWN = 10;

/** AWS names keys by UUIDs. Anything else is refused before it becomes part of a URL. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Keys that are PEM documents of their own at a prefix and their `kid`, as AWS publishes them. A `kid` that is
 * not among the known keys is asked for a few times a cooldown, whatever comes; it never displaces a known
 * one before it has turned out to exist.
 */
export function createPemSource(provider: SignedHeaderProvider, options: KeySourceOptions): KeySource {
  const { fetchDocument, now, events } = options;
  const [alg] = provider.algorithms;
  if (alg === undefined) throw new Error(`provider ${provider.name} has no algorithm`);

  const known = new Map<string, Cached<KeySet>>();
  /** When each `kid` turned out not to exist. */
  const absent = new Map<string, number>();
  /** What is being asked for, or was within the cooldown. */
  const asked = new Map<string, { readonly at: number; readonly cache: Cached<KeySet> }>();

  const cacheFor = (kid: string): Cached<KeySet> =>
    createCached({
      rules: PEM_RULES,
      now,
      load: async () => {
        const url = new URL(kid, provider.keysUrl);
        const { text } = await fetchDocument(url);
        events.keysFetched();
        const set = parsePem(text, alg, kid);
        if ('problem' in set) throw new Error(`${url.href}: ${set.problem}`);
        events.keysLoaded(provider.name, url.href, 1, []);
        return { value: set };
      },
      onFailure: (error) => {
        if (error instanceof DocumentNotFound) {
          remember(absent, kid, now(), MAX_ABSENT);
          known.delete(kid);
        }
        events.keysFailed(provider.name, (error as Error).message);
      },
    });

  return {
    resolve({ kid }) {
      if (kid === undefined || !UUID.test(kid)) return unknown('"kid" is not a UUID');
      const cache = known.get(kid);
      if (cache === undefined) return ask(kid);
      remember(known, kid, cache, MAX_KEYS);
      return andThen(cache.get(), ({ value, retryAfterMs }) => {
        if (!known.has(kid)) return unknown('the key with this "kid" has been withdrawn');
        return value === undefined ? unavailable(retryAfterMs) : selectKeys(value, alg, kid);
      });
    },
    prefetch: async () => {},
  };

  /** For a `kid` that has not been seen to exist. */
  function ask(kid: string): Awaitable<KeyResolution> {
    if (isAbsent(kid)) return unknown('there is no key with this "kid"');
    for (const [other, { at }] of asked) {
      if (Math.abs(now() - at) >= PEM_RULES.cooldownMs) asked.delete(other);
    }
    if (!asked.has(kid) && asked.size >= ASKS_PER_COOLDOWN) return unavailable(PEM_RULES.cooldownMs);
    const { cache } = asked.get(kid) ?? { cache: cacheFor(kid) };
    if (!asked.has(kid)) asked.set(kid, { at: now(), cache });

    return andThen(cache.get(), ({ value, retryAfterMs }) => {
      if (value !== undefined) {
        remember(known, kid, cache, MAX_KEYS);
        return selectKeys(value, alg as NonNullable<typeof alg>, kid);
      }
      return isAbsent(kid) ? unknown('there is no key with this "kid"') : unavailable(retryAfterMs);
    });
  }

  function isAbsent(kid: string): boolean {
    const since = absent.get(kid);
    return since !== undefined && Math.abs(now() - since) < ABSENT_MS;
  }
}

/** Adds an entry as the youngest, and lets the oldest go where there are too many. */
function remember<V>(map: Map<string, V>, key: string, value: V, max: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > max && oldest !== undefined) map.delete(oldest);
}

const unknown = (reason: string): KeyResolution => ({ kind: 'failure', code: 'key_unknown', reason });

const unavailable = (retryAfterMs: number): KeyResolution => ({
  kind: 'unavailable',
  reason: 'the key cannot be fetched',
  retryAfterSeconds: Math.ceil(retryAfterMs / 1000),
});
