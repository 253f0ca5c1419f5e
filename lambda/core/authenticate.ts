import type { Failure } from './failure.ts';
import type { Identity } from './identity.ts';
import { checkClaims, checkTimes } from './jwt/check.ts';
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
  | { readonly kind: 'keys'; readonly keys: readonly VerificationKey[]; readonly set: KeySet }
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

export type Authentication =
  | { readonly kind: 'authenticated'; readonly identity: Identity }
  | { readonly kind: 'failure'; readonly failure: Failure; readonly provider: Provider | undefined }
  | { readonly kind: 'unavailable'; readonly unavailable: Unavailable; readonly provider: Provider };

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
  const remembered = await recall(carrier, text, context);
  if (remembered !== undefined) return checkNow(remembered, context);

  const token = decode(text, { padding: carrier !== 'authorization' });
  if ('malformed' in token) return fail({ code: 'token_malformed', reason: token.malformed });
  const provider = providerOf(carrier, token, context.providers);
  if ('code' in provider) return fail(provider);

  const verified = await verify(token, provider, context.resolveKeys);
  if ('code' in verified) return fail(verified, provider);
  if ('kind' in verified) return { kind: 'unavailable', unavailable: verified, provider };
  context.memory.set(text, verified);
  return checkNow(verified, context);
}

/** A token verified before, if that was against what is in force: its provider and its provider's keys. */
async function recall(
  carrier: Carrier,
  text: string,
  { memory, providers, resolveKeys }: AuthenticationContext,
): Promise<VerifiedToken | undefined> {
  const verified = memory.get(text);
  if (verified === undefined) return undefined;
  // Providers are made anew with each configuration, so another audience or algorithm makes another provider.
  const { provider, header, set } = verified;
  if (!providers.includes(provider) || carrierOf(provider) !== carrier) return undefined;
  const resolution = await resolveKeys(provider, header);
  return resolution.kind === 'keys' && resolution.set === set ? verified : undefined;
}

/**
 * The provider that the token claims to be from. Nothing of it is verified yet: it only chooses among
 * configured providers, whose own keys must then verify it.
 */
function providerOf(
  carrier: Carrier,
  { header, claims }: UnverifiedToken,
  providers: readonly Provider[],
): Provider | Failure {
  const [name, claimed] =
    carrier === 'authorization' ? (['iss', claims.iss] as const) : (['signer', header.signer] as const);
  const candidates = providers.filter((provider) => carrierOf(provider) === carrier);
  const provider = candidates.find((candidate) => issuersOf(candidate).some((issuer) => issuer === claimed));
  if (provider !== undefined) return provider;
  return {
    code: 'issuer_mismatch',
    reason: `"${name}" is none of ${candidates.flatMap(issuersOf).join(', ')}`,
  };
}

async function verify(
  token: UnverifiedToken,
  provider: Provider,
  resolveKeys: ResolveKeys,
): Promise<VerifiedToken | Failure | Unavailable> {
  const header = parseHeader(token.header, provider);
  if ('code' in header) return header;

  const resolution = await resolveKeys(provider, header);
  if (resolution.kind !== 'keys') return resolution;
  if (!verifySignature(token, header.alg, resolution.keys)) {
    return { code: 'signature_invalid', reason: 'the key did not make the signature' };
  }

  const { claims } = token;
  if (
    provider.type !== 'jwks' &&
    provider.clientId !== undefined &&
    token.header.client !== provider.clientId
  ) {
    return { code: 'audience_mismatch', reason: '"client" is not the configured client' };
  }
  const issuer = provider.type === 'jwks' ? (claims.iss as string) : provider.signer;
  const identity = checkClaims(claims, provider, issuer);
  if ('code' in identity) return identity;
  const times = provider.type === 'jwks' ? [claims] : [token.header, claims];
  return { provider, header, set: resolution.set, identity, times };
}

/** What changes while a token is remembered. */
function checkNow(
  { provider, identity, times }: VerifiedToken,
  { now, revocations }: AuthenticationContext,
): Authentication {
  const seconds = now() / 1000;
  for (const [index, claims] of times.entries()) {
    const failure = checkTimes(claims, provider, seconds, { requireExp: index === 0 });
    if (failure !== undefined) return fail(failure, provider);
  }
  const failure = checkRevocations(identity, revocations);
  return failure === undefined ? { kind: 'authenticated', identity } : fail(failure, provider);
}

const fail = (failure: Failure, provider?: Provider): Authentication => ({
  kind: 'failure',
  failure,
  provider,
});
