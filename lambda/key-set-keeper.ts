import { parseKeySet } from './core/keys/key-set.ts';
import { DEFAULT_MAX_AGE_MS, maxAgeOf } from './core/keys/max-age.ts';
import { publicKeysOf } from './core/keys/public-keys.ts';
import { type KeySetLocation, keySetId, locationOf, type Provider } from './core/provider.ts';
import { isDue, laterKeySet } from './core/snapshot/next-snapshot.ts';
import type { StoredKeySet } from './core/snapshot/snapshot.ts';
import type { FetchDocument } from './io/fetch-document.ts';
import { fetchKeySet } from './io/fetch-key-set.ts';
import type { KeyEvents } from './io/key-source.ts';

/** The key sets of a snapshot. */
export interface KeySetKeeper {
  /**
   * Those of these providers, fetched where they are due. Without providers, since no parameters are good, those that
   * there are. Never rejects: a set that cannot be fetched stays for as long as it may be used.
   */
  readonly next: (
    previous: readonly StoredKeySet[],
    providers: readonly Provider[] | undefined,
  ) => Promise<StoredKeySet[]>;
}

export interface KeySetKeeperOptions {
  readonly fetchDocument: FetchDocument;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly events: Pick<KeyEvents, 'keysFetched' | 'keysFailed'>;
}

/** Endpoints that are asked at the same time. */
const MAX_AT_ONCE = 20;

/** No endpoint is asked after this, in ms: parameters that have changed must not wait for keys. */
const MAX_MS = 10_000;

interface Wanted {
  readonly provider: string;
  readonly issuers: readonly string[];
  readonly location: KeySetLocation;
}

export function createKeySetKeeper({ fetchDocument, now, events }: KeySetKeeperOptions): KeySetKeeper {
  async function fetched({ provider, issuers, location }: Wanted): Promise<StoredKeySet | undefined> {
    const askedAt = now();
    try {
      const { url, cacheControl, document } = await fetchKeySet(location, fetchDocument);
      events.keysFetched();
      const set = await parseKeySet(document());
      if ('problem' in set) throw new Error(`${url.href}: ${set.problem}`);
      return {
        issuers: [...issuers],
        location: locationOf(location),
        fetchedAt: askedAt / 1000,
        maxAgeSeconds: maxAgeOf(cacheControl, DEFAULT_MAX_AGE_MS) / 1000,
        keys: publicKeysOf(set),
      };
    } catch (error) {
      events.keysFailed(provider, (error as Error).message);
      return undefined;
    }
  }

  return {
    async next(previous, providers) {
      const seconds = () => now() / 1000;
      if (providers === undefined) {
        return previous.filter((set) => laterKeySet(set, undefined, seconds()) !== undefined);
      }
      const queue = [...wantedOf(providers).entries()];
      const sets = new Map<string, StoredKeySet>();
      const before = new Map(previous.map((set) => [keySetId(set.issuers, set.location), set]));
      const begunAt = now();
      const work = async () => {
        for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
          const [id, wanted] = entry;
          const last = before.get(id);
          const due = last === undefined || isDue(last, seconds());
          const ask = due && Math.abs(now() - begunAt) < MAX_MS;
          const set = laterKeySet(last, ask ? await fetched(wanted) : undefined, seconds());
          if (set !== undefined) sets.set(id, set);
        }
      };
      await Promise.all(Array.from({ length: MAX_AT_ONCE }, work));
      return [...wantedOf(providers).keys()].flatMap((id) => sets.get(id) ?? []);
    },
  };
}

/** By what tells key sets apart, in the order of the providers. */
function wantedOf(providers: readonly Provider[]): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  for (const provider of providers) {
    if (provider.type !== 'jwks' || provider.keys.kind === 'inline') continue;
    const { name, issuers, keys } = provider;
    wanted.set(keySetId(issuers, locationOf(keys)), { provider: name, issuers, location: keys });
  }
  return wanted;
}
