import type { KeyResolution, ResolveKeys } from '../core/authenticate.ts';
import type { Awaitable } from '../core/awaitable.ts';
import type { JoseHeader } from '../core/jwt/header.ts';
import type { IgnoredKey } from '../core/keys/key-set.ts';
import { selectKeys } from '../core/keys/select.ts';
import type { Provider } from '../core/provider.ts';
import type { FetchDocument } from './fetch-document.ts';
import { createJwksSource } from './jwks-source.ts';
import { createPemSource } from './pem-source.ts';

/** What the log and the metrics hear of keys. */
export interface KeyEvents {
  /** A key endpoint has answered, whether with anything new or not. */
  readonly keysFetched: () => void;
  readonly keysLoaded: (provider: string, url: string, keys: number, ignored: readonly IgnoredKey[]) => void;
  readonly keysFailed: (provider: string, reason: string) => void;
}

export interface KeySourceOptions {
  readonly fetchDocument: FetchDocument;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly events: KeyEvents;
}

/** The keys at one place. */
export interface KeySource {
  readonly resolve: (header: JoseHeader) => Awaitable<KeyResolution>;
  /** Loads what can be loaded before a token is seen. */
  readonly prefetch: () => Promise<void>;
}

/** The keys of all providers. */
export interface KeySources {
  readonly resolve: ResolveKeys;
  /** Loads the keys of these providers, and forgets those of any other. */
  readonly prefetch: (providers: readonly Provider[]) => Promise<void>;
}

/**
 * One key source for each issuer and URL: if either changes, the old keys are gone, and two issuers never
 * see each other's, whatever `kid` they use.
 */
export function createKeySources(options: KeySourceOptions): KeySources {
  const byId = new Map<string, KeySource>();
  // A configuration makes its providers anew, so this is a cache of what `byId` says of them.
  const byProvider = new WeakMap<Provider, KeySource>();

  function sourceOf(provider: Provider): KeySource {
    let source = byProvider.get(provider);
    if (source === undefined) {
      const id = idOf(provider);
      source = (id !== undefined && byId.get(id)) || createSource(provider, options);
      if (id !== undefined) byId.set(id, source);
      byProvider.set(provider, source);
    }
    return source;
  }

  return {
    resolve: (provider, header) => sourceOf(provider).resolve(header),
    async prefetch(providers) {
      const wanted = new Set(providers.map(idOf));
      for (const id of byId.keys()) if (!wanted.has(id)) byId.delete(id);
      await Promise.all(providers.map((provider) => sourceOf(provider).prefetch()));
    },
  };
}

/** What a key source outlives a configuration by; nothing where the keys are in the configuration itself. */
function idOf(provider: Provider): string | undefined {
  if (provider.type !== 'jwks') return JSON.stringify([provider.signer, provider.keysUrl.href]);
  const { issuers, keys } = provider;
  if (keys.kind === 'inline') return undefined;
  return JSON.stringify([issuers, keys.kind === 'url' ? keys.url.href : keys.kind]);
}

function createSource(provider: Provider, options: KeySourceOptions): KeySource {
  if (provider.type !== 'jwks') return createPemSource(provider, options);
  const { name, keys } = provider;
  if (keys.kind !== 'inline') return createJwksSource(name, keys, options);
  return {
    resolve: ({ alg, kid }) => selectKeys(keys.set, alg, kid),
    prefetch: async () => {},
  };
}
