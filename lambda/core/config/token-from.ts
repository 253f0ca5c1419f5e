import { BEARER, type Place, SIGNED_FIELDS } from '../credentials/place.ts';
import { isReservedField } from '../http/forwarded-headers.ts';
import { type Parsed, parsed, parsedList } from './parsed.ts';
import type { PlaceDocument } from './providers-schema.ts';

/** Parses where clients send a provider's tokens; as bearer tokens in Authorization unless it says otherwise. */
export const parsePlaces = (documents: readonly PlaceDocument[] | undefined): Parsed<readonly Place[]> =>
  documents === undefined ? parsed([BEARER]) : parsedList(documents.map(placeOf), placeProblem);

function placeOf(document: PlaceDocument): Place {
  if ('cookie' in document) return { kind: 'cookie', name: document.cookie };
  if ('query' in document) {
    return { kind: 'query', name: document.query, everywhere: document.everywhere ?? false };
  }
  if ('webSocketProtocol' in document) return { kind: 'webSocketProtocol', name: document.webSocketProtocol };
  const { header, scheme } = document;
  return { kind: 'header', name: header.toLowerCase(), ...(scheme !== undefined && { scheme }) };
}

/** What to write instead of a header field that has its own form. */
const INSTEAD: Readonly<Record<string, string>> = {
  cookie: '{"cookie": NAME}',
  'sec-websocket-protocol': '{"webSocketProtocol": NAME}',
};

function placeProblem(place: Place): string | undefined {
  if (place.kind !== 'header') return undefined;
  const [type] = Object.entries(SIGNED_FIELDS).find(([, name]) => name === place.name) ?? [];
  if (type !== undefined) return `only providers of the type ${type} read ${place.name}`;
  if (isReservedField(place.name)) {
    const instead = INSTEAD[place.name];
    return `the header field ${place.name} cannot hold a token: use ${instead ?? 'another one'}`;
  }
  return place.scheme?.toLowerCase() === 'dpop'
    ? 'the scheme DPoP is not supported, because proofs of possession are not checked'
    : undefined;
}
