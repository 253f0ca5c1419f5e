import type { Code } from '../../lambda/core/codes.ts';
import { MAX_IDENTITY_VALUE } from '../../lambda/core/http/identity-headers.ts';
import { type CodeAccount, counted } from './account.ts';

/** Codes of requests that were rejected for a reason other than the token itself. */
export const REQUEST_ACCOUNTS = {
  scope_missing: {
    remedy: 'a different token',
    caller:
      'The token is valid, but lacks a scope that this operation needs. The challenge names the scopes: ask the authorization server for a token that has them.',
    operator:
      'The client has to ask for the scope, and the issuer has to grant it. If the token has it, check which claim lists it (`scope` or `scp`), and set `scopeClaim`.',
    reason: 'needs all of the scopes orders:write',
    fields: ['provider', 'kid'],
  },
  claim_mismatch: {
    remedy: 'a different token',
    caller:
      'The token is valid, but its holder may not do this: a role, a group or a tenant is missing. Have it granted, then get a new token.',
    operator:
      'The reason names the claim. Use `explain` to compare the token with `claims` of the route; roles and groups are often in a different claim than expected.',
    reason: '"tenant" does not meet the route\'s rule',
    fields: ['provider', 'kid'],
    see: { text: 'roles and groups', page: 'roles-and-groups.md' },
  },
  signed_header_missing: {
    remedy: 'a different request',
    caller:
      'This path can be called only through AWS Verified Access or the login of the load balancer. No token helps: use the address that leads through one of them.',
    operator:
      'The request lacks the signed header that the providers of the route read. The reason says whether it had a bearer token. If machines may call this path, add their provider to the route.',
    reason: 'no credential in x-amzn-ava-user-context',
    fields: [],
  },
  mcp_request_invalid: {
    remedy: 'a different request',
    caller:
      'Send one JSON-RPC message per POST, as `application/json` in UTF-8, without `Content-Encoding`, batches or repeated members. `Mcp-Method` and `Mcp-Name`, if you send them, must match the body. `subscriptions/listen` is not available here: poll instead of listening.',
    operator:
      'The reason says what was wrong, and never repeats the body. A client of revision 2025-03-26 may send batches, which are rejected; later revisions have none. Anything else comes from a faulty client, a proxy that rewrites headers or bodies, or an attempt to make the MCP server read a different tool than the one that the decision is about.',
    reason: 'Mcp-Name is not the name in "params" of the body',
    fields: ['provider', 'kid'],
    see: { text: 'MCP routes', page: 'policy.md#mcp-routes' },
  },
  method_not_allowed: {
    remedy: 'a different request',
    caller:
      'Use a method that `Allow` names. A metadata document can only be read. An MCP endpoint offers no event stream by GET: MCP clients work without it.',
    operator:
      'A client sent a method other than GET or HEAD to a metadata document of `resources`, or asked an MCP endpoint for an event stream. Streams that stay open cannot pass a load balancer and a function, and clients work without them. If one insists, give its path its own listener rule.',
    reason: 'a load balancer and a function cannot keep an event stream open',
    fields: ['provider', 'kid'],
    see: { text: 'what cannot go through', page: 'limits.md#what-cannot-go-through' },
  },
  origin_not_allowed: {
    remedy: 'the operator',
    caller:
      'The page is not allowed to send this request. Either it sends a token in a cookie to change something or to open a WebSocket, or its browser asked for permission first (a CORS preflight), or it calls an address that accepts requests only from listed pages. Outside a browser, send the token in a header, which needs no origin.',
    operator:
      'If the page is yours, add its origin to the policy: to `cors.origins` if it calls from another origin (with `"credentials": true` if it sends cookies), otherwise to `publicOrigins`. If it is not yours, the rejection is right. For every request with an `Origin`, with or without a cookie, `allowedOrigins` decides on the paths of a resource; for any other MCP message, these two lists decide.',
    reason: 'the Origin is neither in "publicOrigins" nor in "cors.origins" with "credentials": true',
    fields: [],
  },
  route_missing: {
    remedy: 'a different request',
    caller: 'No one may call this path with this method. Check both for typos.',
    operator:
      'No route matches, and the policy has `"unmatched": "deny"`, or the parameter `issuer` is `none`. Add a route, or give the caller the right path.',
    reason: 'no route matches the method and path',
    fields: [],
  },
  identity_unforwardable: {
    remedy: 'the operator',
    caller:
      'The token is valid and sufficient, but one of its claims cannot be forwarded to the service unchanged. Only the operator or the issuer can fix it.',
    operator: `The claim is longer than ${counted(MAX_IDENTITY_VALUE)} characters as a header, or contains an integer beyond 2^53. Remove it from \`headers\` of the route, or have the issuer shorten it or send it as a string.`,
    reason: 'the value of x-jwt-groups is too long',
    fields: ['provider', 'kid'],
  },
  request_invalid: {
    remedy: 'a different request',
    caller:
      'The method, the query or a header field contains characters that HTTP does not allow there. Write the method in upper case, and percent-encode such characters in the query.',
    operator:
      'The reason names the part. The load balancer itself rejects most such requests, so this is rare: a scanner, or a client with a nonstandard method.',
    reason: 'the method is not one that can be forwarded',
    fields: [],
  },
  path_invalid: {
    remedy: 'a different request',
    caller:
      'Servers disagree about what this path means: it has dot segments, double slashes, unusual escapes or a different case than the API documents. Send the path as documented.',
    operator:
      'The reason gives the other reading and both routes. Give both readings the same route, or leave the step out of `paths.readings` if nothing behind the function reads paths that way. Behind API Gateway, the event may not reveal the path.',
    reason:
      'the path matches no route, but matches the route /api/admin/* when read as "/api/admin/users" (fold): give both the same route, or leave "fold" out of paths.readings if nothing behind the function reads paths that way',
    fields: [],
    see: { text: 'paths', page: 'paths.md#when-a-path-is-rejected' },
  },
} as const satisfies Partial<Record<Code, CodeAccount>>;
