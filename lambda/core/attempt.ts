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

/** What the log records about a credential, as far as the decision got. Nothing unverified goes in. */
export interface Trace {
  provider?: string;
  /** Of the key that was found, not merely of the one that the token names. */
  kid?: string;
  keySetAgeSeconds?: number;
  remembered?: boolean;
}

/** The stages that a token goes through with one provider, in order. */
export const STAGES = ['header', 'key', 'signature', 'audience', 'claims', 'now'] as const;
export type Stage = (typeof STAGES)[number];

/** The result of trying one provider. */
export type Attempt =
  | { readonly kind: 'accepted'; readonly accepted: AcceptedToken; readonly trace: Trace }
  | { readonly kind: 'rejected'; readonly stage: Stage; readonly failure: Failure; readonly trace: Trace }
  | { readonly kind: 'unavailable'; readonly unavailable: Unavailable; readonly trace: Trace };

export interface AttemptContext {
  readonly revocations: Revocations;
  readonly resolveKeys: ResolveKeys;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Which key sets have a key that made a token's signature, and which have none. The token's own header selects the keys
 * within a set, so providers that share a set share the result.
 */
export interface Proofs {
  readonly text: string;
  /** The decoded text, if it has been decoded already. A remembered token seldom needs decoding. */
  readonly decoded: UnverifiedToken | undefined;
  /** Sets known to have such a key since the token was last seen. */
  readonly known: readonly KeySet[];
  readonly found: KeySet[];
  readonly refuted: KeySet[];
}

/** The inputs of one attempt. */
interface Trying {
  readonly provider: Provider;
  readonly token: TokenContent;
  readonly header: JoseHeader;
  /** This provider's earlier result for the token, if it has one. */
  readonly before: AcceptedToken | undefined;
  readonly proofs: Proofs;
  readonly context: AttemptContext;
  readonly trace: Trace;
}

/**
 * Tries a token with one provider: checks its header, key and signature, claims, and the time. `last` is the result
 * of the provider that last accepted the token.
 */
export function attempt(
  provider: Provider,
  token: TokenContent,
  last: AcceptedToken | undefined,
  proofs: Proofs,
  context: AttemptContext,
): Awaitable<Attempt> {
  const trace: Trace = { provider: provider.name };
  // Each configuration makes new providers, so a changed audience or algorithm means another object.
  const before = last?.provider === provider ? last : undefined;
  const header = before?.header ?? parseHeader(token.header, provider);
  if ('code' in header) return rejected('header', header, trace);
  return resolved({ provider, token, header, before, proofs, context, trace });
}

/**
 * `outdated` is the set that the signature has already failed with: an issuer may roll over a key and keep its `kid`.
 */
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
  if (resolution.kind === 'failure') return rejected('key', resolution, trace);
  const { set } = resolution;
  traceKey(trace, header, resolution);
  if (proofs.known.includes(set)) trace.remembered = true;
  else if (set === outdated || !isProven(proofs, token, header, resolution)) {
    return outdated === undefined ? resolved(trying, set) : rejected('signature', SIGNATURE_INVALID, trace);
  }
  const accepted = before ?? accept(token, provider, header);
  if ('stage' in accepted) return rejected(accepted.stage, accepted.failure, trace);
  const failure = checkNow(accepted, context);
  return failure === undefined ? { kind: 'accepted', accepted, trace } : rejected('now', failure, trace);
}

const rejected = (stage: Stage, failure: Failure, trace: Trace): Attempt => ({
  kind: 'rejected',
  stage,
  failure,
  trace,
});

const SIGNATURE_INVALID: Failure = {
  code: 'signature_invalid',
  reason: 'the signature does not match the key',
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
  // A key without a `kid` serves any `kid`, which then is still the caller's own text.
  if (kid !== undefined && set.byKid.has(kid)) trace.kid = kid;
  if (ageSeconds !== undefined) trace.keySetAgeSeconds = ageSeconds;
}
