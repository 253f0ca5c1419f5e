import type { Code } from '../../lambda/core/codes.ts';
import { MAX_TOKEN_LENGTH } from '../../lambda/core/jwt/decode.ts';
import { type CodeAccount, counted } from './account.ts';

const ROTATION = 'An issuer rotates its keys';

/** Codes of tokens that were not accepted, and of requests without one. */
export const TOKEN_ACCOUNTS = {
  token_missing: {
    remedy: 'another request',
    caller:
      'The request has no token where this path looks for one. Send `Authorization: Bearer`, a space and the token, unless the API wants tokens elsewhere.',
    operator:
      'The client sends no `Authorization` header or another scheme, or a proxy in front drops it. The reason says what was there. If tokens are sent elsewhere, compare `tokenFrom` of the provider.',
    reason: 'no credential in authorization: Authorization has the scheme Basic, not Bearer',
    fields: [],
    see: { text: 'where tokens are sent', page: 'credentials.md' },
  },
  token_ambiguous: {
    remedy: 'another request',
    caller:
      'The request has two credentials: two `Authorization` headers, two cookies of one name, or a token in the header and one in the query. Send one.',
    operator:
      'A proxy or a library adds a second credential to the one of the client. The reason names both places. None of the two was looked at.',
    reason: 'more than one Authorization header',
    fields: [],
  },
  token_malformed: {
    remedy: 'another token',
    caller: `The text that was sent is no signed JWT: three base64url parts with dots between them, at most ${counted(MAX_TOKEN_LENGTH)} characters in all. Look for quotes, line ends and a missing part.`,
    operator:
      'The client sends an opaque token, an encrypted one, or part of one. Have the authorization server issue JWT access tokens for this audience.',
    reason: 'not three segments separated by dots',
    fields: [],
  },
  algorithm_not_allowed: {
    remedy: 'another token',
    caller:
      'The token is signed with an algorithm that this service does not accept. `none` and the shared-secret algorithms (HS256 and its kin) are never accepted.',
    operator:
      'Compare `alg` of the token with `algorithms` of the provider, and with the `alg` and type of the key: the key of an `RS256` token is an RSA key.',
    reason: '"alg" is none of ES256',
    fields: ['provider'],
  },
  header_unsupported: {
    remedy: 'another token',
    caller:
      'The header of the token says that some extension must be understood (`crit`), which this service does not know, or that its payload is not encoded (`b64`).',
    operator: 'Have the issuer leave the header parameter out that the reason names.',
    reason: 'the header parameter "crit" is not supported',
    fields: ['provider'],
  },
  type_not_allowed: {
    remedy: 'another token',
    caller:
      'The token is of another kind than an access token, by its `typ`. Send the access token: an ID token is for the client, not for an API.',
    operator:
      'A client sends its ID token or a logout token. If the issuer gives its access tokens a `typ` of their own, list that in `typ` of the provider.',
    reason: '"typ" is none of jwt, at+jwt',
    fields: ['provider'],
  },
  issuer_mismatch: {
    remedy: 'another token',
    caller:
      'The token is from an authorization server that this path does not accept. Get it from the one that the API names; test and production often differ.',
    operator:
      '`iss` must be equal to the character: look for a slash at the end, `http` for `https`, another tenant or realm. The reason has what is accepted, `explain` what the token has. See also whether the route takes that provider.',
    reason: '"iss" is none of https://issuer.example',
    fields: [],
    see: { text: 'presets of identity providers', page: 'identity-providers.md' },
  },
  key_unknown: {
    remedy: 'a new token',
    caller:
      'The token is signed with a key that its issuer does not publish, or not any more. Get a new token. If a new one is refused too, wait a minute: the issuer may just have changed its keys.',
    operator:
      'Compare the `kid` of the token with the key set, by `check-config --probe`. It is the token of another environment with the same `iss`, or a key that was taken out of the set, or one that is not in it yet.',
    reason: 'no key has this "kid"',
    fields: ['provider'],
    runbook: ROTATION,
  },
  signature_invalid: {
    remedy: 'a new token',
    caller:
      'The token was changed after it was signed, or cut off, or signed with another key than its header says. Get a new token, and send it as it is.',
    operator:
      'Two environments use one `kid` for different keys, or the issuer put a new key under an old `kid` less than a minute ago. A few of these are also what scanners send.',
    reason: 'the key did not make the signature',
    fields: ['provider', 'kid', 'keySetAgeSeconds'],
    runbook: ROTATION,
  },
  audience_mismatch: {
    remedy: 'another token',
    caller:
      'The token is for another API. Ask the authorization server for one with this API as its audience (`audience`, `resource` or a scope of this API, depending on the server).',
    operator:
      'The reason has the audiences of the token and those that are accepted. Set the parameter `audience` or that of the provider, or `audienceClaim` where the issuer uses another claim, such as `client_id` for Cognito.',
    reason: '"aud" "other.example.com" has none of the accepted "api.example.com"',
    fields: ['provider', 'kid'],
  },
  claim_missing: {
    remedy: 'another token',
    caller:
      'The token lacks a claim that every token must have here. Ask whoever runs the service which one.',
    operator:
      'The reason names it: `exp`, the audience, `iat` where `maxTokenAgeSeconds` is set, or one of `requiredClaims`. Have the issuer add it, or change the policy.',
    reason: '"exp" is missing',
    fields: ['provider', 'kid'],
  },
  claim_malformed: {
    remedy: 'another token',
    caller:
      'A claim of the token is not of the type that its standard asks for. Only the issuer can put it right.',
    operator:
      'The reason names the claim. Most often times are in milliseconds or text; they must be numbers of seconds. Have the issuer put it right.',
    reason: '"exp" is not a NumericDate in seconds',
    fields: ['provider', 'kid'],
  },
  claim_not_accepted: {
    remedy: 'another token',
    caller:
      'The issuer is trusted, but not for this kind of token: a claim, such as the tenant or the repository, has a value that is not accepted on any path.',
    operator: 'The reason names the claim. Compare the token with `requiredClaims` of the provider.',
    reason: '"tenant" is not as the provider requires',
    fields: ['provider', 'kid'],
  },
  token_expired: {
    remedy: 'a new token',
    caller:
      'The token was good once, and its time is over. Get a new one, and keep tokens no longer than `expires_in` says, less some seconds.',
    operator:
      'The reason says for how long. Seconds are a matter of clocks: see `clockToleranceSeconds`. Minutes or hours are a client that keeps its token too long. `issued … ago` means that `maxTokenAgeSeconds` is what ended it.',
    reason: 'expired 5 min ago',
    fields: ['provider', 'kid'],
  },
  token_not_yet_valid: {
    remedy: 'waiting',
    caller:
      'The token becomes valid later, by its `nbf` or `iat`. If you have just got it, the clocks differ by more than is tolerated: try again in some seconds.',
    operator:
      'The reason says how far ahead. The clock of the issuer is ahead of AWS: have it put right, or raise `clockToleranceSeconds`.',
    reason: '"nbf" is 90 s ahead',
    fields: ['provider', 'kid'],
  },
  token_sender_constrained: {
    remedy: 'another token',
    caller:
      'The token is bound to a key of the client (`cnf`: DPoP or mutual TLS), which this service does not check. Get a plain bearer token.',
    operator: 'Have the authorization server issue plain bearer tokens for this audience or client.',
    reason: '"cnf" asks for a proof of possession',
    fields: ['provider', 'kid'],
  },
  token_revoked: {
    remedy: 'a new token',
    caller:
      'The token was revoked before its time, perhaps by a logout. Get a new one. If that is refused too, it is the client or the subject that is locked out.',
    operator: 'The parameter `revocations` has it; the reason says by which entry.',
    reason: '"jti" is revoked',
    fields: ['provider', 'kid'],
    runbook: 'A token must be revoked now',
  },
} as const satisfies Partial<Record<Code, CodeAccount>>;
