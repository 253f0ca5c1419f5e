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

/**
 * The key of a `kid` never changes. AWS does not document how it withdraws one, so keys are requested again from time
 * to time.
 */
const PEM_RULES: FreshnessRules = {
  maxAgeMs: 60 * 60_000,
  maxStaleMs: 4 * 60 * 60_000,
  cooldownMs: 10_000,
  loadTimeoutMs: 10_000,
};

/** The most keys that are kept; the least recently used is dropped first. */
const MAX_KEYS = 20;

/** The most `kid`s that are remembered as absent, and the most that may exist but have not been found yet. */
const MAX_ABSENT = 100;
const MAX_PENDING = 100;

/** How long a `kid` counts as absent, in ms: a new key takes a while to be available everywhere. */
const ABSENT_MS = 60_000;

/**
 * The most unknown `kid`s that are requested at the same time. The limit is on requests in flight, not on all
 * requests: otherwise a caller that makes up names could keep a genuine one out.
 */
const MAX_IN_FLIGHT = 10;

/** When to try again if that many are in flight, in ms. */
const BUSY_MS = 1_000;

/** AWS names keys by UUIDs. Anything else is rejected before it becomes part of a URL. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The set with the one key, and the text that it was read from: the same text keeps the same set. */
interface PemKey {
  readonly text: string;
  readonly set: KeySet;
}

/**
 * Keys that are separate PEM documents, at a prefix followed by their `kid`, as AWS publishes them. An unknown `kid`
 * never displaces a known key before it turns out to exist.
 */
export function createPemSource(provider: SignedHeaderProvider, options: KeySourceOptions): KeySource {
  const { fetchDocument, now, events } = options;
  const [alg] = provider.algorithms;
  if (alg === undefined) throw new Error(`provider ${provider.name} has no algorithm`);

  const known = new Map<string, Cached<PemKey>>();
  /** When each `kid` turned out not to exist. */
  const absent = new Map<string, number>();
  const pending = new Map<string, Cached<PemKey>>();
  /** When an unknown `kid` was requested, until there is a response. */
  const inFlight = new Map<string, number>();

  const cacheFor = (kid: string): Cached<PemKey> =>
    createCached({
      rules: PEM_RULES,
      now,
      load: async (inHand) => {
        const url = new URL(kid, provider.keysUrl);
        if (!known.has(kid)) inFlight.set(kid, now());
        const { text } = await fetchDocument(url, { ca: provider.trust?.ca }).finally(() =>
          inFlight.delete(kid),
        );
        events.keysFetched();
        const kept = inHand().value;
        if (kept?.text === text) return { value: kept };
        const set = parsePem(text, alg, kid);
        if ('problem' in set) throw new Error(`${url.href}: ${set.problem}`);
        events.keysLoaded(provider.name, url.href, 1, []);
        return { value: { text, set } };
      },
      onFailure: (error) => {
        const wasKnown = known.has(kid);
        if (error instanceof DocumentNotFound) {
          remember(absent, kid, now(), MAX_ABSENT);
          known.delete(kid);
          pending.delete(kid);
          // If a name that a caller sent does not exist, that is the answer, not a failure to raise an alarm about.
          if (!wasKnown) return;
        }
        events.keysFailed(provider.name, (error as Error).message);
      },
    });

  return {
    resolve({ kid }, outdated) {
      if (kid === undefined || !UUID.test(kid)) return unknown('"kid" is not a UUID');
      const cache = known.get(kid);
      if (cache === undefined) return lookUp(kid);
      remember(known, kid, cache, MAX_KEYS);
      const newest = andThen(cache.get(), (lookup) =>
        lookup.value !== undefined && lookup.value.set === outdated ? cache.reload() : lookup,
      );
      return andThen(newest, ({ value, retryAfterMs }) => {
        if (!known.has(kid)) return unknown('the key with this "kid" has been withdrawn');
        return value === undefined ? unavailable(retryAfterMs) : selectKeys(value.set, alg, kid);
      });
    },
    prefetch: async () => {},
  };

  /** For a `kid` that has not been seen to exist. */
  function lookUp(kid: string): Awaitable<KeyResolution> {
    if (isAbsent(kid)) return unknown('there is no key with this "kid"');
    if (!inFlight.has(kid) && isBusy()) return unavailable(BUSY_MS);
    const cache = pending.get(kid) ?? cacheFor(kid);
    remember(pending, kid, cache, MAX_PENDING);

    return andThen(cache.get(), ({ value, retryAfterMs }) => {
      if (value !== undefined) {
        pending.delete(kid);
        remember(known, kid, cache, MAX_KEYS);
        return selectKeys(value.set, alg as NonNullable<typeof alg>, kid);
      }
      return isAbsent(kid) ? unknown('there is no key with this "kid"') : unavailable(retryAfterMs);
    });
  }

  /** Whether the limit of requests in flight is reached. A request that was lost in a freeze no longer counts. */
  function isBusy(): boolean {
    for (const [kid, at] of inFlight) {
      if (Math.abs(now() - at) >= PEM_RULES.loadTimeoutMs) inFlight.delete(kid);
    }
    return inFlight.size >= MAX_IN_FLIGHT;
  }

  function isAbsent(kid: string): boolean {
    const since = absent.get(kid);
    return since !== undefined && Math.abs(now() - since) < ABSENT_MS;
  }
}

/** Adds an entry as the newest, and drops the oldest if there are too many. */
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
