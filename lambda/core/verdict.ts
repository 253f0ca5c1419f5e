import { authorize } from './authorize.ts';
import type { BasePaths } from './base-paths.ts';
import { type Code, entryOf } from './codes.ts';
import type { Config } from './config/config.ts';
import { type Decided, type DecisionEffects, decideBy } from './decide.ts';
import type { Failure } from './failure.ts';
import type { HttpRequest } from './http/message.ts';
import type { ApiRequestIds } from './http/request-id.ts';
import type { Identity } from './identity.ts';
import { contextOf, type Outcome } from './outcome.ts';
import { isPathProblem } from './paths/judge-path.ts';
import type { Route } from './routes/route.ts';

/** What an API asks its authorizer. The path of the request cannot be found without the policy. */
export interface Question {
  /** The ids that the API gives the request. */
  readonly ids?: ApiRequestIds;
  /** Its path is the event's: with whatever the domain or the stage puts in front, and perhaps decoded. */
  readonly request: HttpRequest;
  /** Finds the path within the API, which chooses the route. */
  readonly findPath: (basePaths: BasePaths) => FoundPath;
  /**
   * Whether a result can name this request's ARN and no other. In a REST API the ARN stands for the request itself; in
   * an HTTP API it stands for the API's route, so a cached result serves every path of that route.
   */
  readonly isNameable: boolean;
}

/**
 * The paths that a request can mean, encoded as in a request, or why they are unknown. If there are several, all must
 * match the same route, so it does not matter which one is meant.
 */
export type FoundPath =
  | { readonly paths: readonly [first: string, ...others: string[]] }
  | { readonly unknown: string };

/** What an authorizer tells its API. It only decides: it forwards nothing, and does not respond to the caller. */
export type Verdict =
  | {
      readonly kind: 'allow';
      readonly principalId: string;
      /** The identity as flat strings, under the names of the identity headers without their prefix. */
      readonly context: Readonly<Record<string, string>>;
      /**
       * Whether another request with the same token might be rejected, so that this result must not be reused for it.
       */
      readonly onlyThisRequest: boolean;
      /** Until the token expires, in seconds; undefined for an anonymous request. */
      readonly expiresInSeconds: number | undefined;
    }
  | { readonly kind: 'unauthorized' | 'forbidden' | 'unavailable'; readonly code: Code };

export interface ReachedVerdict {
  readonly verdict: Verdict;
  readonly outcome: Outcome;
  /** The request as it was decided on. */
  readonly request: HttpRequest;
}

/** Decides on a request for an API Gateway or AppSync authorizer. */
export async function reachVerdict(question: Question, effects: DecisionEffects): Promise<ReachedVerdict> {
  let { request } = question;
  const decided = await decideBy(effects, (config) => {
    const found = question.findPath(config.basePaths);
    if ('unknown' in found) return { kind: 'reject', code: 'path_invalid', reason: found.unknown };
    request = { ...request, path: found.paths[0] };
    if (found.paths.length > 1 && !takeOneRoute(found.paths, request.method, config)) {
      return { kind: 'reject', code: 'path_invalid', reason: UNCLEAR };
    }
    return authorize(request, config, effects);
  });
  return { ...verdictOf(decided, question, effects), request };
}

const UNCLEAR =
  "it is unclear which part of the path precedes the API's own path, and the route depends on it";

/** Whether all paths match the same route and belong to the same resource. A path that is rejected matches no route. */
function takeOneRoute(
  [first, ...others]: readonly [string, ...string[]],
  method: string,
  { judgePath, resourceAt }: Config,
): boolean {
  const route = judgePath(method, first);
  // The path itself is rejected, with its own reason.
  if (isPathProblem(route)) return true;
  const resource = resourceAt?.(first);
  return others.every((path) => judgePath(method, path) === route && resourceAt?.(path) === resource);
}

function verdictOf(
  decided: Decided,
  { isNameable }: Question,
  effects: DecisionEffects,
): Pick<ReachedVerdict, 'verdict' | 'outcome'> {
  const context = contextOf(decided);
  if (decided.config === undefined) return denied(decided.decision, context);
  const { decision, config } = decided;
  if (decision.kind === 'reject' || decision.kind === 'unavailable') return denied(decision, context);

  const identified = decision.kind === 'allow' && decision.identity !== undefined;
  // A request that is forwarded without an identity says nothing about other requests, even without routes.
  const onlyThisRequest = config.hasRoutes || !identified;
  if (onlyThisRequest && !isNameable) {
    const { reported: _, ...rest } = context;
    return denied({ code: 'path_invalid', reason: UNNAMEABLE }, rest);
  }
  const outcome: Outcome = { ...context, code: 'allowed', status: 200 };
  const anonymous: Verdict = {
    kind: 'allow',
    principalId: 'anonymous',
    context: {},
    onlyThisRequest,
    expiresInSeconds: undefined,
  };
  if (decision.kind === 'report' || decision.identity === undefined) return { verdict: anonymous, outcome };
  const { identity, identityFields } = decision;
  const fields: Readonly<Record<string, string>> = Object.fromEntries(
    identityFields.map(([name, value]) => [contextKey(name), value]),
  );
  const verdict: Verdict = {
    ...anonymous,
    // Encoded as in the context, so that no claim can bring line breaks into a log or a header.
    principalId: fields.subject || fields.client_id || anonymous.principalId,
    context: fields,
    expiresInSeconds: Math.floor(expiryOf(identity, decision.route, config) - effects.now() / 1000),
  };
  return { verdict, outcome };
}

const UNNAMEABLE = 'IAM would read the path in the ARN as a pattern and allow other paths too';

/** When a token stops being accepted, in seconds since the epoch: by `exp`, or sooner by its age or that of the login. */
function expiryOf({ claims, provider }: Identity, { authentication }: Route, { providers }: Config): number {
  const { exp = 0, iat = 0, auth_time: loggedIn = 0 } = claims as Record<string, number>;
  const maxAge = providers.find(({ name }) => name === provider)?.maxTokenAgeSeconds;
  const maxAuthAge = authentication?.maxAgeSeconds;
  return Math.min(
    exp,
    maxAge === undefined ? exp : iat + maxAge,
    maxAuthAge === undefined ? exp : loggedIn + maxAuthAge,
  );
}

/** `x-jwt-client-id` as `client_id`. */
const contextKey = (header: string): string => header.replace(/^x-jwt-/, '').replaceAll('-', '_');

function denied({ code, reason }: Failure, context: Partial<Outcome>) {
  const { status } = entryOf(code);
  const kind = status === 401 ? 'unauthorized' : status < 500 ? 'forbidden' : 'unavailable';
  return { verdict: { kind, code } as const, outcome: { ...context, code, status, reason } };
}
