import { claimAt, isInexact } from '../claim-rules.ts';
import type { Identity } from '../identity.ts';
import type { Route } from '../routes/route.ts';
import { headerValue } from './header-value.ts';
import type { HeaderList } from './message.ts';

/**
 * Longest identity header that is sent, in characters. Servers commonly accept 8 KB for all header fields together.
 */
export const MAX_IDENTITY_VALUE = 4096;

/**
 * The identity as header fields for the upstream, including those that the route adds, or why one of them cannot be
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

/** Whether a claim contains, at any depth, a number that may differ from the one in the token. */
function hasInexact(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return isInexact(value);
  return Object.values(value).some(hasInexact);
}
