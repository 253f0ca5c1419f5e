import type { ClaimRules } from '../claim-rules.ts';
import type { McpCondition } from '../mcp/mcp-condition.ts';
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
  /** The MCP messages that it is for; undefined for requests of any kind. */
  readonly mcp: McpCondition | undefined;
}

/** How, and how long ago, the subject of a token must have logged in (RFC 9470). */
export interface AuthenticationLevel {
  /** One of these must be `acr`; empty for any. */
  readonly acr: readonly string[];
  /** Greatest age by `auth_time`, in seconds; undefined for any. */
  readonly maxAgeSeconds: number | undefined;
}

/** A route as a request takes it. */
export interface TakenRoute extends Route {
  /**
   * The routes among which the MCP message decides, from this one up to the first that is for requests of any kind; absent
   * where path and method decide alone. All of them ask for the same identity.
   */
  readonly candidates?: readonly [Route, ...Route[]];
  /** What the log is told of the message by which it was taken. */
  readonly message?: LoggedMessage;
}

export interface LoggedMessage {
  readonly mcpMethod?: string;
  readonly mcpName?: string;
}

/** Whether two paths come to the same, whatever the message. */
export const areSame = (one: TakenRoute, other: TakenRoute): boolean =>
  one === other ||
  (one.candidates !== undefined &&
    one.candidates.length === other.candidates?.length &&
    one.candidates.every((route, index) => route === other.candidates?.[index]));

/** Whether requests go through it without an identity that has been verified. */
export const isOpen = ({
  allowAnonymous,
  reportOnly,
}: Pick<Route, 'allowAnonymous' | 'reportOnly'>): boolean => allowAnonymous || reportOnly;
