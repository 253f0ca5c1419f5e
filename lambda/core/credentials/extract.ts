import { type HttpRequest, soleValue } from '../http/message.ts';
import { oncePerList, type Provider } from '../provider.ts';

/** Header field that a credential comes in. */
export type Carrier = 'authorization' | 'x-amzn-ava-user-context' | 'x-amzn-oidc-data';

const CARRIERS = {
  jwks: 'authorization',
  'verified-access': 'x-amzn-ava-user-context',
  'alb-oidc': 'x-amzn-oidc-data',
} as const satisfies Record<Provider['type'], Carrier>;

export const carrierOf = (provider: Provider): Carrier => CARRIERS[provider.type];

/** Where providers' credentials come. */
export const carriersOf = oncePerList((providers): readonly Carrier[] => [
  ...new Set(providers.map(carrierOf)),
]);

/** A token and where it came; nobody has looked at it yet. */
export interface Credential {
  readonly carrier: Carrier;
  readonly token: string;
}

/** What a request carries as credentials. */
export type Extraction =
  | ({ readonly kind: 'token' } & Credential)
  | { readonly kind: 'none' }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'ambiguous'; readonly reason: string };

/**
 * Extracts the one credential that is for these providers. What comes in the header of another provider is
 * not looked at; it never reaches the upstream as if it were true.
 */
export function extractCredential(request: HttpRequest, providers: readonly Provider[]): Extraction {
  let found: Extraction = NONE;
  for (const carrier of carriersOf(providers)) {
    const extraction =
      carrier === 'authorization' ? extractBearerToken(request) : extractSignedHeader(request, carrier);
    if (extraction.kind === 'none') continue;
    if (found.kind !== 'none') return { kind: 'ambiguous', reason: 'credentials for several providers' };
    found = extraction;
  }
  return found;
}

/** Why there is none, for the log: what stands in its place, in words of ours alone. */
export function reasonOfNone({ headers }: HttpRequest, providers: readonly Provider[]): string {
  const carriers = carriersOf(providers);
  const none = `no credential in ${carriers.join(' or ')}`;
  const field = soleValue(headers, 'authorization');
  if (typeof field !== 'string') return none;
  if (carriers.includes('authorization')) return `${none}: ${describeAuthorization(field)}`;
  return isBearer(field) ? `${none}; there is a bearer token, which the route does not take` : none;
}

/** Schemes that are sent by mistake or on purpose; any other text is a client's own, and is not repeated. */
const KNOWN_SCHEMES = ['Basic', 'Digest', 'DPoP', 'JWT', 'Token', 'ApiKey', 'Negotiate', 'AWS4-HMAC-SHA256'];

function describeAuthorization(field: string): string {
  const text = field.trim().toLowerCase();
  if (text === '') return 'Authorization is empty';
  const scheme = KNOWN_SCHEMES.find(
    (name) => text === name.toLowerCase() || text.startsWith(`${name.toLowerCase()} `),
  );
  if (scheme !== undefined) return `Authorization has the scheme ${scheme}, not Bearer`;
  return /[\s=]/.test(text)
    ? 'Authorization has another scheme than Bearer'
    : 'Authorization has no scheme; send "Bearer", a space and the token';
}

const NONE: Extraction = { kind: 'none' };

function extractSignedHeader({ headers }: HttpRequest, carrier: Carrier): Extraction {
  const token = soleValue(headers, carrier);
  if (token === undefined) return NONE;
  return token === null
    ? { kind: 'ambiguous', reason: `more than one ${carrier} header` }
    : { kind: 'token', carrier, token };
}

/** What stands before the token: the scheme's name in any case, and spaces (RFC 9110 §11.4). */
const SCHEME = /^[ \t]*bearer +(?=[^ ])/i;

/**
 * Extracts the bearer token from the Authorization header (RFC 6750 §2.1), the only place it is taken from.
 * A second one, in another Authorization header, after a comma or as `access_token` in the query
 * (RFC 6750 §2.3), makes the request ambiguous: whoever reads it next might choose the other.
 * Credentials of another scheme are none of ours. Of what characters the token is, decoding it tells.
 */
export function extractBearerToken({ headers, query }: HttpRequest): Extraction {
  const field = soleValue(headers, 'authorization');
  if (field === undefined) return NONE;
  if (field === null) return { kind: 'ambiguous', reason: 'more than one Authorization header' };
  const rest = afterScheme(field);
  if (rest === field && !isBearer(field)) return NONE;
  if (field.includes(',')) {
    return { kind: 'ambiguous', reason: 'several credentials in one Authorization header' };
  }
  if (rest === field) return { kind: 'malformed', reason: 'not "Bearer", spaces and one token' };
  if (hasAccessToken(query)) {
    return { kind: 'ambiguous', reason: 'a token in the Authorization header and one in the query' };
  }
  return { kind: 'token', carrier: 'authorization', token: owned(trimmedEnd(rest), field) };
}

/** What comes after the scheme; the whole field where it begins with none. */
const afterScheme = (field: string): string =>
  // Sooner told of how nearly every client writes it.
  /^Bearer [^ ]/.test(field) ? field.slice('Bearer '.length) : field.replace(SCHEME, '');

/** Without the whitespace that may stand after it (RFC 9110 §5.6.3). */
function trimmedEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--;
  return end === text.length ? text : text.slice(0, end);
}

/** Most characters of its field that a token keeps in memory with it. */
const MAX_SLACK = 64;

/** A slice keeps the whole of what it was cut from, and a field may be blanks for the most part. */
const owned = (token: string, field: string): string =>
  field.length - token.length > MAX_SLACK ? Buffer.from(token, 'utf16le').toString('utf16le') : token;

/** Whether a query has the parameter, under its plain name or with escapes in it. */
const hasAccessToken = (query: string): boolean =>
  (query.includes('access_token') || query.includes('%')) && new URLSearchParams(query).has('access_token');

/** Whether a value of Authorization has a bearer credential, alone or in a list of them. */
export const isBearer = (value: string): boolean => /(?:^|,)\s*bearer(?:\s|,|$)/i.test(value);
