import { placeName } from '../credentials/place.ts';
import { isOrdinary } from '../credentials/sources.ts';
import type { Provider } from '../provider.ts';
import type { RouteRule } from '../routes/match.ts';
import { matchesPattern } from '../routes/pattern.ts';
import type { Route } from '../routes/route.ts';
import { ofPolicy, type Warning } from './warning.ts';

/** Warns of what is valid in the providers but most likely a mistake, or worth knowing. */
export const providerWarnings = (providers: readonly Provider[]): Warning[] =>
  providers.flatMap(placeWarnings);

function placeWarnings({ name, places }: Provider): Warning[] {
  return places.flatMap((place) => {
    const where = `providers.${name}.tokenFrom`;
    if (place.kind === 'cookie' && !place.name.startsWith('__Host-')) {
      return ofPolicy(
        'cookie-name',
        `${where}: other hosts of the same domain can set ${placeName(place)}: give it a name that begins with __Host-`,
      );
    }
    if (place.kind === 'query' && place.everywhere) {
      return ofPolicy(
        'token-in-query',
        `${where}: ${placeName(place)} is read on every request, and access logs, browsers and proxies keep URLs with the token in them: prefer any other place`,
      );
    }
    return [];
  });
}

/** Warns of policies and routes that let nobody through. */
export const routeWarnings = (rules: readonly RouteRule[], fallback: Route): Warning[] =>
  rules.length === 0 && fallback.missing
    ? [ofPolicy('no-routes', 'it has no routes, so every request is denied (route_missing)')]
    : rules.flatMap(webSocketOnly);

/** Warns of a route that accepts tokens only when a WebSocket opens, on a path where none does. */
function webSocketOnly({ index, route: { path = '', providers, allowAnonymous } }: RouteRule): Warning[] {
  const looked = providers.flatMap(({ places }) => places);
  if (looked.length === 0 || looked.some(isOrdinary) || allowAnonymous || matchesPattern(path, '/$connect'))
    return [];
  return [
    ofPolicy(
      'web-socket-only',
      `routes.${index} (${path}): its providers accept tokens only on a WebSocket's $connect, so every request is rejected: give one of them another place in "tokenFrom"`,
    ),
  ];
}
