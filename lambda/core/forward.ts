import { type Handled, rejected } from './answer.ts';
import type { Config } from './config/config.ts';
import type { Decision } from './decision.ts';
import { requestHeaders, responseHeaders } from './http/forwarded-headers.ts';
import type { HeaderList, HttpRequest, HttpResponse } from './http/message.ts';
import { fieldProblem } from './http/syntax.ts';
import { type Carrier, carriersOf, isBearer } from './jwt/extract.ts';
import type { Outcome } from './outcome.ts';
import { stripPrefix } from './paths/strip-prefix.ts';
import type { Route } from './routes/route.ts';
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

/** What the decision sends along. A dry run sends nothing: nobody has been let through. */
const NOBODY = { identity: undefined, identityFields: [], carrier: undefined };

/** Sends a request that was let through to its upstream, and answers with what the upstream says. */
export async function forwardAllowed(
  request: HttpRequest,
  decision: Onward,
  config: Config,
  context: Partial<Outcome>,
  effects: ForwardEffects,
): Promise<Handled> {
  const { route } = decision;
  const { identity, identityFields, carrier } = decision.kind === 'allow' ? decision : NOBODY;
  const upstream = route.upstream ?? config.upstream;
  if (upstream.kind === 'whoami') {
    const response = whoami(identity);
    return { response, outcome: { ...context, code: 'allowed', status: response.status } };
  }

  const host = config.upstreamSettings.preserveHost ? hostOf(request.headers) : [];
  const headers = [...host, ...forwardedFields(request.headers, route, carrier), ...identityFields];
  const problem = fieldProblem(headers);
  if (problem !== undefined) {
    // Not let through after all: there is nothing to report of it.
    const { reported: _, ...unreported } = context;
    return rejected({ kind: 'reject', code: 'request_invalid', reason: problem }, unreported);
  }
  const startedAt = effects.now();
  const path = upstream.basePath + (stripPrefix(request.path, route.stripPrefix) ?? request.path);
  const sent = { ...request, path, headers };
  const result = await effects.forward(sent, upstream.origin, config.upstreamSettings);
  const timed = { ...context, upstreamMs: effects.now() - startedAt };
  if (result.kind === 'failed') return rejected({ ...result, kind: 'reject' }, timed);

  const { status, body } = result.response;
  const response = { status, headers: responseHeaders(result.response.headers), body };
  return { response, outcome: { ...timed, code: 'allowed', status, upstreamStatus: status } };
}

/** The client's Host, if there is no doubt which it is. */
function hostOf(headers: HeaderList): HeaderList {
  const hosts = headers.filter(([name, value]) => name === 'host' && value !== '');
  return hosts.length === 1 ? hosts : [];
}

/** What of the client's header fields goes on, credentials being a matter of the route. */
function forwardedFields(headers: HeaderList, route: Route, carrier: Carrier | undefined): HeaderList {
  const stripped: readonly string[] = route.stripToken ? carriersOf(route.providers) : [];
  // A bearer token that the route does not verify has been verified by nobody. A dry run changes nothing.
  const bearer = carrier === 'authorization' || route.reportOnly;
  return requestHeaders(headers, carrier).filter(
    ([name, value]) => !stripped.includes(name) && (bearer || name !== 'authorization' || !isBearer(value)),
  );
}
