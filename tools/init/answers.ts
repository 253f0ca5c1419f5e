/** What init has to know to write a policy: given as flags, answered in a terminal, or read from the issuer. */
export interface Answers {
  /** Exact values of `iss`; several where the preset has one key set for several issuers. */
  readonly issuers: readonly string[];
  /** Where the key set is, if discovery is not to say. */
  readonly jwksUri?: string | undefined;
  readonly audience: readonly string[];
  /** Values by claim, of which a token must have one. A claim has the preset's name for it, or its own. */
  readonly claims: Readonly<Record<string, readonly string[]>>;
  /** All of these must be in the token. */
  readonly scopes: readonly string[];
  /** Path patterns, each of which gets a route. */
  readonly paths: readonly string[];
  /** Undefined to leave the parameter as it is. */
  readonly upstream?: string | undefined;
}
