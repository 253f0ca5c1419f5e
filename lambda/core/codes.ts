/**
 * Every way a request can fail, in one table: it defines the status, the challenge, the code in log lines and
 * metrics, and the context of an API Gateway authorizer. A code without a status does not compile.
 */

/** `error` of a Bearer challenge (RFC 6750 §3.1, RFC 9470 §3); `none` is a challenge that names no error. */
type Challenge =
  | 'none'
  | 'invalid_request'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'insufficient_user_authentication';

export type Status = 400 | 401 | 403 | 405 | 500 | 502 | 503 | 504;

interface CodeEntry {
  readonly status: Status;
  /** What the caller may know. It must not depend on the token, the configuration or the upstream. */
  readonly detail: string;
  readonly challenge?: Challenge;
}

const invalidToken = (detail: string) => ({ status: 401, detail, challenge: 'invalid_token' }) as const;

export const CODES = {
  token_missing: { status: 401, detail: 'A bearer token is required', challenge: 'none' },
  token_ambiguous: {
    status: 400,
    detail: 'The request carries more than one credential',
    challenge: 'invalid_request',
  },
  token_malformed: invalidToken('The token is malformed'),
  algorithm_not_allowed: invalidToken('The token is signed with an algorithm that is not accepted'),
  header_unsupported: invalidToken('The token uses a header parameter that is not supported'),
  type_not_allowed: invalidToken('The token is of a type that is not accepted'),
  issuer_mismatch: invalidToken('The token is from an issuer that is not accepted'),
  key_unknown: invalidToken('The token is signed with an unknown key'),
  signature_invalid: invalidToken('The signature of the token is not valid'),
  audience_mismatch: invalidToken('The token is for another audience'),
  claim_missing: invalidToken('The token lacks a required claim'),
  claim_malformed: invalidToken('The token has a claim of the wrong type'),
  claim_not_accepted: invalidToken('The token has a claim that is not accepted'),
  token_expired: invalidToken('The token has expired'),
  token_not_yet_valid: invalidToken('The token is not valid yet'),
  token_sender_constrained: invalidToken(
    'The request does not prove possession of the key that the token is bound to',
  ),
  token_revoked: invalidToken('The token has been revoked'),

  authentication_insufficient: {
    status: 401,
    detail: 'The login behind the token is too weak or too old for this request',
    challenge: 'insufficient_user_authentication',
  },
  scope_missing: { status: 403, detail: 'The token lacks a required scope', challenge: 'insufficient_scope' },
  signed_header_missing: {
    status: 403,
    detail: 'This path requires a request signed by Verified Access or the load balancer',
  },
  claim_mismatch: { status: 403, detail: 'The token does not have the claims that this request needs' },

  request_invalid: { status: 400, detail: 'The request is malformed' },
  path_invalid: { status: 400, detail: 'The path of the request could be read as a different path' },
  mcp_request_invalid: {
    status: 400,
    detail: 'The request is not a single MCP message that can be forwarded',
  },
  method_not_allowed: { status: 405, detail: 'The method is not allowed on this path' },
  origin_not_allowed: { status: 403, detail: 'The request comes from an origin that is not allowed' },
  route_missing: { status: 403, detail: 'This method and path are not allowed' },
  identity_unforwardable: { status: 403, detail: 'The identity in the token cannot be forwarded' },

  keys_unavailable: { status: 503, detail: 'The keys for verifying tokens are unavailable' },
  config_unavailable: { status: 503, detail: 'The service is not configured' },

  upstream_error: { status: 502, detail: 'The upstream did not return a usable response' },
  upstream_timeout: { status: 504, detail: 'The upstream did not respond in time' },
  upstream_response_too_large: { status: 502, detail: "The upstream's response is too large" },

  internal_error: { status: 500, detail: 'The request could not be handled' },
} as const satisfies Record<string, CodeEntry>;

export type Code = keyof typeof CODES;

/** The row of a code, for callers that treat all rows alike. */
export const entryOf = (code: Code): CodeEntry => CODES[code];
