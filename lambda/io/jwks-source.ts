import { andThen } from '../core/awaitable.ts';
import type { FreshnessRules } from '../core/freshness.ts';
import type { Algorithm } from '../core/jwt/algorithms.ts';
import { hasSameKeys, type KeySet, parseKeySet } from '../core/keys/key-set.ts';
import { DEFAULT_MAX_AGE_MS, MAX_KEY_SET_AGE_MS, maxAgeOf } from '../core/keys/max-age.ts';
import type { KeyResolution } from '../core/keys/resolution.ts';
import { type Selection, selectKeys } from '../core/keys/select.ts';
import type { KeySetLocation } from '../core/provider.ts';
import { createCached, type InHand, type Loaded, type Lookup } from './cached.ts';
import { fetchKeySet } from './fetch-key-set.ts';
import type { KeySource, KeySourceOptions } from './key-source.ts';
import { createSpacing } from './spacing.ts';

/** How old a key set may get. Its endpoint's Cache-Control may change that within bounds (see maxAgeOf). */
export const KEY_RULES: FreshnessRules = {
  maxAgeMs: DEFAULT_MAX_AGE_MS,
  maxStaleMs: MAX_KEY_SET_AGE_MS,
  cooldownMs: 10_000,
  loadTimeoutMs: 10_000,
};

/** With snapshots, a set that is younger than this is not fetched again, in ms. */
const MIN_FETCH_AGE_MS = 60_000;

/**
 * Between attempts to fetch a set that the keeper fails to fetch, in ms. Before long the keeper will have it, or nobody
 * will, and a whole fleet may be trying.
 */
const SPACING = { firstMs: 10_000, mostMs: 15 * 60_000 };

/** The current key set, with snapshots, and why it is examined. */
interface SetInHand extends Pick<InHand<unknown>, 'ageMs' | 'due' | 'offered'> {
  /** The keeper offered it, and should have fetched it again by now. */
  readonly late: boolean;
  /** A caller misses a key in it. Otherwise it is examined while nobody waits, or because it is due. */
  readonly miss: boolean;
}

/** What to do: fetch it from here, leave it as it is, or say why it is unavailable. */
function nextStep(
  { ageMs, due, offered, late, miss }: SetInHand,
  { egress, spaced }: { readonly egress: boolean; readonly spaced: boolean },
): 'fetch' | 'leave' | { readonly reason: string } {
  if (due)
    return egress
      ? 'fetch'
      : { reason: 'there is no fresh key set, and with functionEgress=false no endpoint can be asked' };
  if (offered && late) {
    if (egress && !spaced) return 'fetch';
    return miss ? { reason: 'the keeper cannot fetch the key set, and neither can this function' } : 'leave';
  }
  // The keeper also refreshes what it offers. What was fetched from here is refreshed from here.
  if (!miss) return offered || spaced ? 'leave' : 'fetch';
  // The keeper fetches often enough that a key it does not have is unknown.
  if (ageMs < MIN_FETCH_AGE_MS || !egress) return 'leave';
  return spaced ? { reason: 'the endpoint has failed, and it is too early to ask again' } : 'fetch';
}

/** A key set with the text that it was fetched as, which shows whether a refresh brings anything new. */
interface LoadedKeySet {
  readonly text: string | undefined;
  readonly set: KeySet;
}

/** The key set at a URL, or at the URL that OIDC discovery names each time. */
export function createJwksSource(
  provider: string,
  location: KeySetLocation,
  { fetchDocument, snapshots, refreshAhead, now, events }: KeySourceOptions,
): KeySource {
  const cache = createCached<LoadedKeySet>({
    rules: { ...KEY_RULES, ...(refreshAhead !== undefined && { refreshAhead }) },
    now,
    load,
    onFailure: (error) => events.keysFailed(provider, (error as Error).message),
  });

  /** Whether the keeper is late in fetching the set that it offered. */
  let late = false;
  const spacing = createSpacing({ ...SPACING, now, random: snapshots?.random ?? Math.random });
  const isSpaced = (): boolean => spacing.leftMs() > 0;

  async function load(
    inHand: () => InHand<LoadedKeySet>,
    miss: boolean,
  ): Promise<Loaded<LoadedKeySet> | undefined> {
    if (snapshots !== undefined) {
      if (miss || inHand().due) await snapshots.lookAgain();
      const set = { ...inHand(), late, miss };
      const step = nextStep(set, { egress: snapshots.egress, spaced: isSpaced() });
      if (step === 'leave') return undefined;
      if (step !== 'fetch') throw new Error(step.reason);
    }
    return fetched(inHand).then(
      (loaded) => {
        spacing.succeeded();
        return loaded;
      },
      (error) => {
        spacing.failed();
        throw error;
      },
    );
  }

  async function fetched(inHand: () => InHand<LoadedKeySet>): Promise<Loaded<LoadedKeySet>> {
    const { url, text, cacheControl, document } = await fetchKeySet(location, fetchDocument);
    events.keysFetched();
    const maxAgeMs = maxAgeOf(cacheControl, KEY_RULES.maxAgeMs);
    // The same text keeps the same set, and so the tokens that it verified stay remembered.
    const kept = inHand().value;
    if (kept?.text === text) return { value: kept, maxAgeMs };
    const set = await parseKeySet(document());
    if ('problem' in set) throw new Error(`${url.href}: ${set.problem}`);
    events.keysLoaded(provider, url.href, set.keys.length, set.ignored);
    return { value: { text, set: sameOr(set, inHand().value) }, maxAgeMs };
  }

  /** Resolves the key with the newest key set available. */
  function resolveAgain(newer: Lookup<LoadedKeySet>, alg: Algorithm, kid: string | undefined): KeyResolution {
    if (newer.value === undefined) return unavailable(newer, 'there is no key set');
    const selection = selectKeys(newer.value.set, alg, kid);
    if (selection.kind === 'keys') return withAge(selection, newer);
    // While the endpoint is down, a new key cannot be distinguished from an unknown one: it is not the token's fault.
    const isDown = newer.failed || (late && isSpaced());
    return selection.absent && isDown
      ? unavailable(newer, `${selection.reason}, and the key set cannot be refreshed`)
      : selection;
  }

  return {
    resolve: ({ alg, kid }, outdated) =>
      andThen(cache.get(), (lookup) => {
        if (lookup.value === undefined) return unavailable(lookup, 'there is no key set');
        if (lookup.value.set === outdated) {
          return andThen(cache.reload(), (newer) => resolveAgain(newer, alg, kid));
        }
        const selection = selectKeys(lookup.value.set, alg, kid);
        if (selection.kind === 'keys') return withAge(selection, lookup);
        return selection.absent
          ? andThen(cache.reload(), (newer) => resolveAgain(newer, alg, kid))
          : selection;
      }),
    offer({ set, lagging, ...times }) {
      late = lagging;
      cache.offer((last) => ({
        ...times,
        lagging: lagging && snapshots?.egress !== false,
        value: last?.set === set ? last : { text: undefined, set: sameOr(set, last) },
      }));
    },
    async prefetch() {
      await cache.get();
    },
  };
}

/** Keeps the current set if a new one has the same keys, as when only a time in the document changed. */
const sameOr = (set: KeySet, last: LoadedKeySet | undefined): KeySet =>
  last !== undefined && hasSameKeys(last.set, set) ? last.set : set;

const withAge = (
  { keys, set }: Extract<Selection, { kind: 'keys' }>,
  { ageMs }: Lookup<unknown>,
): KeyResolution => ({ kind: 'keys', keys, set, ageSeconds: Math.floor(ageMs / 1000) });

const unavailable = ({ retryAfterMs }: Lookup<unknown>, reason: string): KeyResolution => ({
  kind: 'unavailable',
  reason,
  retryAfterSeconds: Math.ceil(retryAfterMs / 1000),
});
