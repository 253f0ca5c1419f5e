import { type HttpRequest, soleValue } from '../http/message.ts';
import type { Provider } from '../provider.ts';
import { schemePattern } from './header-field.ts';
import { placeName } from './place.ts';
import { hasAlike } from './query-parameters.ts';
import { type Source, sourcesOf } from './sources.ts';

/** A token and where it came; nobody has looked at it yet. */
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
 * Extracts the one credential that is for these providers. What is in the place of another provider is not looked
 * at; it never reaches the upstream as if it were true. A second credential makes the request ambiguous, and so does a token
 * in the query (RFC 6750 §2.3): whoever reads it next might choose the other.
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
 * Matches every query with that parameter, however it is spelled, and rules out most others at little cost. The flag `u` counts, since
 * the Kelvin sign's lower case is `k`.
 */
const MAY_HAVE_ACCESS_TOKEN = /access.token|%/isu;

/** Whether there is a token in the query besides. AWS's signed headers are no OAuth, and may go with one. */
const hasAnother = ({ place, signed }: Source, { query }: HttpRequest): boolean =>
  MAY_HAVE_ACCESS_TOKEN.test(query) &&
  !signed &&
  !(place.kind === 'query' && place.name === ACCESS_TOKEN) &&
  hasAlike(query, ACCESS_TOKEN);

/** Why there is none, for the log: what there is in its place, in words of ours alone. */
export function reasonOfNone(request: HttpRequest, providers: readonly Provider[]): string {
  const sources = sourcesOf(providers, request);
  if (sources.length === 0) return "no credential: the route takes tokens on a WebSocket's $connect only";
  const none = `no credential in ${sources.map(({ place }) => placeName(place)).join(' or ')}`;
  const field = soleValue(request.headers, 'authorization');
  if (typeof field !== 'string') return none;
  const schemes = sources.flatMap(({ place }) =>
    place.kind === 'header' && place.name === 'authorization' ? [place.scheme] : [],
  );
  if (schemes.length > 0) return `${none}: ${describeAuthorization(field, schemes)}`;
  return isBearer(field) ? `${none}; there is a bearer token, which the route does not take` : none;
}

/** Schemes that are sent by mistake or on purpose; any other text is a client's own, and is not repeated. */
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

/** `wanted` has the schemes that the route takes; undefined means a token without one. */
function describeAuthorization(field: string, wanted: readonly (string | undefined)[]): string {
  const text = field.trim().toLowerCase();
  if (text === '') return 'Authorization is empty';
  const [first] = wanted;
  const rather = first === undefined ? 'no token without a scheme' : `not ${first}`;
  const scheme = KNOWN_SCHEMES.find(
    (name) => text === name.toLowerCase() || text.startsWith(`${name.toLowerCase()} `),
  );
  if (scheme !== undefined) return `Authorization has the scheme ${scheme}, ${rather}`;
  return first === undefined || /[\s=]/.test(text)
    ? `Authorization has another scheme than ${first ?? 'none'}`
    : `Authorization has no scheme; send "${first}", a space and the token`;
}

const BEARER = schemePattern('Bearer');

/** Whether a value of Authorization has a bearer credential, alone or in a list of them. */
export const isBearer = (value: string): boolean => BEARER.test(value);
