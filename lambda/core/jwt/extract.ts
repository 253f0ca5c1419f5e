import { type HttpRequest, headerValues } from '../http/message.ts';
import type { Provider } from '../provider.ts';

/** Header field that a credential comes in. */
export type Carrier = 'authorization' | 'x-amzn-ava-user-context' | 'x-amzn-oidc-data';

const CARRIERS = {
  jwks: 'authorization',
  'verified-access': 'x-amzn-ava-user-context',
  'alb-oidc': 'x-amzn-oidc-data',
} as const satisfies Record<Provider['type'], Carrier>;

export const carrierOf = (provider: Provider): Carrier => CARRIERS[provider.type];

const carriersByProviders = new WeakMap<readonly Provider[], ReadonlySet<Carrier>>();

/** Where providers' credentials come; told once for each list, since a list never changes. */
function carriersOf(providers: readonly Provider[]): ReadonlySet<Carrier> {
  let carriers = carriersByProviders.get(providers);
  if (carriers === undefined) {
    carriers = new Set(providers.map(carrierOf));
    carriersByProviders.set(providers, carriers);
  }
  return carriers;
}

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
  let found: Extraction = { kind: 'none' };
  for (const carrier of carriersOf(providers)) {
    const extraction =
      carrier === 'authorization' ? extractBearerToken(request) : extractSignedHeader(request, carrier);
    if (extraction.kind === 'none') continue;
    if (found.kind !== 'none') return { kind: 'ambiguous', reason: 'credentials for several providers' };
    found = extraction;
  }
  return found;
}

function extractSignedHeader(request: HttpRequest, carrier: Carrier): Extraction {
  const [token, ...more] = headerValues(request.headers, carrier);
  if (token === undefined) return { kind: 'none' };
  if (more.length > 0) return { kind: 'ambiguous', reason: `more than one ${carrier} header` };
  return { kind: 'token', carrier, token };
}

/** What stands before the token: the scheme's name in any case, and spaces (RFC 9110 §11.4). */
const SCHEME = /^[ \t]*bearer +(?=[^ ])/i;

/** What may stand after it. */
const TRAILING = /[ \t]+$/;

/**
 * Extracts the bearer token from the Authorization header (RFC 6750 §2.1), the only place it is taken from.
 * A second one, in another Authorization header, after a comma or as `access_token` in the query
 * (RFC 6750 §2.3), makes the request ambiguous: whoever reads it next might choose the other.
 * Credentials of another scheme are none of ours. Of what characters the token is, decoding it tells.
 */
export function extractBearerToken(request: HttpRequest): Extraction {
  const values = headerValues(request.headers, 'authorization');
  const [field] = values;
  if (values.length > 1) return { kind: 'ambiguous', reason: 'more than one Authorization header' };
  if (field === undefined || !isBearer(field)) return { kind: 'none' };
  if (field.includes(',')) {
    return { kind: 'ambiguous', reason: 'several credentials in one Authorization header' };
  }
  const rest = field.replace(SCHEME, '');
  if (rest === field) return { kind: 'malformed', reason: 'not "Bearer", spaces and one token' };
  const token = /[ \t]/.test(rest.charAt(rest.length - 1)) ? rest.replace(TRAILING, '') : rest;
  if (hasAccessToken(request.query)) {
    return { kind: 'ambiguous', reason: 'a token in the Authorization header and one in the query' };
  }
  return { kind: 'token', carrier: 'authorization', token };
}

/** Whether a query has the parameter, under its plain name or with escapes in it. */
const hasAccessToken = (query: string): boolean =>
  (query.includes('access_token') || query.includes('%')) && new URLSearchParams(query).has('access_token');

/** Whether a value of Authorization has a bearer credential, alone or in a list of them. */
export const isBearer = (value: string): boolean => /(?:^|,)\s*bearer(?:\s|,|$)/i.test(value);
