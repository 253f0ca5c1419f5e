import type { Code } from '../../lambda/core/codes.ts';
import { MAX_TOKEN_LENGTH } from '../../lambda/core/jwt/decode.ts';
import { type CodeAccount, counted } from './account.ts';

const ROTATION = 'An issuer rotates its keys';

/** Codes of tokens that were not accepted, and of requests without one. */
export const TOKEN_ACCOUNTS = {
  token_missing: {
    remedy: 'a different request',
    caller:
      'The request has no token where this path looks for one. Send `Authorization: Bearer`, a space and the token, unless the API documents another place.',
    operator:
      'The client sends no `Authorization` header, or one with another scheme, or a proxy in front drops it. The reason says what was found. If clients send their tokens elsewhere, check `tokenFrom` of the provider.',
    reason: 'no credential in authorization: Authorization has the scheme Basic, not Bearer',
    fields: [],
    see: { text: 'where tokens are sent', page: 'credentials.md' },
  },
  token_ambiguous: {
    remedy: 'a different request',
    caller:
      'The request has two credentials: two `Authorization` headers, two cookies with the same name, or one token in the header and another in the query. Send only one.',
    operator:
      "A proxy or a library adds a second credential to the client's own. The reason says where they were. Neither was checked.",
    reason: 'more than one Authorization header',
    fields: [],
  },
  token_malformed: {
    remedy: 'a different token',
    caller: `What was sent is not a signed JWT: three base64url parts separated by dots, at most ${counted(MAX_TOKEN_LENGTH)} characters in total. Look for quotes, line breaks or a missing part.`,
    operator:
      'The client sends an opaque or an encrypted token, or only part of one. Have the authorization server issue JWT access tokens for this audience.',
    reason: 'not three segments separated by dots',
    fields: [],
  },
  algorithm_not_allowed: {
    remedy: 'a different token',
    caller:
      'The token is signed with an algorithm that this service does not accept. `none` and the shared-secret algorithms (HS256, HS384, HS512) are never accepted.',
    operator:
      'Compare `alg` of the token with `algorithms` of the provider, and with the `alg` and type of the key: an `RS256` token needs an RSA key.',
    reason: '"alg" is not accepted (accepted: ES256)',
    fields: ['provider'],
  },
  header_unsupported: {
    remedy: 'a different token',
    caller:
      'The header of the token requires an extension that this service does not support (`crit`), or says that the payload is not encoded (`b64`).',
    operator: 'Have the issuer leave out the header parameter that the reason names.',
    reason: 'the header parameter "crit" is not supported',
    fields: ['provider'],
  },
  type_not_allowed: {
    remedy: 'a different token',
    caller:
      'Judging by its `typ`, the token is not an access token. Send the access token: an ID token is for the client, not for an API.',
    operator:
      'A client sends its ID token or a logout token. If the issuer gives its access tokens their own `typ`, list it in `typ` of the provider.',
    reason: '"typ" is not accepted (accepted: jwt, at+jwt)',
    fields: ['provider'],
  },
  issuer_mismatch: {
    remedy: 'a different token',
    caller:
      'The token is from an authorization server that this path does not accept. Get the token from the one that the API documents; test and production often have different ones.',
    operator:
      '`iss` must match character for character: look for a trailing slash, `http` instead of `https`, or another tenant or realm. The reason lists the accepted issuers, and `explain` shows the one in the token. Also check that the route accepts that provider.',
    reason: '"iss" is not accepted (accepted: https://issuer.example)',
    fields: [],
    see: { text: 'presets of identity providers', page: 'identity-providers.md' },
  },
  key_unknown: {
    remedy: 'a new token',
    caller:
      'The token is signed with a key that its issuer does not publish, or no longer publishes. Get a new token. If that is rejected too, wait a minute: the issuer may have just changed its keys.',
    operator:
      'Compare the `kid` of the token with the keys that `check-config --probe` lists. Either the token is from another environment with the same `iss`, or its key has been removed from the set, or it has not been added yet.',
    reason: 'no key has this "kid"',
    fields: ['provider'],
    runbook: ROTATION,
  },
  signature_invalid: {
    remedy: 'a new token',
    caller:
      'The token was changed after it was signed, or was cut off, or was signed with a different key than its header says. Get a new token, and send it unchanged.',
    operator:
      'Two environments use the same `kid` for different keys, or the issuer put a new key under an old `kid` less than a minute ago. Scanners cause a few of these too.',
    reason: 'the signature does not match the key',
    fields: ['provider', 'kid', 'keySetAgeSeconds'],
    runbook: ROTATION,
  },
  audience_mismatch: {
    remedy: 'a different token',
    caller:
      'The token is for another API. Ask the authorization server for one whose audience is this API (with `audience`, `resource` or a scope of this API, depending on the server).',
    operator:
      'The reason lists the audiences of the token and the accepted ones. Set the parameter `audience` or `audience` of the provider, or `audienceClaim` if the issuer uses another claim, as Cognito does with `client_id`.',
    reason: '"aud" "other.example.com" has none of the accepted "api.example.com"',
    fields: ['provider', 'kid'],
  },
  claim_missing: {
    remedy: 'a different token',
    caller: 'The token lacks a claim that this service requires. Ask its operator which one.',
    operator:
      'The reason names it: `exp`, the audience, `iat` where `maxTokenAgeSeconds` is set, or one of `requiredClaims`. Have the issuer add it, or change the policy.',
    reason: '"exp" is missing',
    fields: ['provider', 'kid'],
  },
  claim_malformed: {
    remedy: 'a different token',
    caller: 'A claim of the token has the wrong type. Only the issuer can fix it.',
    operator:
      'The reason names the claim. Most often a time is in milliseconds or in quotes; it must be a number of seconds. Have the issuer fix it.',
    reason: '"exp" is not a NumericDate in seconds',
    fields: ['provider', 'kid'],
  },
  claim_not_accepted: {
    remedy: 'a different token',
    caller:
      'The issuer is trusted, but not for tokens like this one: a claim, such as the tenant or the repository, has a value that is not accepted.',
    operator: 'The reason names the claim. Compare the token with `requiredClaims` of the provider.',
    reason: '"tenant" does not meet the provider\'s rule',
    fields: ['provider', 'kid'],
  },
  token_expired: {
    remedy: 'a new token',
    caller:
      'The token has expired. Get a new one, and use each token no longer than its `expires_in`, minus a few seconds.',
    operator:
      'The reason says how long ago. A few seconds suggest that the clocks differ: see `clockToleranceSeconds`. Minutes or hours mean that the client keeps its token too long. `issued … ago` means that the token is older than `maxTokenAgeSeconds`.',
    reason: 'expired 5 min ago',
    fields: ['provider', 'kid'],
  },
  token_not_yet_valid: {
    remedy: 'waiting',
    caller:
      'According to its `nbf` or `iat`, the token is not valid yet. If it is new, the clocks differ by more than is tolerated: try again in a few seconds.',
    operator:
      "The issuer's clock is ahead of AWS's; the reason says how far. Have it corrected, or raise `clockToleranceSeconds`.",
    reason: '"nbf" is 90 s ahead',
    fields: ['provider', 'kid'],
  },
  token_sender_constrained: {
    remedy: 'a different token',
    caller:
      'The token is bound to a key of the client (`cnf`: DPoP or mutual TLS), and this service does not check that. Get a plain bearer token.',
    operator: 'Have the authorization server issue plain bearer tokens for this audience or client.',
    reason: '"cnf" asks for a proof of possession',
    fields: ['provider', 'kid'],
  },
  token_revoked: {
    remedy: 'a new token',
    caller:
      'The token was revoked before it expired, perhaps by a logout. Get a new one. If that is rejected too, the client or the subject is locked out.',
    operator: 'It matches an entry of the parameter `revocations`; the reason says which kind.',
    reason: '"jti" is revoked',
    fields: ['provider', 'kid'],
    runbook: 'A token must be revoked now',
  },
  authentication_insufficient: {
    remedy: 'a different token',
    caller:
      'The token is valid, but its login was too weak or too long ago for this operation. Send the user to the authorization server again, with the `acr_values` and `max_age` of the challenge, and repeat the request with the new token.',
    operator:
      'Compare `acr` and `auth_time` of the token with `acr` and `maxAuthAgeSeconds` of the route. The issuer has to put both into access tokens: a missing `auth_time`, or one in the future, counts as too long ago. Tokens without a user login, such as those from the client credentials grant, have neither.',
    reason: '"acr" is not accepted (accepted: urn:example:mfa)',
    fields: ['provider', 'kid'],
    see: { text: 'step-up', page: 'policy.md#step-up' },
  },
} as const satisfies Partial<Record<Code, CodeAccount>>;
