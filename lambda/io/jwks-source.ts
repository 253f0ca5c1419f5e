import { andThen } from '../core/awaitable.ts';
import { isLoopback, parseEndpoint } from '../core/config/url.ts';
import type { FreshnessRules } from '../core/freshness.ts';
import type { Algorithm } from '../core/jwt/algorithms.ts';
import { hasSameKeys, type KeySet, parseKeySet } from '../core/keys/key-set.ts';
import { maxAgeOf } from '../core/keys/max-age.ts';
import type { KeyResolution } from '../core/keys/resolution.ts';
import { type Selection, selectKeys } from '../core/keys/select.ts';
import type { JwksProvider } from '../core/provider.ts';
import { createCached, type Loaded, type Lookup } from './cached.ts';
import type { FetchDocument } from './fetch-document.ts';
import type { KeySource, KeySourceOptions } from './key-source.ts';

/** How old a key set may get; its endpoint's Cache-Control may say otherwise within bounds (see maxAgeOf). */
export const KEY_RULES: FreshnessRules = {
  maxAgeMs: 5 * 60_000,
  maxStaleMs: 4 * 60 * 60_000,
  cooldownMs: 10_000,
  loadTimeoutMs: 10_000,
};

/** A key set with its text, by which a refresh that brings nothing new is told. */
interface LoadedKeySet {
  readonly text: string;
  readonly set: KeySet;
}

type Location = Exclude<JwksProvider['keys'], { kind: 'inline' }>;

/** The key set at a URL, or at the one that OIDC discovery names each time. */
export function createJwksSource(
  provider: string,
  location: Location,
  { fetchDocument, now, events }: KeySourceOptions,
): KeySource {
  const cache = createCached<LoadedKeySet>({
    rules: KEY_RULES,
    now,
    load,
    onFailure: (error) => events.keysFailed(provider, (error as Error).message),
  });

  async function load(last: () => LoadedKeySet | undefined): Promise<Loaded<LoadedKeySet>> {
    const { url, elsewhere } =
      location.kind === 'url'
        ? { url: location.url, elsewhere: false }
        : await discover(location.issuer, fetchDocument);
    const { text, cacheControl } = await fetchDocument(url, { elsewhere });
    events.keysFetched();
    const maxAgeMs = maxAgeOf(cacheControl, KEY_RULES.maxAgeMs);
    // The same text keeps the same set, and with it the tokens that were verified with it.
    const kept = last();
    if (kept?.text === text) return { value: kept, maxAgeMs };
    const set = await parseKeySet(parseJson(text, url));
    if ('problem' in set) throw new Error(`${url.href}: ${set.problem}`);
    events.keysLoaded(provider, url.href, set.keys.length, set.ignored);
    // So do the same keys in another text, such as one with a time in it.
    const same = last();
    return {
      value: { text, set: same !== undefined && hasSameKeys(same.set, set) ? same.set : set },
      maxAgeMs,
    };
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
    async prefetch() {
      await cache.get();
    },
  };
}

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

/**
 * OpenID Connect Discovery 1.0 §4: the document must name exactly the issuer that it was asked of. Only an issuer
 * on this machine, as in the laptop stack, may have its keys on this machine.
 */
async function discover(
  issuer: string,
  fetchDocument: FetchDocument,
): Promise<{ url: URL; elsewhere: boolean }> {
  const place = new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const elsewhere = !isLoopback(place);
  const document = parseJson((await fetchDocument(place, { elsewhere })).text, place);
  const { issuer: named, jwks_uri: jwksUri } = (document ?? {}) as { issuer?: unknown; jwks_uri?: unknown };
  if (named !== issuer) throw new Error(`${place.href}: "issuer" is not exactly ${issuer}`);
  if (typeof jwksUri !== 'string') throw new Error(`${place.href}: "jwks_uri" is missing`);
  const url = parseEndpoint(jwksUri, { elsewhere });
  if (typeof url === 'string') throw new Error(`${place.href}: "jwks_uri" ${url}`);
  return { url, elsewhere };
}

function parseJson(text: string, url: URL): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${url.href}: not JSON`);
  }
}
