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
import type { KeySource, KeySourceOptions, SnapshotKeys } from './key-source.ts';
import { createSpacing } from './spacing.ts';

/** How old a key set may get; its endpoint's Cache-Control may say otherwise within bounds (see maxAgeOf). */
export const KEY_RULES: FreshnessRules = {
  maxAgeMs: DEFAULT_MAX_AGE_MS,
  maxStaleMs: MAX_KEY_SET_AGE_MS,
  cooldownMs: 10_000,
  loadTimeoutMs: 10_000,
};

/** Where there are snapshots, an endpoint is not asked for a set that is younger than this, in ms. */
const MIN_FETCH_AGE_MS = 60_000;

/**
 * Between attempts to fetch a set that the keeper fails to fetch, in ms: it will have it before long, or nobody will,
 * and a whole fleet may be asking.
 */
const SPACING = { firstMs: 10_000, mostMs: 15 * 60_000 };

/** A key set with the text that it was fetched as, by which a refresh that brings nothing new is told. */
interface LoadedKeySet {
  readonly text: string | undefined;
  readonly set: KeySet;
}

/** The key set at a URL, or at the one that OIDC discovery names each time. */
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

  /** Whether the keeper is late in fetching the set that it has offered. */
  let late = false;
  const spacing = createSpacing({ ...SPACING, now, random: snapshots?.random ?? Math.random });

  /** Where there are snapshots: whether the endpoint has to be asked all the same. */
  async function isWorthFetching(
    { lookAgain, egress }: SnapshotKeys,
    inHand: () => InHand<LoadedKeySet>,
    miss: boolean,
  ): Promise<boolean> {
    if (miss || inHand().due) await lookAgain();
    const { ageMs, due, offered } = inHand();
    const lagging = offered && late;
    // What was fetched from here is refreshed from here, before it is due.
    if (!due && !lagging && (miss ? ageMs < MIN_FETCH_AGE_MS : offered)) return false;
    if (!egress) {
      // The keeper asks often enough that a key it does not have is simply unknown, unless it is late.
      if (!due && !(miss && lagging)) return false;
      throw new Error('the snapshot has no fresh key set, and EGRESS=false: no key endpoint is asked');
    }
    const left = due ? 0 : spacing.leftMs();
    if (left > 0 && miss)
      throw new Error(`the endpoint has failed; next attempt in ${Math.ceil(left / 1000)} s`);
    return left === 0;
  }

  async function load(
    inHand: () => InHand<LoadedKeySet>,
    miss: boolean,
  ): Promise<Loaded<LoadedKeySet> | undefined> {
    if (snapshots !== undefined && !(await isWorthFetching(snapshots, inHand, miss))) return undefined;
    const { url, text, cacheControl, document } = await fetchKeySet(location, fetchDocument).catch(
      (error) => {
        spacing.failed();
        throw error;
      },
    );
    spacing.succeeded();
    events.keysFetched();
    const maxAgeMs = maxAgeOf(cacheControl, KEY_RULES.maxAgeMs);
    // The same text keeps the same set, and with it the tokens that were verified with it.
    const kept = inHand().value;
    if (kept?.text === text) return { value: kept, maxAgeMs };
    const set = await parseKeySet(document());
    if ('problem' in set) throw new Error(`${url.href}: ${set.problem}`);
    events.keysLoaded(provider, url.href, set.keys.length, set.ignored);
    return { value: { text, set: sameOr(set, inHand().value) }, maxAgeMs };
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

/** The set in hand where a new one has the same keys, as one has whose document only has another time in it. */
const sameOr = (set: KeySet, last: LoadedKeySet | undefined): KeySet =>
  last !== undefined && hasSameKeys(last.set, set) ? last.set : set;

/** With a key set that is as new as it can be. */
function resolveAgain(newer: Lookup<LoadedKeySet>, alg: Algorithm, kid: string | undefined): KeyResolution {
  if (newer.value === undefined) return unavailable(newer, 'there is no key set');
  const selection = selectKeys(newer.value.set, alg, kid);
  if (selection.kind === 'keys') return withAge(selection, newer);
  // While the endpoint is down nobody can tell a new key from an unknown one: it is not the token's fault.
  return selection.absent && newer.failed
    ? unavailable(newer, `${selection.reason}, and the key set cannot be refreshed`)
    : selection;
}

const withAge = (
  { keys, set }: Extract<Selection, { kind: 'keys' }>,
  { ageMs }: Lookup<unknown>,
): KeyResolution => ({ kind: 'keys', keys, set, ageSeconds: Math.floor(ageMs / 1000) });

const unavailable = ({ retryAfterMs }: Lookup<unknown>, reason: string): KeyResolution => ({
  kind: 'unavailable',
  reason,
  retryAfterSeconds: Math.ceil(retryAfterMs / 1000),
});
