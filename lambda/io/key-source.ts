import type { KeyResolution, ResolveKeys } from '../core/authorize.ts';
import { DISCOVER } from '../core/config/parse.ts';
import { parseEndpoint } from '../core/config/url.ts';
import type { FreshnessRules } from '../core/freshness.ts';
import type { JoseHeader } from '../core/jwt/header.ts';
import { type IgnoredKey, type KeySet, parseKeySet } from '../core/keys/key-set.ts';
import { type Selection, selectKeys } from '../core/keys/select.ts';
import type { Provider } from '../core/provider.ts';
import { type Cached, createCached, type Lookup } from './cached.ts';
import type { FetchDocument } from './fetch-document.ts';

export const KEY_RULES: FreshnessRules = {
  maxAgeMs: 5 * 60_000,
  maxStaleMs: 4 * 60 * 60_000,
  cooldownMs: 10_000,
  loadTimeoutMs: 5_000,
};

/** What the log and the metrics hear of the key sets. */
export interface KeyEvents {
  readonly keysLoaded: (provider: string, url: string, keys: number, ignored: readonly IgnoredKey[]) => void;
  readonly keysFailed: (provider: string, reason: string) => void;
}

export interface KeySourceOptions {
  readonly fetchDocument: FetchDocument;
  readonly now: () => number;
  readonly events: KeyEvents;
}

export interface KeySource {
  readonly resolve: ResolveKeys;
  /** Loads the keys of these providers, and forgets those of any other. */
  readonly prefetch: (providers: readonly Provider[]) => Promise<void>;
}

/**
 * The key sets of all providers, cached by issuer and URL: if either changes, the old keys are gone, and two
 * issuers never see each other's.
 */
export function createKeySource({ fetchDocument, now, events }: KeySourceOptions): KeySource {
  const caches = new Map<string, Cached<LoadedKeySet>>();

  const idOf = (provider: Provider) => JSON.stringify([provider.issuers, provider.jwksUri]);

  function cacheOf(provider: Provider): Cached<LoadedKeySet> {
    const id = idOf(provider);
    let cache = caches.get(id);
    if (cache === undefined) {
      cache = createCached({
        rules: KEY_RULES,
        now,
        load: (last) => load(provider, last),
        onFailure: (error) => events.keysFailed(provider.name, (error as Error).message),
      });
      caches.set(id, cache);
    }
    return cache;
  }

  async function load(provider: Provider, last: LoadedKeySet | undefined) {
    const url =
      provider.jwksUri === DISCOVER ? await discover(provider, fetchDocument) : new URL(provider.jwksUri);
    const document = await fetchDocument(url);
    if (last?.text === document.text) return { value: last };
    const set = await parseKeySet(parseJson(document.text, url));
    if ('problem' in set) throw new Error(`${url.href}: ${set.problem}`);
    events.keysLoaded(provider.name, url.href, set.keys.length, set.ignored);
    return { value: { text: document.text, set } };
  }

  async function resolve(provider: Provider, header: JoseHeader): Promise<KeyResolution> {
    const cache = cacheOf(provider);
    let lookup = await cache.get();
    let selection = select(lookup, header);
    if (selection?.kind === 'unknown') {
      lookup = await cache.reload();
      selection = select(lookup, header);
    }
    // While the endpoint is down nobody knows whether a key is new or unknown, so it is not the token's fault.
    if (selection === undefined || (selection.kind === 'unknown' && lookup.failed)) {
      return {
        kind: 'unavailable',
        reason: selection === undefined ? 'no key set' : 'no such key, and the key set cannot be refreshed',
        retryAfterSeconds: Math.ceil(lookup.retryAfterMs / 1000),
      };
    }
    return selection.kind === 'keys' ? selection : { kind: 'failure', ...FAILURES[selection.kind] };
  }

  async function prefetch(providers: readonly Provider[]): Promise<void> {
    const wanted = new Set(providers.map(idOf));
    for (const id of caches.keys()) if (!wanted.has(id)) caches.delete(id);
    await Promise.all(providers.map((provider) => cacheOf(provider).get()));
  }

  return { resolve, prefetch };
}

/** A key set with its text, by which a refresh that brings nothing new is told. */
interface LoadedKeySet {
  readonly text: string;
  readonly set: KeySet;
}

const select = (lookup: Lookup<LoadedKeySet>, { alg, kid }: JoseHeader): Selection | undefined =>
  lookup.value && selectKeys(lookup.value.set, alg, kid);

const FAILURES = {
  unknown: { code: 'key_unknown', reason: 'no key of the set has this "kid"' },
  ambiguous: {
    code: 'key_unknown',
    reason: 'too many keys of the set fit; the token must name one by "kid"',
  },
  algorithm: { code: 'algorithm_not_allowed', reason: 'the key with this "kid" is not for this "alg"' },
} as const;

/** OpenID Connect Discovery 1.0 §4: the document must name the very issuer that it was asked of. */
async function discover(provider: Provider, fetchDocument: FetchDocument): Promise<URL> {
  const [issuer = ''] = provider.issuers;
  const place = new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const document = parseJson((await fetchDocument(place)).text, place);
  const { issuer: named, jwks_uri: jwksUri } = (document ?? {}) as { issuer?: unknown; jwks_uri?: unknown };
  if (named !== issuer) throw new Error(`${place.href}: "issuer" is not ${issuer}`);
  if (typeof jwksUri !== 'string') throw new Error(`${place.href}: "jwks_uri" is missing`);
  const url = parseEndpoint(jwksUri);
  if (typeof url === 'string') throw new Error(`${place.href}: "jwks_uri" ${url}`);
  return url;
}

function parseJson(text: string, url: URL): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${url.href}: not JSON`);
  }
}
