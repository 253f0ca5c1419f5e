import { own } from './claim-rules.ts';
import type { Rejection } from './decision.ts';
import type { Identity } from './identity.ts';
import { isNumericDate } from './jwt/check.ts';
import type { Route } from './routes/route.ts';

/**
 * Checks that the login behind a token is strong and recent enough for a route. `now` is in seconds since the epoch.
 */
export function checkAuthentication(
  identity: Identity,
  { authentication, providers }: Route,
  now: number,
): Rejection | undefined {
  if (authentication === undefined) return undefined;
  const { acr, maxAgeSeconds } = authentication;
  const tolerance = providers.find(({ name }) => name === identity.provider)?.clockToleranceSeconds ?? 0;
  const reason =
    weakness(identity.claims, acr) ??
    (maxAgeSeconds === undefined ? undefined : ageProblem(identity.claims, maxAgeSeconds, tolerance, now));
  if (reason === undefined) return undefined;
  return {
    kind: 'reject',
    code: 'authentication_insufficient',
    reason,
    challenge: { ...(acr.length > 0 && { acrValues: acr }), maxAge: maxAgeSeconds },
  };
}

type Claims = Identity['claims'];

function weakness(claims: Claims, wanted: readonly string[]): string | undefined {
  const acr = own(claims, 'acr');
  if (wanted.length === 0 || (typeof acr === 'string' && wanted.includes(acr))) return undefined;
  return `"acr" is ${acr === undefined ? 'missing' : 'not accepted'} (accepted: ${wanted.join(', ')})`;
}

/** A token that does not say when the login was, or puts it in the future, does not show that it was recent. */
function ageProblem(claims: Claims, most: number, tolerance: number, now: number): string | undefined {
  const time = own(claims, 'auth_time');
  if (time === undefined) return '"auth_time" is missing, but the route limits the age of the login';
  if (!isNumericDate(time)) return '"auth_time" is not a NumericDate in seconds';
  if (time > now + tolerance) return '"auth_time" is in the future';
  return now - time > most + tolerance
    ? `the login was ${Math.ceil(now - time)} s ago, accepted for ${most} s`
    : undefined;
}
