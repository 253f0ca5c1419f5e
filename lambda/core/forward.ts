import { type About, type Handled, rejected } from './answer.ts';
import type { Config } from './config/config.ts';
import type { Decision } from './decision.ts';
import { hostOf, requestHeaders, responseHeaders } from './http/forwarded-headers.ts';
import type { HttpRequest, HttpResponse } from './http/message.ts';
import { REQUEST_ID } from './http/request-id.ts';
import { isPreflight } from './http/preflight.ts';
import { fieldProblem } from './http/syntax.ts';
import { isSigned } from './credentials/place.ts';
import { withholdCredentials } from './credentials/withhold.ts';
import type { Outcome } from './outcome.ts';
import { stripPrefix } from './paths/strip-prefix.ts';
import type { Provider } from './provider.ts';
import type { UpstreamSettings } from './upstream.ts';
import { whoami } from './whoami.ts';

/** What an upstream made of a request. */
export type ForwardOutcome =
  | { readonly kind: 'response'; readonly response: HttpResponse }
  | {
      readonly kind: 'failed';
      readonly code: 'upstream_error' | 'upstream_timeout' | 'upstream_response_too_large';
      readonly reason: string;
    };

/** What forwarding does to the world, so that core does nothing to it. */
export interface ForwardEffects {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Sends the request to the origin. Must not reject. */
  readonly forward: (
    request: HttpRequest,
    origin: URL,
    settings: UpstreamSettings,
  ) => Promise<ForwardOutcome>;
}

/** A decision by which a request goes on. */
type Onward = Extract<Decision, { kind: 'allow' | 'report' }>;

const NO_BODY = new Uint8Array();
/** Always the same list: what is derived from a list is kept with it. */
const NO_PROVIDERS: readonly Provider[] = [];

/** What the decision sends along. A dry run sends nothing: nobody has been let through. */
const NOBODY = { identity: undefined, identityFields: [], place: undefined };

export interface ForwardContext {
  readonly config: Config;
  /** What the log is told of the decision. */
  readonly context: Partial<Outcome>;
  readonly about: About;
}

/** Sends a request that was let through to its upstream, and answers with what the upstream says. */
export async function forwardAllowed(
  request: HttpRequest,
  decision: Onward,
  { config, context, about }: ForwardContext,
  effects: ForwardEffects,
): Promise<Handled> {
  const { route } = decision;
  const { identity, identityFields, place } = decision.kind === 'allow' ? decision : NOBODY;
  const upstream = route.upstream ?? config.upstream;
  if (upstream.kind === 'whoami') {
    const response = whoami(identity);
    return { response, outcome: { ...context, code: 'allowed', status: response.status }, about };
  }

  const settings = config.upstreamSettings;
  // A preflight says no more than a browser says in it.
  const bare = isPreflight(request);
  const stripped = withholdCredentials(request, {
    providers: config.providers,
    verified: place,
    // A dry run changes nothing.
    unverified: route.reportOnly,
    stripped: route.stripToken ? route.providers : NO_PROVIDERS,
  });
  const host = settings.preserveHost ? hostOf(request.headers) : undefined;
  const headers = [
    ...(host === undefined ? [] : [['host', host] as const]),
    ...requestHeaders(stripped.headers, {
      verified: place !== undefined && isSigned(place) && !route.stripToken ? place.name : undefined,
      keepOverrides: settings.keepOverrides && !bare,
      trustForwardedHost: settings.trustForwardedHost,
    }),
    ...identityFields,
    [REQUEST_ID, about.requestId] as const,
  ];
  const problem = fieldProblem(headers);
  if (problem !== undefined) {
    // Not let through after all: there is nothing to report of it.
    const { reported: _, ...unreported } = context;
    return rejected({ kind: 'reject', code: 'request_invalid', reason: problem }, unreported, about);
  }
  const startedAt = effects.now();
  const { query } = stripped;
  const path = upstream.basePath + (stripPrefix(request.path, route.stripPrefix) ?? request.path);
  const body = bare ? NO_BODY : request.body;
  const sent = { ...request, path, query, headers, body };
  const result = await effects.forward(sent, upstream.origin, settings);
  const timed = { ...context, upstreamMs: effects.now() - startedAt };
  if (result.kind === 'failed') return rejected({ ...result, kind: 'reject' }, timed, about);

  const { status, headers: fields, body: content } = result.response;
  const response = { status, headers: responseHeaders(fields), body: content };
  return { response, outcome: { ...timed, code: 'allowed', status, upstreamStatus: status }, about };
}
