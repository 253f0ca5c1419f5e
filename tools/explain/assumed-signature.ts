import type { AuthorizationContext } from '../../lambda/core/authorize.ts';
import { andThen } from '../../lambda/core/awaitable.ts';
import { extractCredential } from '../../lambda/core/credentials/extract.ts';
import type { HttpRequest } from '../../lambda/core/http/message.ts';
import { algorithm, isAlgorithm } from '../../lambda/core/jwt/algorithms.ts';
import { decode, type UnverifiedToken } from '../../lambda/core/jwt/decode.ts';
import type { KeySet } from '../../lambda/core/keys/key-set.ts';
import type { KeyResolution, ResolveKeys } from '../../lambda/core/keys/resolution.ts';
import { keysIdOf, type Provider } from '../../lambda/core/provider.ts';
import type { AcceptedToken } from '../../lambda/core/verified-token.ts';
import type { KeyEndpoints } from '../key-endpoints.ts';

/** The key sets that were not fetched but are assumed to have the key that made the signature, by `keysIdOf`. */
export type Assumption = ReadonlySet<string>;

/** How signatures are judged, for tokens with or without padding. */
export type Trust = (padding: boolean) => Pick<AuthorizationContext, 'resolveKeys' | 'memory'>;

export const hasKeysOf = (provider: Provider, assumption: Assumption): boolean =>
  assumption.has(keysIdOf(provider) ?? '');

/**
 * Everything that can be the case while no keys are fetched: none of the key sets made the signature, one of them, or all. Any
 * other case, such as two of three, lets nothing through that one of them alone does not.
 */
export function assumptionsOf(request: HttpRequest, providers: readonly Provider[]): readonly Assumption[] {
  const none: Assumption = new Set();
  const extraction = extractCredential(request, providers);
  if (extraction.kind !== 'token') return [none];
  const { source, token: text } = extraction;
  const token = decode(text, { padding: source.signed });
  if ('malformed' in token) return [none];
  const sets = [...new Set(source.candidatesOf(token).flatMap((provider) => keysIdOf(provider) ?? []))];
  const each = sets.map((set) => new Set([set]));
  return [none, ...each, ...(each.length > 1 ? [new Set(sets)] : [])];
}

/** Stand-ins for key sets that have the key that made the signature, and for those that do not. */
const SIGNER: KeySet = { keys: [], byKid: new Map(), nameless: [], ignored: [] };
const STRANGER: KeySet = { ...SIGNER };

/** The result of resolving keys, if one of them is assumed to have made the signature, or none. */
export const assumedKeys = (madeIt: boolean): KeyResolution => ({
  kind: 'keys',
  keys: [],
  set: madeIt ? SIGNER : STRANGER,
});

/**
 * Makes the function decide as if a key of certain sets had made the signature, without fetching any. What is known about keys
 * without fetching them counts.
 */
export const assuming = ({ sources }: KeyEndpoints, assumption: Assumption): Trust =>
  trusting((provider, header, outdated) =>
    andThen(sources.resolve(provider, header, outdated), (resolution) =>
      resolution.kind === 'unavailable' ? assumedKeys(hasKeysOf(provider, assumption)) : resolution,
    ),
  );

/** The function takes each token as already verified, so it checks everything but the signature that `resolveKeys` assumes. */
export const trusting =
  (resolveKeys: ResolveKeys): Trust =>
  (padding) => ({
    resolveKeys,
    memory: {
      get(text) {
        const token = decode(text, { padding });
        if ('malformed' in token || hasImpossibleSignature(token)) return undefined;
        const { header, claims } = token;
        return { token: { header, claims, padding }, provenBy: [SIGNER], accepted: ACCEPTED_BY_NOBODY };
      },
      set: () => {},
      size: () => 0,
    },
  });

/** This belongs to no provider, so each one that is tried checks the token itself. */
const ACCEPTED_BY_NOBODY = {} as AcceptedToken;

/** Whether no key can have made the signature, for example because the token was cut. */
export const hasImpossibleSignature = ({ header: { alg }, signature }: UnverifiedToken): boolean => {
  const bytes = isAlgorithm(alg) ? algorithm(alg).signatureBytes : undefined;
  return bytes !== undefined && signature.length !== bytes;
};
