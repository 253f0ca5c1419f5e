import { accept, checkNow } from './accept.ts';
import type { Awaitable } from './awaitable.ts';
import type { Failure } from './failure.ts';
import { decode, type UnverifiedToken } from './jwt/decode.ts';
import { type JoseHeader, parseHeader } from './jwt/header.ts';
import { verifySignature } from './jwt/verify.ts';
import type { KeySet } from './keys/key-set.ts';
import type { KeyResolution, ResolveKeys, Unavailable } from './keys/resolution.ts';
import type { Provider } from './provider.ts';
import type { Revocations } from './revocations.ts';
import type { AcceptedToken, TokenContent } from './verified-token.ts';

/** What the log is told of a credential, as far as the decision has come; nothing that is not verified. */
export interface Trace {
  provider?: string;
  /** Of the key that was found, not just asked for. */
  kid?: string;
  keySetAgeSeconds?: number;
  remembered?: boolean;
}

/** How far a token can come with a provider. */
export const STAGES = ['header', 'key', 'signature', 'audience', 'claims', 'now'] as const;
export type Stage = (typeof STAGES)[number];

/** What came of trying one provider. */
export type Attempt =
  | { readonly kind: 'accepted'; readonly accepted: AcceptedToken; readonly trace: Trace }
  | { readonly kind: 'refused'; readonly stage: Stage; readonly failure: Failure; readonly trace: Trace }
  | { readonly kind: 'unavailable'; readonly unavailable: Unavailable; readonly trace: Trace };

export interface AttemptContext {
  readonly revocations: Revocations;
  readonly resolveKeys: ResolveKeys;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Which key sets have a key that made the signature of a token, and which have none. Of a set the token's own header
 * chooses the keys, so that providers that share a set share its answer.
 */
export interface Proofs {
  readonly text: string;
  /** What the text was taken apart to, where it was already: a token that is remembered seldom needs it. */
  readonly decoded: UnverifiedToken | undefined;
  /** From when the token was seen before. */
  readonly known: readonly KeySet[];
  readonly found: KeySet[];
  readonly refuted: KeySet[];
}

/** What one attempt goes by. */
interface Trying {
  readonly provider: Provider;
  readonly token: TokenContent;
  readonly header: JoseHeader;
  /** What the same provider made of it before. */
  readonly before: AcceptedToken | undefined;
  readonly proofs: Proofs;
  readonly context: AttemptContext;
  readonly trace: Trace;
}

/**
 * Tries one provider on a token: its header, its key and signature, its claims, and the time. `last` is what the provider
 * that accepted it last made of it.
 */
export function attempt(
  provider: Provider,
  token: TokenContent,
  last: AcceptedToken | undefined,
  proofs: Proofs,
  context: AttemptContext,
): Awaitable<Attempt> {
  const trace: Trace = { provider: provider.name };
  // Providers are made anew with each configuration, so another audience or algorithm makes another provider.
  const before = last?.provider === provider ? last : undefined;
  const header = before?.header ?? parseHeader(token.header, provider);
  if ('code' in header) return refused('header', header, trace);
  return resolved({ provider, token, header, before, proofs, context, trace });
}

/** `outdated` is what the signature has been tried with before: an issuer may roll a key over under one name. */
function resolved(trying: Trying, outdated?: KeySet): Awaitable<Attempt> {
  const { provider, header, context } = trying;
  const resolution = context.resolveKeys(provider, header, outdated);
  return resolution instanceof Promise
    ? resolution.then((settled) => withKeys(settled, trying, outdated))
    : withKeys(resolution, trying, outdated);
}

function withKeys(
  resolution: KeyResolution,
  trying: Trying,
  outdated: KeySet | undefined,
): Awaitable<Attempt> {
  const { provider, token, header, before, proofs, context, trace } = trying;
  if (resolution.kind === 'unavailable') return { kind: 'unavailable', unavailable: resolution, trace };
  if (resolution.kind === 'failure') return refused('key', resolution, trace);
  const { set } = resolution;
  traceKey(trace, header, resolution);
  if (proofs.known.includes(set)) trace.remembered = true;
  else if (set === outdated || !isProven(proofs, token, header, resolution)) {
    return outdated === undefined ? resolved(trying, set) : refused('signature', SIGNATURE_INVALID, trace);
  }
  const accepted = before ?? accept(token, provider, header);
  if ('stage' in accepted) return refused(accepted.stage, accepted.failure, trace);
  const failure = checkNow(accepted, context);
  return failure === undefined ? { kind: 'accepted', accepted, trace } : refused('now', failure, trace);
}

const refused = (stage: Stage, failure: Failure, trace: Trace): Attempt => ({
  kind: 'refused',
  stage,
  failure,
  trace,
});

const SIGNATURE_INVALID: Failure = {
  code: 'signature_invalid',
  reason: 'the key did not make the signature',
};

type Resolved = Extract<KeyResolution, { kind: 'keys' }>;

/** Whether a key of a set made the signature. */
function isProven(
  { text, decoded, found, refuted }: Proofs,
  { padding }: TokenContent,
  { alg }: JoseHeader,
  { set, keys }: Resolved,
): boolean {
  if (found.includes(set)) return true;
  if (refuted.includes(set)) return false;
  const token = decoded ?? decode(text, { padding });
  const proven = !('malformed' in token) && verifySignature(token, alg, keys);
  (proven ? found : refuted).push(set);
  return proven;
}

function traceKey(trace: Trace, { kid }: JoseHeader, { set, ageSeconds }: Resolved): void {
  // Where keys without a name serve any `kid`, it is still the caller's own text.
  if (kid !== undefined && set.byKid.has(kid)) trace.kid = kid;
  if (ageSeconds !== undefined) trace.keySetAgeSeconds = ageSeconds;
}
