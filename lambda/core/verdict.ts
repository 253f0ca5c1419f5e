import { type Code, entryOf } from './codes.ts';
import type { Config } from './config/config.ts';
import { type DecisionEffects, decide } from './decide.ts';
import type { Failure } from './failure.ts';
import type { HttpRequest } from './http/message.ts';
import type { Identity } from './identity.ts';
import { contextOf, type Outcome } from './outcome.ts';

/** What an authorizer tells its API: it decides, but forwards and answers nothing itself. */
export type Verdict =
  | {
      readonly kind: 'allow';
      readonly principalId: string;
      /** The identity as flat strings, under the names of the identity headers without their prefix. */
      readonly context: Readonly<Record<string, string>>;
      /** Whether the same token may be refused on another route, so that the verdict is for this one only. */
      readonly onlyThisRoute: boolean;
      /** Until the token expires, in seconds; undefined for an anonymous request. */
      readonly expiresInSeconds: number | undefined;
    }
  | { readonly kind: 'unauthorized' | 'forbidden' | 'unavailable'; readonly code: Code };

export interface ReachedVerdict {
  readonly verdict: Verdict;
  readonly outcome: Outcome;
}

/** Decides on a request for an API Gateway or AppSync authorizer. */
export async function reachVerdict(request: HttpRequest, effects: DecisionEffects): Promise<ReachedVerdict> {
  const decided = await decide(request, effects);
  const context = contextOf(decided);
  if (decided.config === undefined) return refuse(decided.decision, context);
  const { decision, config } = decided;
  if (decision.kind === 'reject' || decision.kind === 'unavailable') return refuse(decision, context);

  const anonymous: Verdict = {
    kind: 'allow',
    principalId: 'anonymous',
    context: {},
    onlyThisRoute: config.hasRoutes,
    expiresInSeconds: undefined,
  };
  const allowed: Outcome = { ...context, code: 'allowed', status: 200 };
  if (decision.kind === 'report' || decision.identity === undefined) {
    return { verdict: anonymous, outcome: allowed };
  }
  const { identity, identityFields } = decision;
  const verdict: Verdict = {
    ...anonymous,
    principalId: identity.subject ?? identity.clientId ?? anonymous.principalId,
    context: Object.fromEntries(identityFields.map(([name, value]) => [contextKey(name), value])),
    expiresInSeconds: Math.floor(expiryOf(identity, config) - effects.now() / 1000),
  };
  return { verdict, outcome: allowed };
}

/** When a token stops being accepted, in seconds since the epoch: by `exp`, or sooner by its age. */
function expiryOf({ claims, provider }: Identity, { providers }: Config): number {
  const { exp = 0, iat = 0 } = claims as { exp?: number; iat?: number };
  const maxAge = providers.find(({ name }) => name === provider)?.maxTokenAgeSeconds;
  return maxAge === undefined ? exp : Math.min(exp, iat + maxAge);
}

/** `x-jwt-client-id` as `client_id`. */
const contextKey = (header: string): string => header.replace(/^x-jwt-/, '').replaceAll('-', '_');

function refuse({ code, reason }: Failure, context: Partial<Outcome>): ReachedVerdict {
  const { status } = entryOf(code);
  const kind = status === 401 ? 'unauthorized' : status < 500 ? 'forbidden' : 'unavailable';
  return { verdict: { kind, code }, outcome: { ...context, code, status, reason } };
}
