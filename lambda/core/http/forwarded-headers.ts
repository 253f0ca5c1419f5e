import { claimAt, isInexact } from '../claim-rules.ts';
import type { Identity } from '../identity.ts';
import type { Carrier } from '../jwt/extract.ts';
import type { Route } from '../routes/route.ts';
import { headerValue } from './header-value.ts';
import { type HeaderList, headerValues } from './message.ts';

/**
 * Prefix of the identity headers. What a client sends under it never reaches the upstream: in no spelling, since
 * to a CGI-style one `x_jwt_subject` and `x.jwt.subject` are `x-jwt-subject`.
 */
const RESERVED = /^x[^a-z0-9]jwt[^a-z0-9]/;

/** Longest identity header that is sent, in characters. Servers commonly stop at 8 KB for a whole header. */
export const MAX_IDENTITY_VALUE = 4096;

/** Fields that end at this hop (RFC 9110 §7.6.1), and those that frame or address a message that we write anew. */
const HOP_BY_HOP = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  // Not of HTTP at all, but CGI programs take it for a setting of their own (CVE-2016-5385).
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
 * AWS's own identity headers: plain ones, which anybody may send, signed ones, which nobody has verified, and
 * those of mutual TLS, of which it is not documented whether the load balancer drops a client's own. In any
 * spelling, too.
 */
const AWS_IDENTITY = /^x[^a-z0-9]amzn[^a-z0-9](?:oidc|ava|mtls)[^a-z0-9]/;

/** Fields that tell where a request came from: a client cannot have them dropped by naming them in Connection. */
const END_TO_END = /^(?:x-forwarded-|x-amzn-|forwarded$|authorization$|cookie$)/;

/**
 * The identity as header fields for the upstream, with those that the route adds, or why one of them cannot be
 * sent.
 */
export function identityHeaders(identity: Identity, route: Route): HeaderList | { unforwardable: string } {
  const fields: [string, unknown][] = [
    ['x-jwt-provider', identity.provider],
    ['x-jwt-issuer', identity.issuer],
    ['x-jwt-subject', identity.subject],
    ['x-jwt-client-id', identity.clientId],
    ['x-jwt-scope', identity.scopes.length > 0 ? identity.scopes.join(' ') : undefined],
    ...route.headers.map(([field, claim]): [string, unknown] => [field, claimAt(identity.claims, claim)]),
  ];
  const headers: [string, string][] = [];
  for (const [name, content] of fields) {
    if (content === undefined) continue;
    if (hasInexact(content)) return { unforwardable: `the value of ${name} has an integer beyond 2^53` };
    const value = headerValue(typeof content === 'string' ? content : JSON.stringify(content));
    if (value.length > MAX_IDENTITY_VALUE) return { unforwardable: `the value of ${name} is too long` };
    headers.push([name, value]);
  }
  return headers;
}

/** Whether a claim has, at any depth, a number that is not surely the one in the token. */
function hasInexact(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return isInexact(value);
  return Object.values(value).some(hasInexact);
}

/**
 * The client's header fields that go on to the upstream, in their order. `verified` is where the verified
 * credential came: AWS's signed header goes on only if it is that one.
 */
export function requestHeaders(headers: HeaderList, verified: Carrier | undefined): HeaderList {
  const named = connectionOptions(headers);
  return headers.filter(
    ([name]) =>
      !HOP_BY_HOP.has(name) &&
      (name === verified || !isIdentity(name)) &&
      (!named.has(name) || END_TO_END.test(name)),
  );
}

/** The upstream's header fields that go back to the client, in their order. */
export function responseHeaders(headers: HeaderList): HeaderList {
  const named = connectionOptions(headers);
  return headers.filter(([name]) => !HOP_BY_HOP.has(name) && !named.has(name));
}

const isIdentity = (name: string): boolean => RESERVED.test(name) || AWS_IDENTITY.test(name);

const NONE: ReadonlySet<string> = new Set();

/** Field names listed in Connection, lower-case (RFC 9110 §7.6.1). */
function connectionOptions(headers: HeaderList): ReadonlySet<string> {
  const values = headerValues(headers, 'connection');
  if (values.length === 0) return NONE;
  const options = values.flatMap((value) => value.split(','));
  return new Set(options.map((option) => option.trim().toLowerCase()));
}
