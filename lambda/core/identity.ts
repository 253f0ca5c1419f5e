import type { JsonObject } from './jwt/decode.ts';

/**
 * Claims that name the client: `client_id` (RFC 9068 §2.2), `azp` (OpenID Connect Core §2), and the claims that Okta
 * and Entra ID v1 use instead.
 */
export const CLIENT_CLAIMS = ['client_id', 'azp', 'cid', 'appid'] as const;

/** Who a verified token says is calling. */
export interface Identity {
  /** Name of the provider that the token was verified against. It tells the upstream which way the request came. */
  readonly provider: string;
  readonly issuer: string;
  /** `sub` (RFC 7519 §4.1.2). */
  readonly subject: string | undefined;
  /** The first of CLIENT_CLAIMS that the token has. */
  readonly clientId: string | undefined;
  /** `scope` (RFC 8693 §4.2), else `scp`: a string or a list. */
  readonly scopes: readonly string[];
  /** All the verified claims. */
  readonly claims: JsonObject;
}
