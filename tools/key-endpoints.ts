import { parseEndpoint } from '../lambda/core/config/url.ts';
import type { IgnoredKey } from '../lambda/core/keys/key-set.ts';
import {
  type EndpointTrust,
  hasKeySet,
  type KeySetProvider,
  keysIdOf,
  type Provider,
  trustOf,
} from '../lambda/core/provider.ts';
import { DocumentNotFound, type FetchDocument } from '../lambda/io/fetch-document.ts';
import { discoveryUrl } from '../lambda/io/fetch-key-set.ts';
import { createKeySources, type KeySources } from '../lambda/io/key-sources.ts';
import { issuerDifference } from './issuer-difference.ts';

/** An entry of a key set, usable or not. */
export interface KeyEntry {
  readonly kid: string | undefined;
  readonly kty: string | undefined;
  readonly alg: string | undefined;
  /** Why the function leaves it out; undefined if it does not. */
  readonly ignored: string | undefined;
}

/** What is known about a provider's keys after fetching them. */
export type KeysSeen =
  | { readonly kind: 'set'; readonly url: string | undefined; readonly entries: readonly KeyEntry[] }
  | { readonly kind: 'failed'; readonly reason: string }
  /** Each key is a separate document, fetched by the `kid` of a token. */
  | { readonly kind: 'by-kid'; readonly url: string }
  | { readonly kind: 'not-asked' };

export interface KeyEndpoints {
  /** The function's own key sources. */
  readonly sources: KeySources;
  readonly seen: (provider: Provider) => Promise<KeysSeen>;
  /** What is wrong between a provider's issuer and its discovery document, in words; fetches it if need be. */
  readonly compareIssuer: (provider: Provider) => Promise<string | undefined>;
}

/** The keys of providers, fetched exactly as the function does, together with what was seen. */
export function createKeyEndpoints(fetchDocument: FetchDocument, now: () => number): KeyEndpoints {
  const texts = new Map<string, string>();
  const loaded = new Map<string, { url: string; ignored: readonly IgnoredKey[] }>();
  const failures = new Map<string, string>();
  const recording: FetchDocument = async (url, options) => {
    const document = await fetchDocument(url, options);
    texts.set(url.href, document.text);
    return document;
  };
  const { resolve, prefetch, load, offer } = createKeySources({
    fetchDocument: recording,
    now,
    events: {
      keysFetched: () => {},
      keysLoaded: (provider, url, _count, ignored) => void loaded.set(provider, { url, ignored }),
      keysFailed: (provider, reason) => void failures.set(provider, reason),
    },
  });

  return {
    sources: {
      resolve: (provider, ...rest) => resolve(namedByKeys(provider), ...rest),
      prefetch: (providers) => prefetch(providers.map(namedByKeys)),
      load: (provider) => load(namedByKeys(provider)),
      offer,
    },
    async seen(provider) {
      if (!hasKeySet(provider)) {
        const reason = failures.get(namedByKeys(provider).name);
        if (reason !== undefined) return { kind: 'failed', reason };
        return { kind: 'by-kid', url: provider.keysUrl.href };
      }
      if (provider.keys.kind === 'inline') {
        return { kind: 'set', url: undefined, entries: provider.keys.set.keys.map(inlineEntry) };
      }
      const source = loaded.get(namedByKeys(provider).name);
      const text = source && texts.get(source.url);
      if (source !== undefined && text !== undefined) {
        return { kind: 'set', url: source.url, entries: entriesOf(text, source.ignored) };
      }
      const reason = failures.get(namedByKeys(provider).name);
      return reason === undefined ? { kind: 'not-asked' } : { kind: 'failed', reason };
    },
    async compareIssuer(provider) {
      const place = discoveryOf(provider);
      if (place === undefined) return undefined;
      try {
        const text = texts.get(place.url.href) ?? (await recording(place.url, { ca: place.trust.ca })).text;
        const named: unknown = (JSON.parse(text) as { issuer?: unknown } | null)?.issuer;
        if (named === place.issuer || typeof named !== 'string') return undefined;
        const how = issuerDifference(place.issuer, named) ?? 'they are not the same';
        return `"issuer" of ${place.url.href} is ${named}, the configured one is ${place.issuer}: ${how}`;
      } catch (error) {
        // Not every issuer has such a document. If it is needed, its absence is already reported.
        if (error instanceof DocumentNotFound || error instanceof Error) return undefined;
        throw error;
      }
    },
  };
}

/** A provider under the name of its keys: providers with the same key set share a source, which reports only one of them. */
const namedByKeys = (provider: Provider): Provider => ({
  ...provider,
  name: keysIdOf(provider) ?? provider.name,
});

/** The discovery document of a provider with one issuer that is a URL. */
function discoveryOf(provider: Provider): { issuer: string; url: URL; trust: EndpointTrust } | undefined {
  if (!hasKeySet(provider) || provider.type === 'spiffe' || provider.keys.kind === 'inline') return undefined;
  const [issuer, ...more] = provider.issuers;
  if (issuer === undefined || more.length > 0) return undefined;
  const trust = trustOf(provider);
  const place = parseEndpoint(issuer, { insecureHttp: trust.insecureHttp ?? false });
  return typeof place === 'string' ? undefined : { issuer, url: discoveryUrl(issuer), trust };
}

type InlineKey = Extract<KeySetProvider['keys'], { kind: 'inline' }>['set']['keys'][number];

const inlineEntry = ({ kid, algorithms, key }: InlineKey): KeyEntry => ({
  kid,
  kty: key.asymmetricKeyType,
  alg: algorithms.join(', '),
  ignored: undefined,
});

function entriesOf(text: string, ignored: readonly IgnoredKey[]): KeyEntry[] {
  const { keys } = JSON.parse(text) as { keys: unknown[] };
  const reasons = new Map(ignored.map(({ index, reason }) => [index, reason]));
  return keys.map((key, index) => {
    const { kid, kty, alg } = (key ?? {}) as Record<string, unknown>;
    return { kid: stringOf(kid), kty: stringOf(kty), alg: stringOf(alg), ignored: reasons.get(index) };
  });
}

const stringOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
