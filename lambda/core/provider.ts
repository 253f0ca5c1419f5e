import type { Algorithm } from './jwt/algorithms.ts';

/** An issuer of tokens and what a token of its must be like. */
export interface Provider {
  /** `default`, or its name in the policy. */
  readonly name: string;
  /** Exact values of `iss`; several where one key set serves several issuers. */
  readonly issuers: readonly string[];
  /** One of these must be in `aud`; null is the explicit opt-out. */
  readonly audience: readonly string[] | null;
  readonly algorithms: readonly Algorithm[];
  /** Accepted `typ` header parameters, lower-case, without `application/`; a token without `typ` passes. */
  readonly types: readonly string[];
  /** How far this clock and the issuer's may be apart, in seconds. */
  readonly clockToleranceSeconds: number;
  /** Key set URL, or `discover` for the one that the issuer's OIDC discovery document names. */
  readonly jwksUri: string;
}
