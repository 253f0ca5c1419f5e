import { parseKeySet } from '../keys/key-set.ts';
import type { KeySetProvider } from '../provider.ts';
import { type KeyEndpointDocument, trustIn } from './key-endpoint.ts';
import { type Parsed, parsed, problem } from './parsed.ts';
import { parseEndpoint } from './url.ts';

/** Value of `jwks-uri` and `jwksUri` that stands for OIDC discovery. */
export const DISCOVER = 'discover';

/** Parses where the keys of these issuers are. Discovery works only for a single issuer that is a URL. */
export function parseKeyLocation(
  issuers: readonly string[],
  jwksUri: string,
  document: KeyEndpointDocument = {},
): Parsed<KeySetProvider['keys']> {
  if (jwksUri !== DISCOVER) return parseKeyUrl(jwksUri, document, `; it takes a URL or "${DISCOVER}"`);
  const { insecureHttp = false } = document;
  // A missing issuer is reported separately.
  const [issuer = '', ...more] = issuers;
  if (issuer === '') return parsed({ kind: 'discover', issuer, ...trustIn(document) });
  if (more.length > 0) return problem('cannot be discovered for several issuers; give the URL');
  // OpenID Connect Discovery 1.0 §3: an issuer is a URL without a query.
  const url = parseEndpoint(issuer, { insecureHttp });
  if (typeof url === 'string')
    return problem(`cannot be discovered, because the issuer ${url}; give the URL`);
  if (url.search !== '') return problem('cannot be discovered, because the issuer has a query; give the URL');
  return parsed({ kind: 'discover', issuer, ...trustIn(document) });
}

/** Parses the URL of keys; `instead` is added to its problem. */
export function parseKeyUrl(
  text: string,
  document: KeyEndpointDocument,
  instead = '',
): Parsed<KeySetProvider['keys']> {
  const url = parseEndpoint(text, { insecureHttp: document.insecureHttp ?? false });
  return typeof url === 'string'
    ? problem(`${url}${instead}`)
    : parsed({ kind: 'url', url, ...trustIn(document) });
}

export async function parseInlineKeys(document: unknown): Promise<Parsed<KeySetProvider['keys']>> {
  const set = await parseKeySet(document);
  return 'problem' in set ? problem(set.problem) : parsed({ kind: 'inline', set });
}
