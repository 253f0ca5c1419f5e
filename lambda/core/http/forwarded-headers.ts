import { type HeaderList, headerValues, soleValue } from './message.ts';
import { REQUEST_ID } from './request-id.ts';

/** Fields that end at this hop (RFC 9110 §7.6.1), and fields that frame or address a message, which we write anew. */
const HOP_BY_HOP = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  // Not an HTTP field at all, but CGI programs take it for a setting of their own (CVE-2016-5385).
  'proxy',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Matches a name in every spelling that a CGI-style upstream reads as that name: to it `x_a`, `x.a` and `x-a` are the
 * same.
 */
const anySpelling = (...names: readonly string[]): string =>
  names.map((name) => name.replace(/[^a-z0-9]/g, '[^a-z0-9]')).join('|');

/** The same as a pattern for a whole name. */
export const spellingsOf = (...names: readonly string[]): RegExp =>
  new RegExp(`^(?:${anySpelling(...names)})$`);

/**
 * Fields that claim an identity: those with our own prefix, and AWS's. Of AWS's, anybody may send the plain ones,
 * nobody has verified the signed ones, and AWS does not document whether the load balancer drops a client's own
 * fields of mutual TLS.
 */
const IDENTITY = new RegExp(`^(?:${anySpelling('x-jwt-', 'x-amzn-oidc-', 'x-amzn-ava-', 'x-amzn-mtls-')})`);

/**
 * Whether no client's credential can be in this field: it ends here, is AWS's or our own, or means something else.
 */
export const isReservedField = (name: string): boolean =>
  isReservedName(name.toLowerCase().replaceAll(/[^a-z0-9]/g, '-'));

const isReservedName = (name: string): boolean =>
  HOP_BY_HOP.has(name) ||
  REQUEST_IDS.test(name) ||
  IDENTITY.test(name) ||
  OVERRIDES.test(name) ||
  FORWARDED_HOST.test(name) ||
  /^(?:cookie|origin|content-.*|x-forwarded-.*|x-amzn-.*|sec-.*|access-control-.*|via|forwarded)$/.test(name);

/**
 * Fields that make frameworks act on another method or path than the request line's, which the policy was applied to.
 */
const OVERRIDES = spellingsOf(
  // IIS, Azure, Symfony, Laminas; nginx and Envoy in front of what trusts them; Traefik and Caddy.
  'x-original-url',
  'x-rewrite-url',
  'x-original-uri',
  'x-rewrite-uri',
  'x-original-path',
  'x-original-method',
  'x-override-url',
  'x-original-request-uri',
  'x-ms-original-url',
  'x-waws-unencoded-url',
  'x-envoy-original-path',
  'x-envoy-original-method',
  'x-forwarded-uri',
  'x-forwarded-path',
  'x-forwarded-prefix',
  'x-forwarded-method',
  // Gunicorn, and servers that imitate CGI: the part in front of the path that an application sees.
  'script-name',
  'x-script-name',
  'path-info',
  // Next.js (CVE-2025-29927).
  'x-middleware-subrequest',
  'x-matched-path',
  'x-invoke-path',
  // Rack, Express, Symfony, Spring; OData; older APIs.
  'x-http-method-override',
  'x-http-method',
  'x-http-path-override',
  'x-method-override',
);

/** Fields that say which host was called, in place of Host. We set the first, in this spelling. */
const FORWARDED_HOST = spellingsOf(
  'x-forwarded-host',
  'forwarded',
  'x-host',
  'x-original-host',
  'x-http-host-override',
);
const OURS = 'x-forwarded-host';

/** A client's own id for the request would be mistaken for the one that we give it. */
const REQUEST_IDS = spellingsOf(REQUEST_ID);

export interface ForwardingOptions {
  /** Name of the field that has been verified. Other signed headers of AWS are dropped. */
  readonly verified?: string | undefined;
  /** Whether a client may name another method or path in a header field; false unless set. */
  readonly keepOverrides?: boolean;
  /** Whether the proxy in front of us is trusted to say which host was called; false unless set. */
  readonly trustForwardedHost?: boolean;
}

/**
 * The client's header fields for the upstream, in their order, with the host that the client called. Fields
 * that Connection names are included: otherwise a client could remove what a proxy in front has set.
 */
export function requestHeaders(headers: HeaderList, options: ForwardingOptions = {}): HeaderList {
  const { verified, keepOverrides = false, trustForwardedHost = false } = options;
  const kept = headers.filter(
    ([name]) =>
      !HOP_BY_HOP.has(name) &&
      !REQUEST_IDS.test(name) &&
      (name === verified || !IDENTITY.test(name)) &&
      (keepOverrides || !OVERRIDES.test(name)) &&
      (!FORWARDED_HOST.test(name) || (trustForwardedHost && name === OURS)),
  );
  const host = kept.some(([name]) => name === OURS) ? undefined : hostOf(headers);
  return [...joinCookies(kept), ...(host === undefined ? [] : [[OURS, host] as const])];
}

/** The host that the client called; undefined if that is not clear. */
export const hostOf = (headers: HeaderList): string | undefined => soleValue(headers, 'host') || undefined;

/** RFC 9113 §8.2.3: joins several Cookie fields, because most servers would read only one of them. */
function joinCookies(headers: HeaderList): HeaderList {
  const cookies = headerValues(headers, 'cookie');
  if (cookies.length < 2) return headers;
  const at = headers.findIndex(([name]) => name === 'cookie');
  return headers.flatMap((field, index) => {
    if (field[0] !== 'cookie') return [field];
    return index === at ? [['cookie', cookies.join('; ')] as const] : [];
  });
}

/** The upstream's header fields that go back to the client, in their order. */
export function responseHeaders(headers: HeaderList): HeaderList {
  const named = connectionOptions(headers);
  return headers.filter(([name]) => !HOP_BY_HOP.has(name) && !named.has(name));
}

const NONE: ReadonlySet<string> = new Set();

/** Field names listed in Connection, lower-case (RFC 9110 §7.6.1). */
function connectionOptions(headers: HeaderList): ReadonlySet<string> {
  const values = headerValues(headers, 'connection');
  if (values.length === 0) return NONE;
  const options = values.flatMap((value) => value.split(','));
  return new Set(options.map((option) => option.trim().toLowerCase()));
}
