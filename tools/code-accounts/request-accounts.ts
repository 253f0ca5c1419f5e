import type { Code } from '../../lambda/core/codes.ts';
import { MAX_IDENTITY_VALUE } from '../../lambda/core/http/identity-headers.ts';
import { type CodeAccount, counted } from './account.ts';

/** Codes of requests that were refused for something else than the token itself. */
export const REQUEST_ACCOUNTS = {
  scope_missing: {
    remedy: 'another token',
    caller:
      'The token is good, but lacks a scope that this operation needs. The challenge names the scopes: ask the authorization server for a token that has them.',
    operator:
      'The client has to ask for the scope, and the issuer has to grant it. If the token does have it, see whether the issuer says `scp` or `scope`, and set `scopeClaim`.',
    reason: 'needs all of the scopes orders:write',
    fields: ['provider', 'kid'],
  },
  claim_mismatch: {
    remedy: 'another token',
    caller:
      'The token is good, but its holder may not do this: a role, a group or a tenant is missing. Have it granted, then get a new token.',
    operator:
      'The reason names the claim. Compare the token with `claims` of the route, by `explain`; roles and groups are often in another claim than expected.',
    reason: '"tenant" is not as the route requires',
    fields: ['provider', 'kid'],
    see: { text: 'roles and groups', page: 'roles-and-groups.md' },
  },
  signed_header_missing: {
    remedy: 'another request',
    caller:
      'This path can be called only through AWS Verified Access or a login at the load balancer. No token helps: use the address that leads there.',
    operator:
      'The request came another way than the providers of the route sign. The reason says whether it brought a bearer token. If machines may call this path, add their provider to the route.',
    reason: 'no credential in x-amzn-ava-user-context',
    fields: [],
  },
  origin_not_allowed: {
    remedy: 'the operator',
    caller:
      'The page that sent the request may not: it sent a token in a cookie with a method that changes something or to open a WebSocket, or its browser asked first (a CORS preflight). Outside a browser, send the token in a header, which needs no origin.',
    operator:
      'If the page is yours, add its origin to `publicOrigins` of the policy for cookies, or to `cors.origins` for pages that call from another origin (with `"credentials": true` if they send cookies). If it is not, the refusal is right.',
    reason: 'the Origin is neither in "publicOrigins" nor in "cors.origins" with "credentials": true',
    fields: [],
  },
  route_missing: {
    remedy: 'another request',
    caller: 'Nobody may call this path with this method. Look for a typing error in either.',
    operator:
      'No route matches, and the policy has `"unmatched": "deny"`, or the parameter `issuer` is `none`. Add a route, or tell the caller.',
    reason: 'no route matches the method and path',
    fields: [],
  },
  identity_unforwardable: {
    remedy: 'the operator',
    caller:
      'The token is good and suffices, but a claim of it cannot be passed on to the service unchanged. Only the operator or the issuer can put it right.',
    operator: `The claim is longer than ${counted(MAX_IDENTITY_VALUE)} characters as a header, or has an integer beyond 2^53. Take it out of \`headers\` of the route, or have the issuer shorten it or send it as a string.`,
    reason: 'the value of x-jwt-groups is too long',
    fields: ['provider', 'kid'],
  },
  request_invalid: {
    remedy: 'another request',
    caller:
      'The method, the query or a header field has characters that HTTP does not allow there. Methods are in upper case; escape such characters in a query.',
    operator:
      'The reason names the part. The load balancer refuses most such requests itself, so this is rare: a scanner, or a client with a method of its own.',
    reason: 'the method is not one that can be forwarded',
    fields: [],
  },
  path_invalid: {
    remedy: 'another request',
    caller:
      'Servers disagree about what this path means: it has dot segments, double slashes, odd escapes or another case than the API documents. Send the path as it is documented.',
    operator:
      'The reason has the other reading and both routes. Give both the same route, or leave the step out of `paths.readings` if nothing behind the function reads paths that way. Behind API Gateway the event may not say which path it is.',
    reason:
      'the path takes no route, but the route /api/admin/* when read as "/api/admin/users" (fold): give both the same route, or leave "fold" out of paths.readings if nothing behind the function reads paths that way',
    fields: [],
    see: { text: 'paths', page: 'paths.md#when-a-path-is-refused' },
  },
} as const satisfies Partial<Record<Code, CodeAccount>>;
