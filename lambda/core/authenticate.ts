import {
  type Attempt,
  type AttemptContext,
  attempt,
  type Proofs,
  type Stage,
  STAGES,
  type Trace,
} from './attempt.ts';
import type { Awaitable } from './awaitable.ts';
import type { Credential } from './credentials/extract.ts';
import type { Source } from './credentials/sources.ts';
import type { Failure } from './failure.ts';
import type { Identity } from './identity.ts';
import { decode, type UnverifiedToken } from './jwt/decode.ts';
import { issuerSourceOf } from './jwt/issuer.ts';
import type { Unavailable } from './keys/resolution.ts';
import { issuersOf, type Provider } from './provider.ts';
import type { TokenMemory } from './token-memory.ts';
import type { AcceptedToken, TokenContent } from './verified-token.ts';

export type Authentication = (
  | { readonly kind: 'authenticated'; readonly identity: Identity }
  | ({ readonly kind: 'failure' } & Failure)
  | Unavailable
) & { readonly trace: Readonly<Trace> };

export interface AuthenticationContext extends AttemptContext {
  readonly memory: TokenMemory;
}

/**
 * The most providers of a route that one token can be from, and the most key sets that a remembered token lists as
 * proof.
 */
export const MAX_CANDIDATES = 8;

/**
 * Establishes who is calling: the token must be genuine, current, and acceptable to one of the providers that it can
 * be from. They are tried in the route's order, and the first that accepts the token decides.
 */
export function authenticate(
  { source, token: text }: Credential,
  context: AuthenticationContext,
): Awaitable<Authentication> {
  const padding = source.signed;
  const recalled = context.memory.get(text);
  const known = recalled?.token.padding === padding ? recalled : undefined;
  const sight = known === undefined ? firstSight(text, padding) : { token: known.token, decoded: undefined };
  if ('malformed' in sight) return failed({ code: 'token_malformed', reason: sight.malformed }, {});
  const { token, decoded } = sight;
  const candidates = source.candidatesOf(token);
  if (candidates.length === 0) return failed(ofNobody(source), {});

  const proofs: Proofs = { text, decoded, known: known?.provenBy ?? [], found: [], refuted: [] };
  return tryFrom(0, { token, last: known?.accepted, candidates, proofs, failures: [], context });
}

/** A token that is being tried with the providers that it can be from. */
interface Trial {
  readonly token: TokenContent;
  /** The result of the provider that last accepted the token. */
  readonly last: AcceptedToken | undefined;
  readonly candidates: readonly Provider[];
  readonly proofs: Proofs;
  readonly failures: Exclude<Attempt, { kind: 'accepted' }>[];
  readonly context: AuthenticationContext;
}

function tryFrom(index: number, trial: Trial): Awaitable<Authentication> {
  const provider = trial.candidates[index];
  if (provider === undefined) return conclusionOf(trial.failures);
  const result = attempt(provider, trial.token, trial.last, trial.proofs, trial.context);
  return result instanceof Promise
    ? result.then((settled) => afterAttempt(settled, index, trial))
    : afterAttempt(result, index, trial);
}

function afterAttempt(result: Attempt, index: number, trial: Trial): Awaitable<Authentication> {
  if (result.kind !== 'accepted') {
    trial.failures.push(result);
    return tryFrom(index + 1, trial);
  }
  const { accepted, trace } = result;
  const { token, last, proofs, context } = trial;
  if (accepted !== last || proofs.found.length > 0) {
    const provenBy = [...proofs.found, ...proofs.known].slice(0, MAX_CANDIDATES);
    context.memory.set(proofs.text, { token, provenBy, accepted });
  }
  return { kind: 'authenticated', identity: accepted.identity, trace };
}

/** Splits off what is remembered. What only the signature check needs is left out: it is as long as the token. */
function firstSight(
  text: string,
  padding: boolean,
): { token: TokenContent; decoded: UnverifiedToken } | { malformed: string } {
  const decoded = decode(text, { padding });
  if ('malformed' in decoded) return decoded;
  const { header, claims } = decoded;
  return { token: { header, claims, padding }, decoded };
}

/**
 * The conclusion on a token that no provider accepts. If the keys of any provider are unavailable, there is no
 * conclusion yet. Otherwise the provider that the token got furthest with gives the reason; of several, the first.
 */
function conclusionOf(failures: readonly Exclude<Attempt, { kind: 'accepted' }>[]): Authentication {
  let furthest: Extract<Attempt, { kind: 'rejected' }> | undefined;
  for (const result of failures) {
    if (result.kind === 'unavailable') return { ...result.unavailable, trace: result.trace };
    if (furthest === undefined || isFurther(result.stage, furthest.stage)) furthest = result;
  }
  if (furthest === undefined) throw new Error('there was no provider to try');
  return failed(furthest.failure, furthest.trace);
}

const isFurther = (a: Stage, b: Stage): boolean => STAGES.indexOf(a) > STAGES.indexOf(b);

const failed = ({ code, reason }: Failure, trace: Trace): Authentication => ({
  kind: 'failure',
  code,
  reason,
  trace,
});

/** The failure for a token that is from none of the providers that accept tokens in this place. */
export function ofNobody({ providers }: Pick<Source, 'providers'>): Failure {
  const accepted = new Map<string, string[]>();
  for (const provider of providers) {
    const source = issuerSourceOf(provider);
    accepted.set(source, [...(accepted.get(source) ?? []), ...issuersOf(provider)]);
  }
  const reasons = [...accepted].map(([source, issuers]) => {
    const what = source === 'sub' ? 'the trust domain in "sub"' : `"${source}"`;
    return `${what} is not accepted (accepted: ${[...new Set(issuers)].join(', ')})`;
  });
  return { code: 'issuer_mismatch', reason: reasons.join('; ') };
}
