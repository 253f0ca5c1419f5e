import { type HeaderList, type HttpRequest, type HttpResponse, headerValues, soleValue } from './message.ts';

/** Which pages of other origins may read responses (Fetch Standard §3.3), and which parts of them. */
export interface Cors {
  /** As browsers send them; `*` for every page whose origin is not opaque. */
  readonly origins: ReadonlySet<string> | '*';
  /** Whether pages may send cookies. Never with `*`. */
  readonly credentials: boolean;
  /** Header fields that a page may read, as one comma-separated list. */
  readonly exposed: string;
  readonly maxAgeSeconds: number;
}

/** What the response to one request says about CORS, whether the function or the upstream made it. */
export interface CorsHeaders {
  /** Names that Vary must contain. */
  readonly vary: readonly string[];
  readonly fields: HeaderList;
}

/** Whether pages of this request's origin may read the response. Never for an opaque origin, or for two origins. */
export const isGranted = (cors: Cors, headers: HeaderList): boolean =>
  grantedOrigin(cors, headers) !== undefined;

/** The CORS fields of the response to any request except a granted preflight. */
export function corsHeaders(cors: Cors, headers: HeaderList): CorsHeaders {
  const origin = grantedOrigin(cors, headers);
  if (origin === undefined) return NOT_GRANTED;
  return {
    vary: ORIGIN,
    fields: [...grantFields(cors, origin), ['access-control-expose-headers', cors.exposed]],
  };
}

/**
 * The CORS fields of the response to a granted preflight: the page may send the request that the preflight announces.
 * That request gets its own decision when it arrives.
 */
export function preflightHeaders(cors: Cors, { headers }: HttpRequest): CorsHeaders {
  const origin = grantedOrigin(cors, headers);
  if (origin === undefined) return NOT_GRANTED;
  const methods = tokensOf(headerValues(headers, REQUEST_METHOD)).slice(0, 1);
  const names = tokensOf(headerValues(headers, REQUEST_HEADERS));
  const fields: [string, string][] = [];
  if (methods.length > 0) fields.push(['access-control-allow-methods', methods.join(', ')]);
  if (names.length > 0) fields.push(['access-control-allow-headers', names.join(', ')]);
  fields.push(['access-control-max-age', String(cors.maxAgeSeconds)]);
  return { vary: PREFLIGHT, fields: [...grantFields(cors, origin), ...fields] };
}

/** Replaces the response's own CORS fields, so that an upstream cannot grant what the policy does not. */
export const withCors = (response: HttpResponse, { vary, fields }: CorsHeaders): HttpResponse => ({
  ...response,
  headers: [
    ...response.headers.filter(([name]) => name !== 'vary' && !name.startsWith('access-control-')),
    ['vary', mergedVary(headerValues(response.headers, 'vary'), vary)],
    ...fields,
  ],
});

const REQUEST_METHOD = 'access-control-request-method';
const REQUEST_HEADERS = 'access-control-request-headers';

const ORIGIN = ['Origin'];
/** Caches in front may store responses to OPTIONS, whatever RFC 9110 §9.3.7 says. */
const PREFLIGHT = ['Origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers'];

const NOT_GRANTED: CorsHeaders = { vary: ORIGIN, fields: [] };

/** A serialized origin (RFC 6454 §6.2) of any scheme, other than `null`. */
const SERIALIZED = /^[a-z][a-z0-9+.-]*:\/\/[^\s/,]+$/i;

/** The value of Access-Control-Allow-Origin; undefined if the response must not have the field. */
function grantedOrigin({ origins }: Cors, headers: HeaderList): string | undefined {
  const origin = soleValue(headers, 'origin');
  if (typeof origin !== 'string') return undefined;
  if (origins === '*') return SERIALIZED.test(origin) ? '*' : undefined;
  return origins.has(origin) ? origin : undefined;
}

const grantFields = ({ credentials }: Cors, origin: string): HeaderList => [
  ['access-control-allow-origin', origin],
  ...(credentials ? [['access-control-allow-credentials', 'true'] as const] : []),
];

/**
 * The most names that the response to one preflight repeats, and the most characters of each. No real page sends more.
 */
export const MAX_TOKENS = 64;
export const MAX_TOKEN = 128;

/** token of RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * The distinct tokens of a list, without `*`, which would allow them all. Browsers then block a request that needs one
 * that is left out.
 */
function tokensOf(values: readonly string[]): string[] {
  const tokens = values
    .flatMap((value) => value.split(','))
    .map((token) => token.trim())
    .filter((token) => token !== '*' && token.length <= MAX_TOKEN && TOKEN.test(token));
  return [...new Set(tokens)].slice(0, MAX_TOKENS);
}

/** RFC 9110 §12.5.5: Vary is a list of names, or `*`, which covers them all. */
function mergedVary(values: readonly string[], names: readonly string[]): string {
  const given = values.flatMap((value) => value.split(',')).map((name) => name.trim());
  if (given.includes('*')) return '*';
  const kept = given.filter((name) => name !== '');
  const known = new Set(kept.map((name) => name.toLowerCase()));
  return [...kept, ...names.filter((name) => !known.has(name.toLowerCase()))].join(', ');
}
