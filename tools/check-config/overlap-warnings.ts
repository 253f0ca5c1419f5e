import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import { placeKey } from '../../lambda/core/credentials/place.ts';
import { hasKeySet, issuersOf, type Provider } from '../../lambda/core/provider.ts';
import { listed } from '../explain/format.ts';

/**
 * Providers of one route that share an issuer, if one is stricter about the form of a token: a token that it rejects for its
 * form passes as the other's. Different audiences or claims are no reason to warn, because that is what two providers are for.
 */
export function overlapWarnings({ routes = [] }: PolicyDocument, providers: readonly Provider[]): string[] {
  const byName = new Map(providers.map((provider) => [provider.name, provider]));
  const warnings = routes.flatMap((route) => {
    const own = (route.providers ?? []).flatMap((name) => byName.get(name) ?? []);
    return own.flatMap((a, index) => own.slice(index + 1).flatMap((b) => overlapWarning(a, b) ?? []));
  });
  return [...new Set(warnings)];
}

function overlapWarning(a: Provider, b: Provider): string | undefined {
  const issuer = issuersOf(a).find((one) => issuersOf(b).includes(one));
  const places = a.places.map(placeKey);
  if (issuer === undefined || !b.places.some((place) => places.includes(placeKey(place)))) return undefined;
  const differences = differencesOf(a, b);
  if (differences.length === 0) return undefined;
  return (
    `providers.${b.name}: shares the issuer ${issuer} with ${a.name} on a route but differs in ` +
    `${listed(differences)}: a token that the stricter one rejects for this reason passes if the other accepts it`
  );
}

function differencesOf(a: Provider, b: Provider): string[] {
  const differs = (of: (provider: Provider) => unknown): boolean =>
    JSON.stringify(of(a)) !== JSON.stringify(of(b));
  return [
    ...(differs(({ algorithms }) => [...algorithms].sort()) ? ['"algorithms"'] : []),
    ...(differs(({ types }) => [...types].sort()) ? ['"typ"'] : []),
    ...(differs((provider) => hasKeySet(provider) && provider.audience === null)
      ? ['whether there is an "audience"']
      : []),
    ...(differs(({ maxTokenAgeSeconds }) => maxTokenAgeSeconds) ? ['"maxTokenAgeSeconds"'] : []),
  ];
}
