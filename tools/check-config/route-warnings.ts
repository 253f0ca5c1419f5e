import { nearestName } from '../../lambda/core/config/nearest-name.ts';
import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import { ofPolicy, type Warning } from '../../lambda/core/config/warning.ts';
import { placedName } from './route-names.ts';

/** What routes say about methods without effect. */
export const routeWarnings = (policy: PolicyDocument): Warning[] => [
  ...unknownMethods(policy),
  ...methodsBesidePost(policy),
  ...preflightsNotTaken(policy),
];

/** The methods of RFC 9110 §9 and RFC 5789. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'];

/** Any word can be a method, and a route for a method that no client sends leaves its requests to other routes. */
const unknownMethods = ({ routes = [] }: PolicyDocument): Warning[] =>
  routes.flatMap(({ methods = [] }, index) =>
    methods.flatMap((method, at) => {
      const advice = METHODS.includes(method) ? undefined : adviceOn(method);
      return advice === undefined
        ? []
        : ofPolicy(
            'unknown-method',
            `routes.${index}.methods.${at}: ${method} is not an HTTP method: ${advice}`,
          );
    }),
  );

function adviceOn(method: string): string | undefined {
  if (['ALL', 'ANY'].includes(method)) return 'leave "methods" out for any';
  const meant = nearestName(method, METHODS);
  return meant === undefined ? undefined : `did you mean ${meant}?`;
}

/** A preflight is an OPTIONS request (Fetch §4.8), so a route has to match those to let one through. */
const preflightsNotTaken = ({ routes = [] }: PolicyDocument): Warning[] =>
  routes.flatMap((route, index) =>
    route.corsPreflight === 'allow' && route.methods?.includes('OPTIONS') === false
      ? ofPolicy(
          'preflight-not-taken',
          `${placedName(route, index)} allows preflights but matches none, because its methods lack OPTIONS: add it`,
        )
      : [],
  );

/** Frameworks let a POSTed form name another method (`_method=DELETE`), which no header field shows. */
function methodsBesidePost({ routes = [], unmatched }: PolicyDocument): Warning[] {
  if (unmatched === 'deny') return [];
  const takesPost = (path: string) =>
    routes.some((route) => route.path === path && (route.methods?.includes('POST') ?? true));
  return routes.flatMap((route, index) => {
    const overridable = (route.methods ?? []).filter((method) => ['PUT', 'PATCH', 'DELETE'].includes(method));
    if (overridable.length === 0 || takesPost(route.path)) return [];
    return ofPolicy(
      'method-override',
      `${placedName(route, index)} does not cover POST: an upstream that honours "_method=${overridable[0]}" in a form would accept a POST instead; add POST, or a route for it`,
    );
  });
}
