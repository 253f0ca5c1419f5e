import { placeKey } from '../../../lambda/core/credentials/place.ts';
import type { Provider } from '../../../lambda/core/provider.ts';
import type { Route } from '../../../lambda/core/routes/route.ts';
import { isSubset, rulesImply, scopesImply } from './implications.ts';
import { newlyAccepted } from './provider-pairs.ts';

/** Whether anything at all goes on by a route. */
export const letsThrough = ({ missing, reportOnly }: Route): boolean => !missing || reportOnly;

/**
 * What differs between two routes so that the second may let through what the first does not; empty if it surely does
 * not. Both take their providers from one list, so that the same are identical.
 */
export function widening(before: Route, after: Route): string[] {
  if (!letsThrough(after) || before.reportOnly) return [];
  if (after.reportOnly) return ['mode'];
  if (before.missing) return ['unmatched'];
  const wider: [string, boolean][] = [
    ['onUnauthenticatedRequest', after.allowAnonymous && !before.allowAnonymous],
    ['corsPreflight', after.allowPreflight && !(before.allowPreflight || before.allowAnonymous)],
    ['providers', !areProvidersWithin(after, before)],
    ['scopes', !scopesImply(after.scopes, before.scopes)],
    ['claims', !rulesImply(after.claims, before.claims)],
    // A claim that cannot be sent on makes a request one that is not let through.
    ['headers', !isSubset(forwardedClaims(before), forwardedClaims(after))],
  ];
  return wider.filter(([, is]) => is).map(([name]) => name);
}

const forwardedClaims = ({ headers }: Route): readonly string[] => headers.map(([, claim]) => claim);

/** Whether each token that the one route's providers accept is accepted by the other's, and found as surely. */
function areProvidersWithin(one: Route, other: Route): boolean {
  if (isSubset(one.providers, other.providers) && isSubset(other.providers, one.providers)) {
    return areInOrder(one.providers, other.providers) || haveOneScopeClaim(one);
  }
  // Where one looks and the other does not, there may be another credential.
  if (!isSubset(placesOf(other), placesOf(one))) return false;
  if (!isSubset(placesOf(one), placesOf(other))) return false;
  const isWithin = (provider: Provider) =>
    other.providers.some((wider) => wider === provider || newlyAccepted(wider, provider).length === 0);
  return (
    one.providers.every(isWithin) && haveOneScopeClaim({ providers: [...one.providers, ...other.providers] })
  );
}

const placesOf = ({ providers }: Pick<Route, 'providers'>): readonly string[] =>
  providers.flatMap(({ places }) => places.map(placeKey));

const areInOrder = (one: readonly Provider[], other: readonly Provider[]): boolean =>
  one.length === other.length && one.every((provider, index) => provider === other[index]);

/** The first provider that accepts a token decides which scopes it has. */
const haveOneScopeClaim = ({ providers }: Pick<Route, 'providers'>): boolean =>
  new Set(providers.map(({ scopeClaim }) => scopeClaim)).size < 2;
