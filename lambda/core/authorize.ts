import { type AuthenticationContext, authenticate } from './authenticate.ts';
import { type Awaitable, andThen } from './awaitable.ts';
import { unmetRule } from './claim-rules.ts';
import type { Code } from './codes.ts';
import type { Config } from './config/config.ts';
import { checkAuthentication } from './authentication-level.ts';
import type { DirectResponse, Decision, Preflight, Publication, Rejection } from './decision.ts';
import { type Cors, isGranted } from './http/cors.ts';
import { identityHeaders } from './http/identity-headers.ts';
import type { HttpRequest } from './http/message.ts';
import { isPreflight } from './http/preflight.ts';
import { requestLineProblem } from './http/syntax.ts';
import type { Identity } from './identity.ts';
import { extractCredential, reasonOfNone } from './credentials/extract.ts';
import { originProblem } from './credentials/origin.ts';
import { judgeRequest } from './mcp/event-stream.ts';
import { routeOfDryRun, routeToAskFor, takeRoute } from './mcp/take-route.ts';
import { isPathProblem, type JudgePath } from './paths/judge-path.ts';
import { hasKeySet, type Provider } from './provider.ts';
import { withResource } from './resources/challenge.ts';
import { DOCUMENT_METHODS, METHOD_REASON, takesMethod } from './resources/document.ts';
import { pageProblem, pagesFor } from './resources/origin.ts';
import type { Resource } from './resources/resource.ts';
import type { Route, TakenRoute } from './routes/route.ts';

/** What a decision needs from outside core. */
export type AuthorizationContext = Pick<AuthenticationContext, 'resolveKeys' | 'memory' | 'now'>;

/**
 * The whole decision on one request: which route it matches, who is calling, and whether the route lets them through. A
 * CORS preflight counts as any other request here, because an authorizer cannot respond to one.
 */
export function authorize(
  request: HttpRequest,
  config: Config,
  context: AuthorizationContext,
): Awaitable<Decision> {
  const route = chooseRoute(request, config, config.judgePath);
  return 'kind' in route ? route : decideOn(route, request, config, context);
}

/**
 * The same for a function that also responds to requests itself: it serves documents and, if the policy has `cors`,
 * handles preflights.
 */
export function authorizeOrRespond(
  request: HttpRequest,
  config: Config,
  context: AuthorizationContext,
): Awaitable<Decision | DirectResponse> {
  const route = chooseRoute(request, config, config.judgePathWithDocuments ?? config.judgePath);
  if ('kind' in route) return route;
  if (route.document !== undefined) return judgeDocument(route, route.document, request);
  return config.cors !== undefined && isPreflight(request)
    ? judgePreflight(config.cors, request)
    : decideOn(route, request, config, context);
}

/**
 * A rejection here holds in report-only mode too: a request that can be read in two ways has no one route whose mode
 * could apply.
 */
function chooseRoute(request: HttpRequest, { hasMcp }: Config, judgePath: JudgePath): TakenRoute | Rejection {
  const problem = requestLineProblem(request);
  if (problem !== undefined) return { kind: 'reject', code: 'request_invalid', reason: problem };
  const route = judgeRequest(request, { judgePath, hasMcp });
  return isPathProblem(route) ? { kind: 'reject', code: 'path_invalid', reason: route.problem } : route;
}

/**
 * A rejection here holds in report-only mode too: a dry run lets requests through, but does not change which pages may
 * read the responses. The announced request gets its own route and decision when it arrives.
 */
export const judgePreflight = (cors: Cors, { headers }: HttpRequest): Preflight | Rejection =>
  isGranted(cors, headers)
    ? { kind: 'preflight' }
    : {
        kind: 'reject',
        code: 'origin_not_allowed',
        reason: 'the Origin of the CORS preflight is not in "cors.origins"',
      };

/** A document is public, so only the method matters. */
const judgeDocument = (
  route: Route,
  document: Publication['document'],
  request: HttpRequest,
): Publication | (Rejection & { readonly route: Route }) =>
  takesMethod(request)
    ? { kind: 'document', route, document }
    : {
        kind: 'reject',
        code: 'method_not_allowed',
        reason: METHOD_REASON,
        allow: DOCUMENT_METHODS,
        route,
      };

function decideOn(
  route: TakenRoute,
  request: HttpRequest,
  config: Config,
  context: AuthorizationContext,
): Awaitable<Decision> {
  const resource = config.resourceAt?.(request.path);
  return andThen(authorizeOn(route, resource, request, config, context), (decision) => {
    if (decision.kind === 'allow') return decision;
    if (route.reportOnly) {
      return { kind: 'report', route: decision.route ?? routeOfDryRun(route, request), rejection: decision };
    }
    const taken = decision.route ?? route;
    if (decision.kind === 'unavailable' || resource === undefined) return { ...decision, route: taken };
    const asked = decision.code === 'token_missing' ? routeToAskFor(route, request) : taken;
    return { ...withResource(decision, asked, resource), route: taken };
  });
}

function authorizeOn(
  route: TakenRoute,
  resource: Resource | undefined,
  request: HttpRequest,
  { revocations, cookieOrigins, mcpPages }: Config,
  context: AuthorizationContext,
): Awaitable<Extract<Decision, { kind: 'allow' | 'reject' | 'unavailable' }>> {
  if (route.missing) {
    return { kind: 'reject', code: 'route_missing', reason: 'no route matches the method and path' };
  }
  const foreign = pageProblem(pagesFor(resource, route, mcpPages), request);
  if (foreign !== undefined) return { kind: 'reject', code: 'origin_not_allowed', reason: foreign };
  const extraction = extractCredential(request, route.providers);
  switch (extraction.kind) {
    case 'none':
      return route.allowAnonymous || (route.allowPreflight && isPreflight(request))
        ? anonymously(takeRoute(route, request))
        : {
            kind: 'reject',
            code: missingCode(route.providers),
            reason: reasonOfNone(request, route.providers),
          };
    case 'ambiguous':
      return { kind: 'reject', code: 'token_ambiguous', reason: extraction.reason };
    case 'malformed':
      return { kind: 'reject', code: 'token_malformed', reason: extraction.reason };
  }

  const { place } = extraction.source;
  const problem = originProblem(place, request, cookieOrigins);
  if (problem !== undefined) return { kind: 'reject', code: 'origin_not_allowed', reason: problem };

  const { resolveKeys, memory, now } = context;
  return andThen(authenticate(extraction, { resolveKeys, memory, now, revocations }), (result) => {
    const { trace } = result;
    switch (result.kind) {
      case 'failure':
        return { kind: 'reject', code: result.code, reason: result.reason, trace };
      case 'unavailable':
        return { ...result, code: 'keys_unavailable' };
    }
    const { identity } = result;
    const taken = takeRoute(route, request);
    if ('kind' in taken) return { ...taken, trace };
    const rejection = checkAuthentication(identity, taken, now() / 1000) ?? checkRoute(identity, taken);
    if (rejection !== undefined) return { ...rejection, route: taken, trace };
    const identityFields = identityHeaders(identity, taken);
    if ('unforwardable' in identityFields) {
      const reason = identityFields.unforwardable;
      return { kind: 'reject', code: 'identity_unforwardable', reason, route: taken, trace };
    }
    return { kind: 'allow', route: taken, identity, identityFields, place, trace };
  });
}

const anonymously = (taken: TakenRoute | Rejection): Extract<Decision, { kind: 'allow' | 'reject' }> =>
  'kind' in taken
    ? taken
    : { kind: 'allow', route: taken, identity: undefined, identityFields: [], place: undefined };

/** Where only AWS's signed headers are accepted, a Bearer challenge would ask for something that cannot help. */
export const missingCode = (providers: readonly Provider[]): Code =>
  providers.length > 0 && !providers.some(hasKeySet) ? 'signed_header_missing' : 'token_missing';

/** Checks that a verified identity has the scopes and claims that the route requires. */
export function checkRoute(identity: Identity, { scopes, claims }: Route): Rejection | undefined {
  const has = (scope: string): boolean => identity.scopes.includes(scope);
  const all = 'all' in scopes;
  const wanted = all ? scopes.all : scopes.any;
  if (!(all ? wanted.every(has) : wanted.some(has))) {
    const reason = `needs ${all ? 'all' : 'one'} of the scopes ${wanted.join(', ')}`;
    return { kind: 'reject', code: 'scope_missing', reason, challenge: { scope: wanted.join(' ') } };
  }
  const unmet = unmetRule(identity.claims, claims);
  if (unmet === undefined) return undefined;
  const reason = `"${unmet.claim}" ${unmet.present ? "does not meet the route's rule" : 'is missing'}`;
  return { kind: 'reject', code: 'claim_mismatch', reason };
}
