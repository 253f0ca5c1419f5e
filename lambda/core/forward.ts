import { type About, type Handled, rejected } from './respond.ts';
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

/** The result of sending a request to an upstream. */
export type ForwardOutcome =
  | { readonly kind: 'response'; readonly response: HttpResponse }
  | {
      readonly kind: 'failed';
      readonly code: 'upstream_error' | 'upstream_timeout' | 'upstream_response_too_large';
      readonly reason: string;
    };

/** The effects of forwarding, as parameters: core itself has none. */
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

/** A decision to forward the request. */
type Onward = Extract<Decision, { kind: 'allow' | 'report' }>;

const NO_BODY = new Uint8Array();
/** One list for all calls, because what is derived from a list is cached with it. */
const NO_PROVIDERS: readonly Provider[] = [];

/** The identity of a dry run, which sends none along: it has let nobody through. */
const NOBODY = { identity: undefined, identityFields: [], place: undefined };

export interface ForwardContext {
  readonly config: Config;
  /** What the log records about the decision. */
  readonly context: Partial<Outcome>;
  readonly about: About;
}

/** Sends an allowed request to its upstream, and returns the upstream's response. */
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
  // A preflight is forwarded with only what a browser puts in one.
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
    // The request is rejected after all, so the dry run has nothing to report.
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
