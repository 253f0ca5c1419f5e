import { isLoopback, parseEndpoint } from '../core/config/url.ts';
import type { EndpointTrust, KeySetLocation } from '../core/provider.ts';
import type { Document, FetchDocument } from './fetch-document.ts';

/** A key set as its endpoint sent it. */
export interface FetchedKeySet extends Document {
  readonly url: URL;
  /** Parses the document; throws if the text is not JSON. */
  readonly document: () => unknown;
}

/** Fetches the key set at a URL, or at the one that the issuer's discovery document names. */
export async function fetchKeySet(
  location: KeySetLocation,
  fetchDocument: FetchDocument,
): Promise<FetchedKeySet> {
  const { ca, insecureHttp = false } = location.trust ?? {};
  const { url, elsewhere } =
    location.kind === 'url'
      ? { url: location.url, elsewhere: false }
      : await discover(location.issuer, { ca, insecureHttp }, fetchDocument);
  const { text, cacheControl } = await fetchDocument(url, { elsewhere, ca });
  return { url, text, cacheControl, document: () => parseJson(text, url) };
}

/** The URL of an issuer's document by OpenID Connect Discovery 1.0 §4; the issuer is a URL. */
export const discoveryUrl = (issuer: string): URL =>
  new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);

/**
 * OpenID Connect Discovery 1.0 §4: the document must name exactly the issuer that it was requested from. Only an issuer
 * on this machine, as in the laptop stack, may have its keys on this machine.
 */
async function discover(
  issuer: string,
  { ca, insecureHttp }: EndpointTrust,
  fetchDocument: FetchDocument,
): Promise<{ url: URL; elsewhere: boolean }> {
  const place = discoveryUrl(issuer);
  const elsewhere = !isLoopback(place);
  const document = parseJson((await fetchDocument(place, { elsewhere, ca })).text, place);
  const { issuer: named, jwks_uri: jwksUri } = (document ?? {}) as { issuer?: unknown; jwks_uri?: unknown };
  if (named !== issuer) throw new Error(`${place.href}: "issuer" is not exactly ${issuer}`);
  if (typeof jwksUri !== 'string') throw new Error(`${place.href}: "jwks_uri" is missing`);
  const url = parseEndpoint(jwksUri, { elsewhere, insecureHttp });
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
