import type { Identity } from '../identity.ts';
import { headerValue } from './header-value.ts';
import { type HeaderList, headerValues } from './message.ts';

/** Prefix of the identity headers. What a client sends under it never reaches the upstream. */
const RESERVED_PREFIX = 'x-jwt-';

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
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** AWS's own identity headers: plain ones, which anybody may send, and signed ones, which nobody has verified. */
const AWS_IDENTITY = /^x-amzn-(?:oidc-|ava-)/;

/** Fields that tell where a request came from: a client cannot have them dropped by naming them in Connection. */
const END_TO_END = /^(?:x-forwarded-|x-amzn-|forwarded$|authorization$|cookie$)/;

/** The identity as header fields for the upstream, or the name of the one whose value is too long to send. */
export function identityHeaders(identity: Identity): HeaderList | { tooLong: string } {
  const fields: [string, string | undefined][] = [
    ['provider', identity.provider],
    ['issuer', identity.issuer],
    ['subject', identity.subject],
    ['client-id', identity.clientId],
    ['scope', identity.scopes.length > 0 ? identity.scopes.join(' ') : undefined],
  ];
  const headers: [string, string][] = [];
  for (const [name, text] of fields) {
    if (text === undefined) continue;
    const value = headerValue(text);
    if (value.length > MAX_IDENTITY_VALUE) return { tooLong: `${RESERVED_PREFIX}${name}` };
    headers.push([`${RESERVED_PREFIX}${name}`, value]);
  }
  return headers;
}

/** The client's header fields that go on to the upstream, in their order. */
export function requestHeaders(headers: HeaderList): HeaderList {
  const named = connectionOptions(headers);
  return headers.filter(
    ([name]) => !HOP_BY_HOP.has(name) && !isIdentity(name) && (!named.has(name) || END_TO_END.test(name)),
  );
}

/** The upstream's header fields that go back to the client, in their order. */
export function responseHeaders(headers: HeaderList): HeaderList {
  const named = connectionOptions(headers);
  return headers.filter(([name]) => !HOP_BY_HOP.has(name) && !named.has(name));
}

/** To a CGI-style upstream `x_jwt_subject` is `x-jwt-subject`, so both spellings count. */
function isIdentity(name: string): boolean {
  const spelling = name.replaceAll('_', '-');
  return spelling.startsWith(RESERVED_PREFIX) || AWS_IDENTITY.test(spelling);
}

/** Field names listed in Connection, lower-case (RFC 9110 §7.6.1). */
function connectionOptions(headers: HeaderList): ReadonlySet<string> {
  const options = headerValues(headers, 'connection').flatMap((value) => value.split(','));
  return new Set(options.map((option) => option.trim().toLowerCase()));
}
