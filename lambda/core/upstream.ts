/** Where allowed requests go. */
export type Upstream =
  /** Returns the verified identity, for a deployment that has no upstream yet. */
  | { readonly kind: 'whoami' }
  /**
   * Scheme, host and port, and the prefix of every path, without a slash at its end. Nothing in a request can change
   * them.
   */
  | { readonly kind: 'origin'; readonly origin: URL; readonly basePath: string };

/** How upstreams are called. */
export interface UpstreamSettings {
  /** Whether upstreams get the Host that the client sent. */
  readonly preserveHost: boolean;
  /** Whether header fields that name another method or path reach upstreams (X-HTTP-Method-Override and the like). */
  readonly keepOverrides: boolean;
  /** Whether to forward X-Forwarded-Host and the like unchanged, for a proxy in front that sets them. */
  readonly trustForwardedHost: boolean;
  /** Certificates in PEM form to trust in place of the public authorities. */
  readonly ca: string | undefined;
  /** How long the first byte of a response may take, in seconds; undefined for as long as the invocation lasts. */
  readonly firstByteTimeoutSeconds: number | undefined;
}
