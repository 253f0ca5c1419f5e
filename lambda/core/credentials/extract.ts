import { type HttpRequest, soleValue } from '../http/message.ts';
import type { Provider } from '../provider.ts';
import { schemePattern } from './header-field.ts';
import { placeName } from './place.ts';
import { hasAlike } from './query-parameters.ts';
import { type Source, sourcesOf } from './sources.ts';

/** A token, and where it was found. It is not even decoded yet. */
export interface Credential {
  readonly source: Source;
  readonly token: string;
}

/** What a request carries as credentials. */
export type Extraction =
  | ({ readonly kind: 'token' } & Credential)
  | { readonly kind: 'none' }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'ambiguous'; readonly reason: string };

const NONE: Extraction = { kind: 'none' };

/**
 * Extracts the one credential that is for these providers. A credential in another provider's place is ignored here,
 * and never reaches the upstream as if it were verified. A second credential makes the request ambiguous, and so does
 * a token in the query (RFC 6750 §2.3): the next reader might choose the other one.
 */
export function extractCredential(request: HttpRequest, providers: readonly Provider[]): Extraction {
  let found: Extraction = NONE;
  let first: Source | undefined;
  for (const source of sourcesOf(providers, request)) {
    const finding = source.read(request);
    if (finding.kind === 'none') continue;
    if (first !== undefined) {
      return {
        kind: 'ambiguous',
        reason: `credentials in ${placeName(first.place)} and in ${placeName(source.place)}`,
      };
    }
    first = source;
    found = finding.kind === 'token' ? { kind: 'token', token: finding.token, source } : finding;
  }
  if (found.kind !== 'token') return found;
  return hasAnother(found.source, request)
    ? { kind: 'ambiguous', reason: `a token in ${placeName(found.source.place)} and one in the query` }
    : found;
}

/** The query parameter of RFC 6750 §2.3. */
const ACCESS_TOKEN = 'access_token';

/**
 * Matches every query with that parameter, however it is spelled, and cheaply rules out most others. The flag `u`
 * matters, because the Kelvin sign's lower case is `k`.
 */
const MAY_HAVE_ACCESS_TOKEN = /access.token|%/isu;

/** Whether the query has a token too. AWS's signed headers are not OAuth, and may come with one. */
const hasAnother = ({ place, signed }: Source, { query }: HttpRequest): boolean =>
  MAY_HAVE_ACCESS_TOKEN.test(query) &&
  !signed &&
  !(place.kind === 'query' && place.name === ACCESS_TOKEN) &&
  hasAlike(query, ACCESS_TOKEN);

/** Why there is no credential, for the log: what the request has instead, never quoting the client. */
export function reasonOfNone(request: HttpRequest, providers: readonly Provider[]): string {
  const sources = sourcesOf(providers, request);
  if (sources.length === 0) return "no credential: the route accepts tokens only on a WebSocket's $connect";
  const none = `no credential in ${sources.map(({ place }) => placeName(place)).join(' or ')}`;
  const field = soleValue(request.headers, 'authorization');
  if (typeof field !== 'string') return none;
  const schemes = sources.flatMap(({ place }) =>
    place.kind === 'header' && place.name === 'authorization' ? [place.scheme] : [],
  );
  if (schemes.length > 0) return `${none}: ${describeAuthorization(field, schemes)}`;
  return isBearer(field) ? `${none}; there is a bearer token, which the route does not accept` : none;
}

/** Schemes that clients send by mistake or on purpose. Any other text is a client's own, and is not repeated. */
const KNOWN_SCHEMES = [
  'Bearer',
  'Basic',
  'Digest',
  'DPoP',
  'JWT',
  'Token',
  'ApiKey',
  'Negotiate',
  'AWS4-HMAC-SHA256',
];

/** `wanted` lists the schemes that the route accepts; undefined means a token without a scheme. */
function describeAuthorization(field: string, wanted: readonly (string | undefined)[]): string {
  const text = field.trim().toLowerCase();
  if (text === '') return 'Authorization is empty';
  const [first] = wanted;
  const rather = first === undefined ? 'but the token must come without one' : `not ${first}`;
  const scheme = KNOWN_SCHEMES.find(
    (name) => text === name.toLowerCase() || text.startsWith(`${name.toLowerCase()} `),
  );
  if (scheme !== undefined) return `Authorization has the scheme ${scheme}, ${rather}`;
  if (first === undefined) return 'Authorization has a scheme, but the token must come without one';
  return /[\s=]/.test(text)
    ? `Authorization has a scheme other than ${first}`
    : `Authorization has no scheme; send "${first}", a space and the token`;
}

const BEARER = schemePattern('Bearer');

/** Whether a value of Authorization contains a bearer credential, alone or in a list. */
export const isBearer = (value: string): boolean => BEARER.test(value);
