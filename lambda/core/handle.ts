import { authorize, type ResolveKeys } from './authorize.ts';
import type { Code } from './codes.ts';
import type { Config } from './config/config.ts';
import type { Decision } from './decision.ts';
import { identityHeaders, requestHeaders, responseHeaders } from './http/forwarded-headers.ts';
import type { HttpRequest, HttpResponse } from './http/message.ts';
import type { Identity } from './identity.ts';
import { problemResponse } from './problem.ts';

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

/** Everything that handling a request does to the world, so that this file does nothing to it. */
export interface Effects {
  readonly config: () => Promise<ConfigLookup>;
  readonly resolveKeys: ResolveKeys;
  /** Sends the request to the origin. Must not reject. */
  readonly forward: (request: HttpRequest, origin: URL) => Promise<ForwardOutcome>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** One line of the log: all that an operator needs to tell a caller why. */
export interface Outcome {
  readonly code: Code | 'allowed';
  readonly status: number;
  readonly reason?: string;
  readonly provider?: string;
  readonly configVersion?: string;
  readonly upstreamStatus?: number;
  readonly upstreamMs?: number;
}

export interface Handled {
  readonly response: HttpResponse;
  readonly outcome: Outcome;
}

/** Decides on a request, then forwards or rejects it. */
export async function handle(request: HttpRequest, effects: Effects): Promise<Handled> {
  const { decision, config } = await decide(request, effects);
  const context: Context = {
    ...(config && { configVersion: config.version }),
    ...('provider' in decision && decision.provider !== undefined && { provider: decision.provider }),
  };
  switch (decision.kind) {
    case 'reject':
      return rejected(decision.code, decision.reason, context);
    case 'unavailable': {
      const { code, reason, retryAfterSeconds } = decision;
      return rejected(code, reason, context, retryAfterSeconds);
    }
    case 'allow':
      return forwardAllowed(request, decision.identity, config as Config, effects);
    default:
      return decision satisfies never;
  }
}

type Context = Pick<Outcome, 'provider' | 'configVersion'>;

/** The decision without its consequences: all that an API Gateway authorizer needs. */
export async function decide(
  request: HttpRequest,
  { config, resolveKeys, now }: Pick<Effects, 'config' | 'resolveKeys' | 'now'>,
): Promise<{ decision: Decision; config?: Config }> {
  const lookup = await config();
  if (lookup.kind === 'unavailable') {
    const { reason, retryAfterSeconds } = lookup;
    return { decision: { kind: 'unavailable', code: 'config_unavailable', reason, retryAfterSeconds } };
  }
  return { decision: await authorize(request, lookup.config, resolveKeys, now), config: lookup.config };
}

async function forwardAllowed(
  request: HttpRequest,
  identity: Identity,
  config: Config,
  effects: Effects,
): Promise<Handled> {
  const context = { provider: identity.provider, configVersion: config.version };
  const identityFields = identityHeaders(identity);
  if ('tooLong' in identityFields) {
    return rejected('identity_unforwardable', `the value of ${identityFields.tooLong} is too long`, context);
  }
  if (config.upstream.kind === 'whoami') {
    const response = whoami(identity);
    return { response, outcome: { code: 'allowed', status: response.status, ...context } };
  }

  const headers = [...requestHeaders(request.headers), ...identityFields];
  const startedAt = effects.now();
  const result = await effects.forward({ ...request, headers }, config.upstream.origin);
  const timing = { ...context, upstreamMs: effects.now() - startedAt };
  if (result.kind === 'failed') return rejected(result.code, result.reason, timing);

  const { status, body } = result.response;
  const response = { status, headers: responseHeaders(result.response.headers), body };
  return { response, outcome: { code: 'allowed', status, upstreamStatus: status, ...timing } };
}

function rejected(
  code: Code,
  reason: string,
  context: Partial<Outcome>,
  retryAfterSeconds?: number,
): Handled {
  const response = problemResponse(code, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
  return { response, outcome: { ...context, code, status: response.status, reason } };
}

/** The answer where no upstream is set: who the token says is calling. */
function whoami({ provider, issuer, subject, clientId, scopes, claims }: Identity): HttpResponse {
  const body = { provider, issuer, subject, client_id: clientId, scope: scopes.join(' '), claims };
  return {
    status: 200,
    headers: [
      ['content-type', 'application/json'],
      ['cache-control', 'no-store'],
    ],
    body: Buffer.from(JSON.stringify(body)),
  };
}

/** In place of an answer that the load balancer would refuse. */
export const responseTooLarge = (outcome: Outcome): Handled =>
  rejected('upstream_response_too_large', 'the answer is larger than the load balancer takes', outcome);

/** In place of an answer that a bug has kept from being. */
export const internalError = (): Handled => rejected('internal_error', 'see the error logged before', {});
