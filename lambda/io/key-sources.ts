import type { ResolveKeys } from '../core/keys/resolution.ts';
import { selectKeys } from '../core/keys/select.ts';
import { hasKeySet, keysIdOf, type Provider } from '../core/provider.ts';
import { createJwksSource } from './jwks-source.ts';
import type { KeySource, KeySourceOptions, OfferedKeySet } from './key-source.ts';
import { createPemSource } from './pem-source.ts';

/** The keys of all providers. */
export interface KeySources {
  readonly resolve: ResolveKeys;
  /** Loads the keys of these providers, and forgets those of all others. */
  readonly prefetch: (providers: readonly Provider[]) => Promise<void>;
  /** Loads the keys of one provider, or joins a load that is under way. */
  readonly load: (provider: Provider) => Promise<void>;
  /** Takes the key sets of a snapshot, by `keySetId`, in place of those of the previous snapshot. */
  readonly offer: (sets: ReadonlyMap<string, OfferedKeySet>) => void;
}

/**
 * One key source per issuer, URL, and kind of trust in the URL. If any of these changes, the old keys are gone. Two
 * issuers never see each other's keys, whatever `kid` they use.
 */
export function createKeySources(options: KeySourceOptions): KeySources {
  const kept = new Map<string, KeySource>();
  let offers: ReadonlyMap<string, OfferedKeySet> = new Map();
  // Each configuration makes new providers, so this caches what `kept` has for them.
  const byProvider = new WeakMap<Provider, KeySource>();

  function sourceOf(provider: Provider): KeySource {
    let source = byProvider.get(provider);
    if (source === undefined) {
      const keysId = keysIdOf(provider);
      source = keysId === undefined ? createSource(provider, options) : keptSource(provider, keysId);
      byProvider.set(provider, source);
    }
    return source;
  }

  function keptSource(provider: Provider, id: string): KeySource {
    const source = kept.get(id) ?? createSource(provider, options);
    if (!kept.has(id)) {
      const offered = offers.get(id);
      if (offered !== undefined) source.offer?.(offered);
      kept.set(id, source);
    }
    return source;
  }

  return {
    resolve: (provider, header, outdated) => sourceOf(provider).resolve(header, outdated),
    load: (provider) => sourceOf(provider).prefetch(),
    offer(sets) {
      offers = sets;
      for (const [id, offered] of sets) kept.get(id)?.offer?.(offered);
    },
    async prefetch(providers) {
      const wanted = new Set(providers.map(keysIdOf));
      for (const id of kept.keys()) if (!wanted.has(id)) kept.delete(id);
      await Promise.all(providers.map((provider) => sourceOf(provider).prefetch()));
    },
  };
}

function createSource(provider: Provider, options: KeySourceOptions): KeySource {
  if (!hasKeySet(provider)) return createPemSource(provider, options);
  const { name, keys } = provider;
  if (keys.kind !== 'inline') return createJwksSource(name, keys, options);
  return {
    resolve: ({ alg, kid }) => selectKeys(keys.set, alg, kid),
    prefetch: async () => {},
  };
}
