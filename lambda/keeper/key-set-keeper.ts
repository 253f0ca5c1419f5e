import { mustBeFetchedByVerifiers } from '../core/config/key-endpoint.ts';
import { parseKeySet } from '../core/keys/key-set.ts';
import { DEFAULT_MAX_AGE_MS, maxAgeOf } from '../core/keys/max-age.ts';
import { publicKeysOf } from '../core/keys/public-keys.ts';
import { hasKeySet, type KeySetLocation, keySetId, locationOf, type Provider } from '../core/provider.ts';
import { isFetchDue, laterKeySet } from '../core/snapshot/next-snapshot.ts';
import type { StoredKeySet } from '../core/snapshot/snapshot.ts';
import type { FetchDocument } from '../io/fetch-document.ts';
import { fetchKeySet } from '../io/fetch-key-set.ts';
import type { KeyEvents } from '../io/key-source.ts';

/** The key sets of a snapshot. */
export interface KeySetKeeper {
  /**
   * The key sets of these providers, fetched if they are due. Never rejects: a set that cannot be fetched stays as long
   * as it may be used. Without providers, because no parameters are good, it is unknown how endpoints are trusted, so
   * nothing is fetched and `previous` stays.
   */
  readonly next: (
    previous: readonly StoredKeySet[],
    providers: readonly Provider[] | undefined,
  ) => Promise<StoredKeySet[]>;
}

export interface KeySetKeeperOptions {
  readonly fetchDocument: FetchDocument;
  /** Whether verifiers can look for a new key themselves. If not, the keeper looks more often. */
  readonly egress: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** From 0 up to 1; Math.random unless set. */
  readonly random?: () => number;
  readonly events: Pick<KeyEvents, 'keysFetched' | 'keysFailed'> & {
    /** A set could not be fetched, and never could be. Verifiers fetch it themselves. */
    readonly keysLeft: (provider: string, reason: string) => void;
  };
}

/** The most endpoints that are called at the same time. */
const MAX_AT_ONCE = 20;

/** After this no further endpoint is called, in ms: changed parameters must not wait for keys. */
const MAX_MS = 10_000;

interface Wanted {
  readonly provider: string;
  readonly issuers: readonly string[];
  readonly location: KeySetLocation;
}

export function createKeySetKeeper({
  fetchDocument,
  egress,
  now,
  random = Math.random,
  events,
}: KeySetKeeperOptions): KeySetKeeper {
  const longestSeconds = egress ? Number.POSITIVE_INFINITY : DEFAULT_MAX_AGE_MS / 1000;

  async function fetched(
    { provider, issuers, location }: Wanted,
    had: StoredKeySet | undefined,
  ): Promise<StoredKeySet | undefined> {
    const requestedAt = now();
    try {
      const { url, cacheControl, document } = await fetchKeySet(location, fetchDocument);
      events.keysFetched();
      const set = await parseKeySet(document());
      if ('problem' in set) throw new Error(`${url.href}: ${set.problem}`);
      return {
        issuers: [...issuers],
        location: locationOf(location),
        fetchedAt: requestedAt / 1000,
        maxAgeSeconds: maxAgeOf(cacheControl, DEFAULT_MAX_AGE_MS) / 1000,
        keys: publicKeysOf(set),
      };
    } catch (error) {
      // An endpoint inside a private network would fail every minute, forever. The verifiers, which reach it, count
      // its failures.
      const failed = had === undefined && egress ? events.keysLeft : events.keysFailed;
      failed(provider, (error as Error).message);
      return undefined;
    }
  }

  return {
    async next(previous, providers) {
      const seconds = () => now() / 1000;
      if (providers === undefined) {
        return previous.flatMap((set) => laterKeySet(set, undefined, seconds()) ?? []);
      }
      const wanted = wantedOf(providers);
      const before = new Map(previous.map((set) => [keySetId(set.issuers, set.location), set]));
      const sets = new Map<string, StoredKeySet>();
      // The set that was fetched longest ago comes first, and sets that were never fetched come in random order, so
      // that endpoints that hang never starve the others.
      const fetchedAt = new Map([...wanted.keys()].map((id) => [id, before.get(id)?.fetchedAt ?? random()]));
      const queue = [...wanted].sort(([a], [b]) => (fetchedAt.get(a) ?? 0) - (fetchedAt.get(b) ?? 0));
      const begunAt = now();
      const work = async () => {
        for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
          const [id, one] = entry;
          const had = before.get(id);
          const due = had === undefined || isFetchDue(had, seconds(), longestSeconds);
          const mayFetch = due && Math.abs(now() - begunAt) < MAX_MS;
          const set = laterKeySet(had, mayFetch ? await fetched(one, had) : undefined, seconds());
          if (set !== undefined) sets.set(id, set);
        }
      };
      await Promise.all(Array.from({ length: MAX_AT_ONCE }, work));
      return [...wanted.keys()].flatMap((id) => sets.get(id) ?? []);
    },
  };
}

/** The key sets by their ids, in the order of the providers. */
function wantedOf(providers: readonly Provider[]): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  for (const provider of providers) {
    if (!hasKeySet(provider) || provider.keys.kind === 'inline') continue;
    if (mustBeFetchedByVerifiers(provider)) continue;
    const { name, issuers, keys } = provider;
    wanted.set(keySetId(issuers, locationOf(keys)), { provider: name, issuers, location: keys });
  }
  return wanted;
}
