/** Where a request carries a credential. */
export type Place =
  /** A header field by its lower-case name: the token follows a scheme or, without one, is the whole field. */
  | { readonly kind: 'header'; readonly name: string; readonly scheme?: string }
  | { readonly kind: 'cookie'; readonly name: string }
  /**
   * A query parameter: read on a WebSocket's `$connect`, and on other requests only if its provider reads it
   * everywhere.
   */
  | { readonly kind: 'query'; readonly name: string; readonly everywhere: boolean }
  /** A subprotocol that a WebSocket's client offers; the one after it is the token. */
  | { readonly kind: 'webSocketProtocol'; readonly name: string };

/** RFC 6750 §2.1: where tokens are, unless their provider says otherwise. */
export const BEARER: Place = { kind: 'header', name: 'authorization', scheme: 'Bearer' };

/** The fields that AWS signs and writes itself. */
export const SIGNED_FIELDS = {
  'verified-access': 'x-amzn-ava-user-context',
  'alb-oidc': 'x-amzn-oidc-data',
} as const;

const SIGNED: readonly string[] = Object.values(SIGNED_FIELDS);

/** Whether a place is one of these fields, whose tokens have `=` padding. */
export const isSigned = ({ kind, name }: Place): boolean => kind === 'header' && SIGNED.includes(name);

/** The same text for two places that are the same in a request. Schemes ignore case (RFC 9110 §11.1). */
export const placeKey = (place: Place): string =>
  JSON.stringify([place.kind, place.name, 'scheme' in place ? place.scheme?.toLowerCase() : null]);

const BEARER_KEY = placeKey(BEARER);

/** Whether a place is `Authorization: Bearer`, in any spelling. */
export const isBearerPlace = (place: Place): boolean => placeKey(place) === BEARER_KEY;

/** The place in words, for the log. */
export function placeName(place: Place): string {
  switch (place.kind) {
    case 'header': {
      if (place.name !== BEARER.name) return `${place.name}${place.scheme ? ` (${place.scheme})` : ''}`;
      return isBearerPlace(place) ? place.name : `authorization (${place.scheme ?? 'no scheme'})`;
    }
    case 'cookie':
      return `the cookie ${place.name}`;
    case 'query':
      return `the query parameter ${place.name}`;
    case 'webSocketProtocol':
      return `the WebSocket subprotocol ${place.name}`;
    default:
      return place satisfies never;
  }
}
