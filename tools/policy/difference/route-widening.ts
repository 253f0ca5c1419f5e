import { placeKey } from '../../../lambda/core/credentials/place.ts';
import type { Provider } from '../../../lambda/core/provider.ts';
import type { Route } from '../../../lambda/core/routes/route.ts';
import { isSubset, rulesImply, scopesImply } from './implications.ts';
import { loginWidening } from './login.ts';
import { newlyAccepted } from './provider-pairs.ts';

/** Whether a route lets anything through. */
export const letsThrough = ({ missing, reportOnly }: Route): boolean => !missing || reportOnly;

/** Identifies a provider across both sides. */
type IdOf = (provider: Provider) => string;

/**
 * The differences that may make the second route let through what the first does not; empty if it surely does not. Changes of a
 * provider that both take are reported with the provider.
 */
export function widening(before: Route, after: Route, idOf: IdOf): string[] {
  if (!letsThrough(after) || before.reportOnly) return [];
  if (after.reportOnly) return ['mode'];
  if (before.missing) return [before.path === undefined ? 'unmatched' : 'mcp'];
  if (before.allowAnonymous && before.providers.length === 0 && before.headers.length === 0) return [];
  const wider: [string, boolean][] = [
    ['onUnauthenticatedRequest', after.allowAnonymous && !before.allowAnonymous],
    ['corsPreflight', after.allowPreflight && !(before.allowPreflight || before.allowAnonymous)],
    ['providers', !areProvidersWithin(after.providers, before.providers, idOf)],
    ['scopes', !scopesImply(after.scopes, before.scopes)],
    ['claims', !rulesImply(after.claims, before.claims)],
    ...loginWidening(before.authentication, after.authentication),
    // A request with a claim that cannot be forwarded is rejected.
    ['headers', !isSubset(forwardedClaims(before), forwardedClaims(after))],
  ];
  return wider.filter(([, is]) => is).map(([name]) => name);
}

const forwardedClaims = ({ headers }: Route): readonly string[] => headers.map(([, claim]) => claim);

type Providers = readonly Provider[];

/** Whether the other providers accept every token that these accept, and find it as reliably. */
function areProvidersWithin(some: Providers, others: Providers, idOf: IdOf): boolean {
  const [mine, theirs] = [some.map(idOf), others.map(idOf)];
  if (mine.join() === theirs.join()) return true;
  // The first provider that accepts a token decides which scopes it has.
  if (new Set([...some, ...others].map(({ scopeClaim }) => scopeClaim)).size > 1) return false;
  if (isSubset(mine, theirs) && isSubset(theirs, mine)) return true;
  // Where only one of them looks, there may be another credential.
  const [here, there] = [placesOf(some), placesOf(others)];
  if (!isSubset(here, there) || !isSubset(there, here)) return false;
  return some.every((provider) =>
    others.some((other) => idOf(other) === idOf(provider) || newlyAccepted(other, provider).length === 0),
  );
}

const placesOf = (providers: Providers): readonly string[] =>
  providers.flatMap(({ places }) => places.map(placeKey));
