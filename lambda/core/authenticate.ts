import type { Failure } from './failure.ts';
import type { Identity } from './identity.ts';
import { checkAge, checkClaims, checkTimes } from './jwt/check.ts';
import { decode, type JsonObject, type UnverifiedToken } from './jwt/decode.ts';
import { type Carrier, carrierOf } from './jwt/extract.ts';
import { type JoseHeader, parseHeader } from './jwt/header.ts';
import { verifySignature } from './jwt/verify.ts';
import type { KeySet, VerificationKey } from './keys/key-set.ts';
import { issuersOf, type Provider } from './provider.ts';
import { checkRevocations, type Revocations } from './revocations.ts';
import type { TokenMemory } from './token-memory.ts';

/** The keys of a provider that may have signed a token with this header, and the set that they are of. */
export type KeyResolution =
  | {
      readonly kind: 'keys';
      readonly keys: readonly VerificationKey[];
      readonly set: KeySet;
      /** Since the set was asked for; absent where it never changes. */
      readonly ageSeconds?: number;
    }
  | ({ readonly kind: 'failure' } & Failure)
  | Unavailable;

/** Nobody can tell now: the keys are not to be had. */
export interface Unavailable {
  readonly kind: 'unavailable';
  readonly reason: string;
  readonly retryAfterSeconds: number;
}

/** Resolves the key by the provider's own key source; may fetch it. Must not reject. */
export type ResolveKeys = (provider: Provider, header: JoseHeader) => Promise<KeyResolution>;

/** A token whose signature and unchanging claims have been verified with the keys of `set`. */
export interface VerifiedToken {
  readonly provider: Provider;
  readonly header: JoseHeader;
  readonly set: KeySet;
  readonly identity: Identity;
  /** Where its times are: its claims and, before them, the JOSE header of AWS's signed headers. */
  readonly times: readonly JsonObject[];
}

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
export async function authenticate(
  carrier: Carrier,
  text: string,
  context: AuthenticationContext,
): Promise<Authentication> {
  const trace: Trace = {};
  const verified =
    (await recall(carrier, text, context, trace)) ?? (await verify(carrier, text, context, trace));
  if ('code' in verified) return { kind: 'failure', ...verified, trace };
  if ('kind' in verified) return { ...verified, trace };

  const failure = checkNow(verified, context);
  if (failure !== undefined) return { kind: 'failure', ...failure, trace };
  if (!trace.remembered) context.memory.set(text, verified);
  return { kind: 'authenticated', identity: verified.identity, trace };
}

/** A token verified before, if that was against what is in force: its provider and its provider's keys. */
async function recall(
  carrier: Carrier,
  text: string,
  { memory, providers, resolveKeys }: AuthenticationContext,
  trace: Trace,
): Promise<VerifiedToken | undefined> {
  const verified = memory.get(text);
  if (verified === undefined) return undefined;
  // Providers are made anew with each configuration, so another audience or algorithm makes another provider.
  const { provider, header, set } = verified;
  if (!providers.includes(provider) || carrierOf(provider) !== carrier) return undefined;
  const resolution = await resolveKeys(provider, header);
  if (resolution.kind !== 'keys' || resolution.set !== set) return undefined;
  Object.assign(trace, keyTrace(provider, header, resolution), { remembered: true });
  return verified;
}

/** Decodes a token, resolves its key, verifies its signature and checks what does not change with time. */
async function verify(
  carrier: Carrier,
  text: string,
  { providers, resolveKeys }: AuthenticationContext,
  trace: Trace,
): Promise<VerifiedToken | Failure | Unavailable> {
  const token = decode(text, { padding: carrier !== 'authorization' });
  if ('malformed' in token) return { code: 'token_malformed', reason: token.malformed };
  const provider = providerOf(carrier, token, providers);
  if ('code' in provider) return provider;
  trace.provider = provider.name;
  const header = parseHeader(token.header, provider);
  if ('code' in header) return header;

  const resolution = await resolveKeys(provider, header);
  if (resolution.kind === 'unavailable') return resolution;
  if (resolution.kind === 'failure') return { code: resolution.code, reason: resolution.reason };
  Object.assign(trace, keyTrace(provider, header, resolution));
  if (!verifySignature(token, header.alg, resolution.keys)) {
    return { code: 'signature_invalid', reason: 'the key did not make the signature' };
  }

  const identity = checkToken(token, provider);
  if ('code' in identity) return identity;
  const times = provider.type === 'jwks' ? [token.claims] : [token.header, token.claims];
  return { provider, header, set: resolution.set, identity, times };
}

function keyTrace(
  { name }: Provider,
  { kid }: JoseHeader,
  { ageSeconds }: Extract<KeyResolution, { kind: 'keys' }>,
): Trace {
  return {
    provider: name,
    ...(kid !== undefined && { kid }),
    ...(ageSeconds !== undefined && { keySetAgeSeconds: ageSeconds }),
  };
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

const indexes = new WeakMap<readonly Provider[], ByIssuer>();

/** The providers of each carrier by their issuers; put in order once for each list, since a list never changes. */
function byIssuer(providers: readonly Provider[]): ByIssuer {
  const known = indexes.get(providers);
  if (known !== undefined) return known;
  const index = new Map<Carrier, Map<string, Provider>>();
  for (const provider of providers) {
    const carrier = carrierOf(provider);
    const issuers = index.get(carrier) ?? new Map<string, Provider>();
    index.set(carrier, issuers);
    for (const issuer of issuersOf(provider)) if (!issuers.has(issuer)) issuers.set(issuer, provider);
  }
  indexes.set(providers, index);
  return index;
}

export function checkToken({ header, claims }: UnverifiedToken, provider: Provider): Identity | Failure {
  if (provider.type === 'jwks') return checkClaims(claims, provider, claims.iss as string);
  if (provider.clientId !== undefined && header.client !== provider.clientId) {
    return { code: 'audience_mismatch', reason: '"client" is not the configured client' };
  }
  return checkClaims(claims, provider, provider.signer);
}

/** What changes while a token is remembered. */
export function checkNow(
  { provider, identity, times }: VerifiedToken,
  { now, revocations }: AuthenticationContext,
): Failure | undefined {
  const seconds = now() / 1000;
  for (const [index, claims] of times.entries()) {
    const failure = checkTimes(claims, provider, seconds, { requireExp: index === 0 });
    if (failure !== undefined) return failure;
  }
  return checkAge(identity.claims, provider, seconds) ?? checkRevocations(identity, revocations);
}
