import { placeName } from '../credentials/place.ts';
import type { Provider } from '../provider.ts';

/** What is valid and most likely not meant, or worth knowing, of the providers. */
export const providerWarnings = (providers: readonly Provider[]): string[] =>
  providers.flatMap(placeWarnings);

function placeWarnings({ name, places }: Provider): string[] {
  return places.flatMap((place) => {
    const where = `policy: providers.${name}.tokenFrom`;
    if (place.kind === 'cookie' && !place.name.startsWith('__Host-')) {
      return `${where}: ${placeName(place)} can be set by other hosts of the same domain: a name that begins with __Host- cannot`;
    }
    if (place.kind === 'query' && place.everywhere) {
      return `${where}: ${placeName(place)} is taken everywhere, and access logs, browsers and proxies keep URLs with the token in them`;
    }
    return [];
  });
}
