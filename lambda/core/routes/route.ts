import type { ClaimRules } from '../claim-rules.ts';
import type { Provider } from '../provider.ts';
import type { PublishedDocument } from '../resources/document.ts';
import type { Upstream } from '../upstream.ts';

/** What the policy says of the requests that it matches. */
export interface Route {
  /** The pattern, for the log; undefined for the route of requests that no other matches. */
  readonly path: string | undefined;
  /** Whether it stands for having no route, where the policy denies that. */
  readonly missing: boolean;
  /** One of these must have issued the credential. */
  readonly providers: readonly Provider[];
  /** Whether a request without credentials goes on without an identity. */
  readonly allowAnonymous: boolean;
  /** Whether a CORS preflight, which cannot carry credentials, goes on without an identity. */
  readonly allowPreflight: boolean;
  /** Whether a rejection is only reported, and the request goes on without an identity. */
  readonly reportOnly: boolean;
  readonly scopes: { readonly all: readonly string[] } | { readonly any: readonly string[] };
  readonly claims: ClaimRules;
  /** How the caller must have logged in; undefined for no matter how. */
  readonly authentication: AuthenticationLevel | undefined;
  /** Further identity headers: the field's name and the claim that it carries. */
  readonly headers: readonly (readonly [field: string, claim: string])[];
  /** Whether the credential stays here. */
  readonly stripToken: boolean;
  /** Where the requests go, if not to the upstream of all others. */
  readonly upstream: Upstream | undefined;
  /** What the upstream does not get of the path; empty for nothing. */
  readonly stripPrefix: string;
  /** What is served here in place of sending requests on. */
  readonly document: PublishedDocument | undefined;
}

/** How, and how long ago, the subject of a token must have logged in (RFC 9470). */
export interface AuthenticationLevel {
  /** One of these must be `acr`; empty for any. */
  readonly acr: readonly string[];
  /** Greatest age by `auth_time`, in seconds; undefined for any. */
  readonly maxAgeSeconds: number | undefined;
}

/** Whether requests go through it without an identity that has been verified. */
export const isOpen = ({
  allowAnonymous,
  reportOnly,
}: Pick<Route, 'allowAnonymous' | 'reportOnly'>): boolean => allowAnonymous || reportOnly;
