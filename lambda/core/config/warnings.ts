import { placeName } from '../credentials/place.ts';
import type { Provider } from '../provider.ts';

/** What is valid in the providers, and most likely a mistake or worth knowing. */
export const providerWarnings = (providers: readonly Provider[]): string[] =>
  providers.flatMap(placeWarnings);

function placeWarnings({ name, places }: Provider): string[] {
  return places.flatMap((place) => {
    const where = `policy: providers.${name}.tokenFrom`;
    if (place.kind === 'cookie' && !place.name.startsWith('__Host-')) {
      return `${where}: other hosts of the same domain can set ${placeName(place)}: give it a name that begins with __Host-`;
    }
    if (place.kind === 'query' && place.everywhere) {
      return `${where}: ${placeName(place)} is read on every request, and access logs, browsers and proxies keep URLs with the token in them: prefer any other place`;
    }
    return [];
  });
}
