import type { ClaimRules } from '../claim-rules.ts';
import type { McpCondition } from '../mcp/mcp-condition.ts';
import type { Provider } from '../provider.ts';
import type { PublishedDocument } from '../resources/document.ts';
import type { Upstream } from '../upstream.ts';

/** What the policy says about the requests that a route matches. */
export interface Route {
  /** The pattern, for the log; undefined for the route of requests that no other matches. */
  readonly path: string | undefined;
  /** Whether it stands for "no route", where the policy rejects such requests. */
  readonly missing: boolean;
  /** One of these must have issued the credential. */
  readonly providers: readonly Provider[];
  /** Whether a request without credentials is forwarded without an identity. */
  readonly allowAnonymous: boolean;
  /** Whether a CORS preflight, which cannot carry credentials, is forwarded without an identity. */
  readonly allowPreflight: boolean;
  /** Whether a rejection is only reported, and the request is forwarded without an identity. */
  readonly reportOnly: boolean;
  readonly scopes: { readonly all: readonly string[] } | { readonly any: readonly string[] };
  readonly claims: ClaimRules;
  /** How the caller must have logged in; undefined if it does not matter. */
  readonly authentication: AuthenticationLevel | undefined;
  /** Additional identity headers: the field's name, and the claim that it carries. */
  readonly headers: readonly (readonly [field: string, claim: string])[];
  /** Whether the credential is kept from the upstream. */
  readonly stripToken: boolean;
  /** Where the requests go; undefined for the upstream of all others. */
  readonly upstream: Upstream | undefined;
  /** Prefix to remove from the path for the upstream; empty for none. */
  readonly stripPrefix: string;
  /** The document that is served here instead of forwarding requests. */
  readonly document: PublishedDocument | undefined;
  /** The MCP messages that it is for; undefined for requests of any kind. */
  readonly mcp: McpCondition | undefined;
}

/** How, and how long ago, the subject of a token must have logged in (RFC 9470). */
export interface AuthenticationLevel {
  /** One of these must be `acr`; empty for any. */
  readonly acr: readonly string[];
  /** Maximum age by `auth_time`, in seconds; undefined for any. */
  readonly maxAgeSeconds: number | undefined;
}

/** A route as a request matches it. */
export interface TakenRoute extends Route {
  /**
   * The routes that the MCP message chooses from: this one, up to the first that is for requests of any kind. Absent
   * where path and method alone decide. All of them require the same identity.
   */
  readonly candidates?: readonly [Route, ...Route[]];
  /** What the log records about the message that chose the route. */
  readonly message?: LoggedMessage;
}

export interface LoggedMessage {
  readonly mcpMethod?: string;
  readonly mcpName?: string;
}

/** Whether two paths have the same result, whatever the message. */
export const areSame = (one: TakenRoute, other: TakenRoute): boolean =>
  one === other ||
  (one.candidates !== undefined &&
    one.candidates.length === other.candidates?.length &&
    one.candidates.every((route, index) => route === other.candidates?.[index]));

/** Whether requests can pass it without a verified identity. */
export const isOpen = ({
  allowAnonymous,
  reportOnly,
}: Pick<Route, 'allowAnonymous' | 'reportOnly'>): boolean => allowAnonymous || reportOnly;
