import { checkAuthentication } from '../../lambda/core/authentication-level.ts';
import type { Identity } from '../../lambda/core/identity.ts';
import type { AuthenticationLevel, Route } from '../../lambda/core/routes/route.ts';
import { listed, shown, time } from './format.ts';
import { fail, pass, type Step } from './step.ts';

/** Whether the token's login is good enough for the route. `now` is in seconds since the epoch. */
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
    return [pass('authentication', `as the route asks: ${listed(wantedLogin(authentication))}`)];
  const { acr, auth_time: loggedIn } = claims;
  const when = typeof loggedIn === 'number' ? time(loggedIn, timeZone) : shown(loggedIn);
  return [
    fail('authentication', failure, [
      `the route asks for ${listed(wantedLogin(authentication))}; the token has ${acr === undefined ? 'no "acr"' : `"acr" ${shown(acr)}`} and ${loggedIn === undefined ? 'no "auth_time"' : `"auth_time" ${when}`}`,
      'the client has to send its user to log in again, with acr_values and max_age of the challenge',
    ]),
  ];
}

/** What a route requires of the login, in words. */
export const wantedLogin = ({ acr, maxAgeSeconds }: AuthenticationLevel): string[] => [
  ...(acr.length === 0
    ? []
    : [`a login by ${acr.length === 1 ? '' : 'one of '}${acr.map((one) => shown(one)).join(', ')}`]),
  ...(maxAgeSeconds === undefined ? [] : [`a login within the last ${maxAgeSeconds} s`]),
];
