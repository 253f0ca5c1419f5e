import type { Provider } from '../provider.ts';
import type { Revocations } from '../revocations.ts';
import type { MatchRoute } from '../routes/match.ts';

/** Where allowed requests go. */
export type Upstream =
  /** Answer with the verified identity: for a deployment that has no upstream yet. */
  | { readonly kind: 'whoami' }
  /** Scheme, host and port only; nothing in a request can change them. */
  | { readonly kind: 'origin'; readonly origin: URL };

/** How upstreams are called. */
export interface UpstreamSettings {
  /** Whether upstreams get the Host that the client sent. */
  readonly preserveHost: boolean;
  /** Certificates in PEM form to trust in place of the public authorities. */
  readonly ca: string | undefined;
  /** How long the first byte of an answer may take, in seconds; undefined for as long as the invocation lasts. */
  readonly firstByteTimeoutSeconds: number | undefined;
}

/** The whole configuration, valid and immutable: a change makes a new one. */
export interface Config {
  /** Versions of the parameters that it was parsed from, for the log. */
  readonly version: string;
  readonly providers: readonly Provider[];
  readonly matchRoute: MatchRoute;
  /** Whether a decision can differ between two requests with the same token. */
  readonly hasRoutes: boolean;
  readonly revocations: Revocations;
  /** Where requests go whose route names no upstream of its own. */
  readonly upstream: Upstream;
  readonly upstreamSettings: UpstreamSettings;
  /** What is valid and probably not meant, for the log. */
  readonly warnings: readonly string[];
}
