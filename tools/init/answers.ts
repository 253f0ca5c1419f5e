/** What init has to know to write a policy: given as flags, answered on a terminal, or read from the issuer. */
export interface Answers {
  /** Exact values of `iss`; several if the preset has one key set for several issuers. */
  readonly issuers: readonly string[];
  /** The URL of the key set, unless discovery finds it. */
  readonly jwksUri?: string | undefined;
  readonly audience: readonly string[];
  /** For each claim, the values that a token may have. A claim is under the preset's name for it, or its own. */
  readonly claims: Readonly<Record<string, readonly string[]>>;
  /** All of these must be in the token. */
  readonly scopes: readonly string[];
  /** Path patterns. Each gets a route. */
  readonly paths: readonly string[];
  /** Undefined to leave the parameter as it is. */
  readonly upstream?: string | undefined;
}
