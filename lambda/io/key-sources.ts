import type { ResolveKeys } from '../core/keys/resolution.ts';
import { selectKeys } from '../core/keys/select.ts';
import { hasKeySet, keySetId, locationOf, type Provider } from '../core/provider.ts';
import { createJwksSource } from './jwks-source.ts';
import type { KeySource, KeySourceOptions, OfferedKeySet } from './key-source.ts';
import { createPemSource } from './pem-source.ts';

/** The keys of all providers. */
export interface KeySources {
  readonly resolve: ResolveKeys;
  /** Loads the keys of these providers, and forgets those of any other. */
  readonly prefetch: (providers: readonly Provider[]) => Promise<void>;
  /** Loads the keys of one of them, or joins a load that is under way. */
  readonly load: (provider: Provider) => Promise<void>;
  /** Takes the key sets of a snapshot, by `keySetId`, in place of those of the one before. */
  readonly offer: (sets: ReadonlyMap<string, OfferedKeySet>) => void;
}

/**
 * One key source for each issuer and URL: if either changes, the old keys are gone, and two issuers never
 * see each other's, whatever `kid` they use.
 */
export function createKeySources(options: KeySourceOptions): KeySources {
  const byId = new Map<string, KeySource>();
  let offers: ReadonlyMap<string, OfferedKeySet> = new Map();
  // A configuration makes its providers anew, so this is a cache of what `byId` says of them.
  const byProvider = new WeakMap<Provider, KeySource>();

  function sourceOf(provider: Provider): KeySource {
    let source = byProvider.get(provider);
    if (source === undefined) {
      const id = idOf(provider);
      source = id === undefined ? undefined : byId.get(id);
      if (source === undefined) {
        source = createSource(provider, options);
        const offered = id === undefined ? undefined : offers.get(id);
        if (offered !== undefined) source.offer?.(offered);
      }
      if (id !== undefined) byId.set(id, source);
      byProvider.set(provider, source);
    }
    return source;
  }

  return {
    resolve: (provider, header, outdated) => sourceOf(provider).resolve(header, outdated),
    load: (provider) => sourceOf(provider).prefetch(),
    offer(sets) {
      offers = sets;
      for (const [id, offered] of sets) byId.get(id)?.offer?.(offered);
    },
    async prefetch(providers) {
      const wanted = new Set(providers.map(idOf));
      for (const id of byId.keys()) if (!wanted.has(id)) byId.delete(id);
      await Promise.all(providers.map((provider) => sourceOf(provider).prefetch()));
    },
  };
}

/** What a key source outlives a configuration by; nothing where the keys are in the configuration itself. */
function idOf(provider: Provider): string | undefined {
  if (!hasKeySet(provider)) return JSON.stringify([provider.signer, provider.keysUrl.href]);
  const { issuers, keys } = provider;
  if (keys.kind === 'inline') return undefined;
  return keySetId(issuers, locationOf(keys));
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
