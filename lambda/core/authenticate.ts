import { type Awaitable, andThen } from './awaitable.ts';
import type { Failure } from './failure.ts';
import type { Identity } from './identity.ts';
import { checkAge, checkClaims, checkTimes, parseTimes, type TokenTimes } from './jwt/check.ts';
import { decode, type UnverifiedToken } from './jwt/decode.ts';
import { type Carrier, type Credential, carrierOf } from './credentials/extract.ts';
import { type JoseHeader, parseHeader } from './jwt/header.ts';
import { verifySignature } from './jwt/verify.ts';
import type { KeySet } from './keys/key-set.ts';
import type { KeyResolution, ResolveKeys, Unavailable } from './keys/resolution.ts';
import { issuersOf, oncePerList, type Provider } from './provider.ts';
import { checkRevocations, type Revocations } from './revocations.ts';
import type { TokenMemory } from './token-memory.ts';
import type { VerifiedToken } from './verified-token.ts';

/** What the log is told of a credential, as far as the decision has come; nothing that is not verified. */
export interface Trace {
  provider?: string;
  /** Of the key that was found, not just asked for. */
  kid?: string;
  keySetAgeSeconds?: number;
  remembered?: boolean;
}

export type Authentication = (
  | { readonly kind: 'authenticated'; readonly identity: Identity }
  | ({ readonly kind: 'failure' } & Failure)
  | Unavailable
) & { readonly trace: Readonly<Trace> };

export interface AuthenticationContext {
  /** Those of the route, of which one must have issued the token. */
  readonly providers: readonly Provider[];
  readonly revocations: Revocations;
  readonly resolveKeys: ResolveKeys;
  readonly memory: TokenMemory;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Who a token says is calling, if it says so truly, still, and to one of these providers' requirements. */
export function authenticate(
  credential: Credential,
  context: AuthenticationContext,
): Awaitable<Authentication> {
  const known = recall(credential, context);
  if (known === undefined) return authenticateAnew(credential, context);
  return andThen(context.resolveKeys(known.provider, known.header), (resolution) => {
    // With other keys in force than it was verified with, it is as if it had never been seen.
    if (resolution.kind !== 'keys' || resolution.set !== known.set) {
      return authenticateAnew(credential, context);
    }
    const trace: Trace = { provider: known.provider.name };
    traceKey(trace, known.header, resolution);
    trace.remembered = true;
    return concluded(known, context, trace);
  });
}

/** A token verified before, if its provider is still one of the route's for what comes this way. */
function recall(
  { carrier, token }: Credential,
  { memory, providers }: AuthenticationContext,
): VerifiedToken | undefined {
  const verified = memory.get(token);
  if (verified === undefined) return undefined;
  // Providers are made anew with each configuration, so another audience or algorithm makes another provider.
  const { provider, identity } = verified;
  return byIssuer(providers).get(carrier)?.get(identity.issuer) === provider ? verified : undefined;
}

/** Decodes a token, resolves its key, verifies its signature and checks its claims. */
function authenticateAnew(
  { carrier, token: text }: Credential,
  context: AuthenticationContext,
): Awaitable<Authentication> {
  const trace: Trace = {};
  const token = decode(text, { padding: carrier !== 'authorization' });
  if ('malformed' in token) return failed({ code: 'token_malformed', reason: token.malformed }, trace);
  const provider = providerOf(carrier, token, context.providers);
  if ('code' in provider) return failed(provider, trace);
  trace.provider = provider.name;
  const header = parseHeader(token.header, provider);
  if ('code' in header) return failed(header, trace);

  /** `outdated` is what the signature has been tried with before: an issuer may roll a key over under one name. */
  const attempt = (resolution: KeyResolution, outdated?: KeySet): Awaitable<Authentication> => {
    if (resolution.kind === 'unavailable') return { ...resolution, trace };
    if (resolution.kind === 'failure') return failed(resolution, trace);
    traceKey(trace, header, resolution);
    if (resolution.set === outdated || !verifySignature(token, header.alg, resolution.keys)) {
      if (outdated !== undefined) return failed(SIGNATURE_INVALID, trace);
      const { set } = resolution;
      return andThen(context.resolveKeys(provider, header, set), (newer) => attempt(newer, set));
    }
    const verified = checkVerified(token, provider, header, resolution.set);
    if ('code' in verified) return failed(verified, trace);
    const result = concluded(verified, context, trace);
    if (result.kind === 'authenticated') context.memory.set(text, verified);
    return result;
  };
  return andThen(context.resolveKeys(provider, header), (resolution) => attempt(resolution));
}

const SIGNATURE_INVALID: Failure = {
  code: 'signature_invalid',
  reason: 'the key did not make the signature',
};

const failed = ({ code, reason }: Failure, trace: Trace): Authentication => ({
  kind: 'failure',
  code,
  reason,
  trace,
});

/** With what changes from one use of a token to the next. */
function concluded(verified: VerifiedToken, context: AuthenticationContext, trace: Trace): Authentication {
  const failure = checkNow(verified, context);
  if (failure !== undefined) return failed(failure, trace);
  return { kind: 'authenticated', identity: verified.identity, trace };
}

/** Checks what does not change with time, of a token whose signature has been verified. */
function checkVerified(
  token: UnverifiedToken,
  provider: Provider,
  header: JoseHeader,
  set: KeySet,
): VerifiedToken | Failure {
  const identity = checkToken(token, provider);
  if ('code' in identity) return identity;
  const times = timesOf(token, provider);
  return 'code' in times ? times : { provider, header, set, identity, times };
}

type Resolved = Extract<KeyResolution, { kind: 'keys' }>;

function traceKey(trace: Trace, { kid }: JoseHeader, { set, ageSeconds }: Resolved): void {
  // Where keys without a name serve any `kid`, it is still the caller's own text.
  if (kid !== undefined && set.byKid.has(kid)) trace.kid = kid;
  if (ageSeconds !== undefined) trace.keySetAgeSeconds = ageSeconds;
}

/**
 * The provider that the token claims to be from. Nothing of it is verified yet: it only chooses among
 * configured providers, whose own keys must then verify it.
 */
export function providerOf(
  carrier: Carrier,
  { header, claims }: UnverifiedToken,
  providers: readonly Provider[],
): Provider | Failure {
  const [name, claimed] =
    carrier === 'authorization' ? (['iss', claims.iss] as const) : (['signer', header.signer] as const);
  const issuers = byIssuer(providers).get(carrier) ?? new Map<string, Provider>();
  const provider = issuers.get(claimed as string);
  if (provider !== undefined) return provider;
  return { code: 'issuer_mismatch', reason: `"${name}" is none of ${[...issuers.keys()].join(', ')}` };
}

type ByIssuer = ReadonlyMap<Carrier, ReadonlyMap<string, Provider>>;

/** The providers of each carrier by their issuers. */
const byIssuer = oncePerList((providers): ByIssuer => {
  const index = new Map<Carrier, Map<string, Provider>>();
  for (const provider of providers) {
    const carrier = carrierOf(provider);
    const issuers = index.get(carrier) ?? new Map<string, Provider>();
    index.set(carrier, issuers);
    for (const issuer of issuersOf(provider)) if (!issuers.has(issuer)) issuers.set(issuer, provider);
  }
  return index;
});

export function checkToken({ header, claims }: UnverifiedToken, provider: Provider): Identity | Failure {
  if (provider.type === 'jwks') return checkClaims(claims, provider, claims.iss as string);
  if (provider.clientId !== undefined && header.client !== provider.clientId) {
    return { code: 'audience_mismatch', reason: '"client" is not the configured client' };
  }
  return checkClaims(claims, provider, provider.signer);
}

/** The times of a token: AWS's signed headers have theirs in the JOSE header, and may have more in the claims. */
export function timesOf({ header, claims }: UnverifiedToken, provider: Provider): TokenTimes[] | Failure {
  const [first, more] = provider.type === 'jwks' ? [claims] : [header, claims];
  const required = parseTimes(first, { requireExp: true });
  if ('code' in required) return required;
  if (more === undefined) return [required];
  const further = parseTimes(more, { requireExp: false });
  return 'code' in further ? further : [required, further];
}

/** What changes while a token is remembered. */
export function checkNow(
  { provider, identity, times }: VerifiedToken,
  { now, revocations }: Pick<AuthenticationContext, 'now' | 'revocations'>,
): Failure | undefined {
  const seconds = now() / 1000;
  for (const some of times) {
    const failure = checkTimes(some, provider, seconds);
    if (failure !== undefined) return failure;
  }
  return checkAge(identity.claims, provider, seconds) ?? checkRevocations(identity, revocations);
}
