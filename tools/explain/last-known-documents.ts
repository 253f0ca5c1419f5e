import { type FetchDocument, fetchDocument } from '../../lambda/io/fetch-document.ts';

/** Fetches documents. While an endpoint is down, uses its last one, as a running function keeps using the keys it has. */
export function createLastKnownDocuments(fetch: FetchDocument = fetchDocument): FetchDocument {
  const known = new Map<string, Awaited<ReturnType<FetchDocument>>>();
  return async (url, options) => {
    try {
      const document = await fetch(url, options);
      known.set(url.href, document);
      return document;
    } catch (error) {
      const last = known.get(url.href);
      if (last === undefined) throw error;
      return last;
    }
  };
}
