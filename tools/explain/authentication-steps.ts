import { checkAuthentication } from '../../lambda/core/authentication-level.ts';
import type { Identity } from '../../lambda/core/identity.ts';
import type { AuthenticationLevel, Route } from '../../lambda/core/routes/route.ts';
import { duration, listed, shown, time } from './format.ts';
import { fail, pass, type Step } from './step.ts';

/** Whether the login that the token is from is good enough, where the route asks. `now` is in seconds since the epoch. */
export function authenticationSteps(
  { claims, ...identity }: Identity,
  route: Route,
  now: number,
  timeZone: string,
): Step[] {
  const { authentication } = route;
  if (authentication === undefined) return [];
  const failure = checkAuthentication({ ...identity, claims }, route, now);
  if (failure === undefined)
    return [pass('authentication', `as the route asks: ${wantedLogin(authentication)}`)];
  const { acr, auth_time: loggedIn } = claims;
  return [
    fail('authentication', failure, [
      `the route asks for ${wantedLogin(authentication)}; the token has "acr" ${shown(acr ?? null)} and "auth_time" ${typeof loggedIn === 'number' ? time(loggedIn, timeZone) : shown(loggedIn ?? null)}`,
      'the client has to send its user to log in again, with acr_values and max_age of the challenge',
    ]),
  ];
}

/** What a route asks of the login, in words. */
export const wantedLogin = ({ acr, maxAgeSeconds }: AuthenticationLevel): string =>
  listed([
    ...(acr.length === 0 ? [] : [`a login by one of ${acr.map((one) => shown(one)).join(', ')}`]),
    ...(maxAgeSeconds === undefined ? [] : [`a login within the last ${duration(maxAgeSeconds)}`]),
  ]);
