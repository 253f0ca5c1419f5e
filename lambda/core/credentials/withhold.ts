import { spellingsOf } from '../http/forwarded-headers.ts';
import type { HeaderList, HttpRequest } from '../http/message.ts';
import { oncePerList, type Provider } from '../provider.ts';
import { alike } from './alike.ts';
import { withoutCookies } from './cookies.ts';
import { isSchemeless, schemePattern } from './header-field.ts';
import { BEARER, isSigned, type Place, placeKey } from './place.ts';
import { withoutParameters } from './query-parameters.ts';

export interface WithholdingOptions {
  /** All providers: a route that does not accept the credentials of one may lead to an upstream that does. */
  readonly providers: readonly Provider[];
  /** Where the verified credential is; undefined if there is none. */
  readonly verified: Place | undefined;
  /** Whether unverified credentials are forwarded anyway, as in a dry run. */
  readonly unverified: boolean;
  /** Credentials of these are never forwarded. */
  readonly stripped: readonly Provider[];
}

/**
 * The request without the credentials that must not be forwarded: unverified ones, those that the route strips, and any
 * in the query, which ends up in logs. They are removed in every spelling that some server treats as the same.
 * `requestHeaders` deals with AWS's signed headers.
 */
export function withholdCredentials(request: HttpRequest, options: WithholdingOptions): HttpRequest {
  const { providers, verified, unverified, stripped } = options;
  const verifiedKey = verified && placeKey(verified);
  const strippedKeys = keysOf(stripped);
  const goesOn = ({ key }: { readonly key: string }): boolean =>
    !strippedKeys.has(key) && (unverified || key === verifiedKey);
  const { fields, cookies, parameters } = placesOf(providers);
  const headers = request.headers.filter((field) => {
    const holding = fields.filter(({ holds }) => holds(field));
    return (
      holding.length === 0 ||
      holding.some((holder) => (unverified || holder.name === field[0]) && goesOn(holder))
    );
  });
  const kept = cookies.filter(goesOn);
  // A cookie that is only spelled like the verified one has not been verified.
  const withheld = unverified ? cookies.filter((cookie) => !goesOn(cookie)) : cookies;
  return {
    ...request,
    headers: withoutCookies(headers, {
      withheld: new Set(withheld.map(({ name }) => alike(name))),
      kept: new Set(kept.map(({ name }) => name)),
    }),
    query: withoutParameters(request.query, parameters),
  };
}

/** A header field that holds the credentials of a place. */
interface CredentialField {
  /** The key of the place. */
  readonly key: string;
  readonly name: string;
  /** Holds for any spelling of the name, because some upstream treats them all as one. */
  readonly holds: (field: HeaderList[number]) => boolean;
}

const keysOf = oncePerList(
  (providers): ReadonlySet<string> => new Set(providers.flatMap(({ places }) => places.map(placeKey))),
);

const placesOf = oncePerList((providers) => {
  const byKey = new Map(
    [BEARER, ...providers.flatMap(({ places }) => places)].map((place) => [placeKey(place), place]),
  );
  const all = [...byKey.values()];
  return {
    fields: all.flatMap(fieldOf),
    cookies: all.flatMap((place) =>
      place.kind === 'cookie' ? [{ key: placeKey(place), name: place.name }] : [],
    ),
    parameters: new Set(all.filter(({ kind }) => kind === 'query').map(({ name }) => alike(name))),
  };
});

function fieldOf(place: Place): CredentialField[] {
  if (isSigned(place)) return [];
  const key = placeKey(place);
  if (place.kind === 'webSocketProtocol') {
    const name = 'sec-websocket-protocol';
    return [{ key, name, holds: ([field]) => field === name }];
  }
  if (place.kind !== 'header') return [];
  const { name, scheme } = place;
  if (name !== BEARER.name) {
    const spellings = spellingsOf(name);
    return [{ key, name, holds: ([field]) => spellings.test(field) }];
  }
  const pattern = scheme === undefined ? undefined : schemePattern(scheme);
  const isOfScheme = (value: string): boolean => pattern?.test(value) ?? isSchemeless(value);
  return [{ key, name, holds: ([field, value]) => field === name && isOfScheme(value) }];
}
