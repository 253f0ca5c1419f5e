import type { JsonObject } from './jwt/decode.ts';

/** Who a verified token says is calling. */
export interface Identity {
  /** Name of the provider that the token was verified against: which path the request came by. */
  readonly provider: string;
  readonly issuer: string;
  /** `sub` (RFC 7519 §4.1.2). */
  readonly subject: string | undefined;
  /** `client_id` (RFC 9068 §2.2), else `azp` (OpenID Connect Core §2). */
  readonly clientId: string | undefined;
  /** `scope` (RFC 8693 §4.2), else `scp`: a string or a list. */
  readonly scopes: readonly string[];
  /** All the verified claims. */
  readonly claims: JsonObject;
}
