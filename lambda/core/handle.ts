import type { Trace } from './authenticate.ts';
import { type AuthorizationContext, authorize } from './authorize.ts';
import type { Code } from './codes.ts';
import type { Config, UpstreamSettings } from './config/config.ts';
import type { Decision, Rejection, Unavailability } from './decision.ts';
import { identityHeaders, requestHeaders, responseHeaders } from './http/forwarded-headers.ts';
import type { HeaderList, HttpRequest, HttpResponse } from './http/message.ts';
import { fieldProblem } from './http/syntax.ts';
import type { Identity } from './identity.ts';
import { type Carrier, carriersOf, isBearer } from './jwt/extract.ts';
import { problemResponse } from './problem.ts';
import type { Route } from './routes/route.ts';

/** What an upstream made of a request. */
export type ForwardOutcome =
  | { readonly kind: 'response'; readonly response: HttpResponse }
  | {
      readonly kind: 'failed';
      readonly code: 'upstream_error' | 'upstream_timeout' | 'upstream_response_too_large';
      readonly reason: string;
    };

export type ConfigLookup =
  | { readonly kind: 'config'; readonly config: Config }
  | { readonly kind: 'unavailable'; readonly reason: string; readonly retryAfterSeconds: number };

/** Everything that deciding on a request does to the world, so that core does nothing to it. */
export interface DecisionEffects extends AuthorizationContext {
  readonly config: () => Promise<ConfigLookup>;
}

/** The same for handling one. */
export interface Effects extends DecisionEffects {
  /** Sends the request to the origin. Must not reject. */
  readonly forward: (
    request: HttpRequest,
    origin: URL,
    settings: UpstreamSettings,
  ) => Promise<ForwardOutcome>;
}

/** One line of the log: all that an operator needs to tell a caller why. */
export interface Outcome extends Readonly<Trace> {
  readonly code: Code | 'allowed';
  readonly status: number;
  readonly reason?: string;
  /** The code of the rejection that a report-only route has let through. */
  readonly reported?: Code;
  /** Pattern of the route; absent where none matched. */
  readonly route?: string;
  readonly configVersion?: string;
  readonly upstreamStatus?: number;
  readonly upstreamMs?: number;
}

export interface Handled {
  readonly response: HttpResponse;
  readonly outcome: Outcome;
}

/** A decision and the configuration that it was made by; without configuration there is only the one. */
export type Decided =
  | { readonly decision: Decision; readonly config: Config }
  | { readonly decision: Unavailability; readonly config?: undefined };

/** Decides on a request, then forwards or rejects it. */
export async function handle(request: HttpRequest, effects: Effects): Promise<Handled> {
  const decided = await decide(request, effects);
  const context = contextOf(decided);
  if (decided.config === undefined) return rejected(decided.decision, context);
  const { decision, config } = decided;
  switch (decision.kind) {
    case 'reject':
    case 'unavailable':
      return rejected(decision, context);
    case 'report':
    case 'allow':
      return forwardTo(config, request, passenger(decision), context, effects);
    default:
      return decision satisfies never;
  }
}

/** The decision without its consequences: all that an API Gateway authorizer needs. */
export async function decide(request: HttpRequest, effects: DecisionEffects): Promise<Decided> {
  const lookup = await effects.config();
  if (lookup.kind === 'unavailable') {
    const { reason, retryAfterSeconds } = lookup;
    return { decision: { kind: 'unavailable', code: 'config_unavailable', reason, retryAfterSeconds } };
  }
  return { decision: await authorize(request, lookup.config, effects), config: lookup.config };
}

/** What the log is told of a decision, whatever follows from it. */
export function contextOf({ decision, config }: Decided): Partial<Outcome> {
  if (config === undefined) return {};
  const { route } = decision;
  const rejection = decision.kind === 'report' ? decision.rejection : undefined;
  return {
    configVersion: config.version,
    ...(route?.path !== undefined && { route: route.path }),
    ...(rejection && { reported: rejection.code, reason: rejection.reason }),
    ...(decision.kind === 'report' ? decision.rejection : decision).trace,
  };
}

type Context = Partial<Outcome>;

/** What goes along with a request that goes on. */
interface Passenger {
  readonly route: Route;
  readonly identity: Identity | undefined;
  readonly carrier: Carrier | undefined;
}

function passenger(decision: Extract<Decision, { kind: 'allow' | 'report' }>): Passenger {
  if (decision.kind === 'allow') return decision;
  return { route: decision.route, identity: undefined, carrier: undefined };
}

async function forwardTo(
  config: Config,
  request: HttpRequest,
  { route, identity, carrier }: Passenger,
  context: Context,
  effects: Effects,
): Promise<Handled> {
  const fields = identity === undefined ? [] : identityHeaders(identity, route);
  if ('tooLong' in fields) {
    const code = 'identity_unforwardable';
    const reason = `the value of ${fields.tooLong} is too long`;
    if (!route.reportOnly) return rejected({ kind: 'reject', code, reason }, context);
    const nobody = { route, identity: undefined, carrier: undefined };
    return forwardTo(config, request, nobody, { ...context, reported: code, reason }, effects);
  }
  const upstream = route.upstream ?? config.upstream;
  if (upstream.kind === 'whoami') {
    const response = whoami(identity);
    return { response, outcome: { ...context, code: 'allowed', status: response.status } };
  }

  const host = config.upstreamSettings.preserveHost ? hostOf(request.headers) : [];
  const headers = [...host, ...forwardedFields(request.headers, route, carrier), ...fields];
  const problem = fieldProblem(headers);
  if (problem !== undefined) {
    // Not let through after all: there is nothing to report of it.
    const { reported: _, ...unreported } = context;
    return rejected({ kind: 'reject', code: 'request_invalid', reason: problem }, unreported);
  }
  const startedAt = effects.now();
  const result = await effects.forward({ ...request, headers }, upstream.origin, config.upstreamSettings);
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

function rejected(rejection: Rejection | Unavailability, context: Context): Handled {
  const { code, reason } = rejection;
  const response = problemResponse(code, {
    ...('retryAfterSeconds' in rejection && { retryAfterSeconds: rejection.retryAfterSeconds }),
    ...('scope' in rejection && rejection.scope !== undefined && { scope: rejection.scope }),
  });
  return { response, outcome: { ...context, code, status: response.status, reason } };
}

/** In place of an answer that the load balancer would refuse. */
export function responseTooLarge(outcome: Outcome): Handled {
  const reason = 'the answer is larger than the load balancer takes';
  return rejected({ kind: 'reject', code: 'upstream_response_too_large', reason }, outcome);
}

/** In place of an answer that a bug has kept from being. */
export const internalError = (): Handled =>
  rejected({ kind: 'reject', code: 'internal_error', reason: 'see the error logged before' }, {});

/** The answer where no upstream is set: who the token says is calling, or an empty object for nobody. */
function whoami(identity: Identity | undefined): HttpResponse {
  const body = identity && {
    provider: identity.provider,
    issuer: identity.issuer,
    subject: identity.subject,
    client_id: identity.clientId,
    scope: identity.scopes.join(' '),
    claims: identity.claims,
  };
  return {
    status: 200,
    headers: [
      ['content-type', 'application/json'],
      ['cache-control', 'no-store'],
    ],
    body: Buffer.from(JSON.stringify(body ?? {})),
  };
}
