import type { Failure } from './failure.ts';
import {
  checkAge,
  checkAudience,
  checkClaims,
  checkTimes,
  parseTimes,
  type TokenTimes,
} from './jwt/check.ts';
import type { TokenParts } from './jwt/decode.ts';
import type { JoseHeader } from './jwt/header.ts';
import { claimedIssuer, issuerSourceOf } from './jwt/issuer.ts';
import { hasKeySet, issuersOf, type Provider } from './provider.ts';
import { checkRevocations, type Revocations } from './revocations.ts';
import type { AcceptedToken } from './verified-token.ts';

/** Checks everything that does not change with time, for a token whose signature has been verified. */
export function accept(
  token: TokenParts,
  provider: Provider,
  header: JoseHeader,
): AcceptedToken | { readonly stage: 'audience' | 'claims'; readonly failure: Failure } {
  const failure = checkAudienceOf(token, provider);
  if (failure !== undefined) return { stage: 'audience', failure };
  const identity = checkClaims(token.claims, provider, issuerOf(token, provider));
  if ('code' in identity) return { stage: 'claims', failure: identity };
  const times = timesOf(token, provider);
  return 'code' in times ? { stage: 'claims', failure: times } : { provider, header, identity, times };
}

/** Checks whom the token was made for: its audience, or the client of a load balancer's login. */
export function checkAudienceOf({ header, claims }: TokenParts, provider: Provider): Failure | undefined {
  if (hasKeySet(provider)) return checkAudience(claims, provider);
  return provider.clientId === undefined || header.client === provider.clientId
    ? undefined
    : { code: 'audience_mismatch', reason: '"client" is not the configured client' };
}

/** The token's issuer if it is one of the provider's, else the provider's first. */
export const issuerOf = (token: TokenParts, provider: Provider): string =>
  claimedIssuer(issuerSourceOf(provider), token) ?? issuersOf(provider)[0] ?? '';

/** A token's times. AWS's signed headers carry them in the JOSE header and may have more in the claims. */
export function timesOf({ header, claims }: TokenParts, provider: Provider): TokenTimes[] | Failure {
  const [first, more] = hasKeySet(provider) ? [claims] : [header, claims];
  const required = parseTimes(first, { requireExp: true });
  if ('code' in required) return required;
  if (more === undefined) return [required];
  const further = parseTimes(more, { requireExp: false });
  return 'code' in further ? further : [required, further];
}

/** Checks what can change while a token is remembered. */
export function checkNow(
  { provider, identity, times }: AcceptedToken,
  { now, revocations }: { readonly now: () => number; readonly revocations: Revocations },
): Failure | undefined {
  const seconds = now() / 1000;
  for (const some of times) {
    const failure = checkTimes(some, provider, seconds);
    if (failure !== undefined) return failure;
  }
  return checkAge(identity.claims, provider, seconds) ?? checkRevocations(identity, revocations);
}
