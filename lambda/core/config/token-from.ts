import { BEARER, type Place, SIGNED_FIELDS } from '../credentials/place.ts';
import { isReservedField } from '../http/forwarded-headers.ts';
import { type Parsed, parsed } from './parsed.ts';
import type { PlaceDocument } from './providers-schema.ts';

/** Where a provider's tokens stand in a request; Bearer in Authorization where it does not say. */
export function parsePlaces(documents: readonly PlaceDocument[] | undefined): Parsed<readonly Place[]> {
  if (documents === undefined) return parsed([BEARER]);
  const places = documents.map(placeOf);
  const problems = places.flatMap((place, index) => {
    const problem = placeProblem(place);
    return problem === undefined ? [] : [`${index}: ${problem}`];
  });
  return problems.length > 0 ? { problems } : parsed(places);
}

function placeOf(document: PlaceDocument): Place {
  if ('cookie' in document) return { kind: 'cookie', name: document.cookie };
  if ('query' in document) {
    return { kind: 'query', name: document.query, everywhere: document.everywhere ?? false };
  }
  if ('webSocketProtocol' in document) return { kind: 'webSocketProtocol', name: document.webSocketProtocol };
  const { header, scheme } = document;
  return { kind: 'header', name: header.toLowerCase(), ...(scheme !== undefined && { scheme }) };
}

function placeProblem(place: Place): string | undefined {
  if (place.kind !== 'header') return undefined;
  if ((Object.values(SIGNED_FIELDS) as string[]).includes(place.name)) {
    return `${place.name} is for providers of the types ${Object.keys(SIGNED_FIELDS).join(' and ')}`;
  }
  if (isReservedField(place.name)) return `no token can come in ${place.name}`;
  return place.scheme?.toLowerCase() === 'dpop'
    ? 'a token with the scheme DPoP needs a proof, and none is checked'
    : undefined;
}
