import { type HttpRequest, headerValues, soleValue } from '../http/message.ts';
import type { TokenParts } from '../jwt/decode.ts';
import { claimedIssuer, ISSUER_SOURCES, type IssuerSource, issuerSourceOf } from '../jwt/issuer.ts';
import { issuersOf, oncePerList, type Provider } from '../provider.ts';
import { cookieValues } from './cookies.ts';
import { type Finding, NONE } from './finding.ts';
import { fieldName, type ReadField, rawReader, readWhole, schemeReader } from './header-field.ts';
import { BEARER, isSigned, type Place, placeKey, placeName } from './place.ts';
import { queryValues } from './query-parameters.ts';

/** A place where the credentials of some providers can be. */
export interface Source {
  readonly place: Place;
  /** Whether AWS signs and writes the value. */
  readonly signed: boolean;
  readonly read: (request: HttpRequest) => Finding;
  /** The providers that accept credentials from this place, in their order. */
  readonly providers: readonly Provider[];
  /**
   * The providers that a token claims to be from. The claim is unverified, so each of them must verify the token
   * itself.
   */
  readonly candidatesOf: (token: TokenParts) => readonly Provider[];
}

/** Sources, by how a request comes in. */
type Sources = Readonly<Record<NonNullable<HttpRequest['via']> | 'ordinary', readonly Source[]>>;

/** Where to look for these providers' credentials in this request. */
export const sourcesOf = (providers: readonly Provider[], { via }: HttpRequest): readonly Source[] =>
  compiled(providers)[via ?? 'ordinary'];

const compiled = oncePerList(
  (providers): Sources => ({
    ordinary: compile(providers, ordinaryPlaces),
    websocket: compile(providers, (places) => places),
    appsync: compile(providers, (places) => ordinaryPlaces(places).flatMap(andWithoutScheme)),
  }),
);

/** The places where a request that opens no WebSocket can have a credential. */
const ordinaryPlaces = (places: readonly Place[]): readonly Place[] => places.filter(isOrdinary);

/** Whether a request that opens no WebSocket can have a credential in this place. */
export const isOrdinary = (place: Place): boolean =>
  place.kind !== 'webSocketProtocol' && (place.kind !== 'query' || place.everywhere);

/**
 * AppSync's clients may leave out the scheme, whatever it is. Then the token is for every provider that reads
 * Authorization.
 */
const andWithoutScheme = (place: Place): readonly Place[] =>
  place.kind === 'header' && place.name === BEARER.name
    ? [place, { kind: place.kind, name: place.name }]
    : [place];

function compile(
  providers: readonly Provider[],
  looked: (places: readonly Place[]) => readonly Place[],
): Source[] {
  const byKey = new Map<string, { place: Place; providers: Set<Provider> }>();
  for (const provider of providers) {
    for (const place of looked(provider.places)) {
      const key = placeKey(place);
      const same = byKey.get(key) ?? { place, providers: new Set() };
      same.providers.add(provider);
      byKey.set(key, same);
    }
  }
  return [...byKey.values()].map(({ place, providers: takers }) => ({
    place,
    signed: isSigned(place),
    read: readerOf(place),
    providers: [...takers],
    candidatesOf: indexByIssuer([...takers]),
  }));
}

/** The providers that a token claims to be from, wherever they accept tokens. */
export const candidatesAmong = (providers: readonly Provider[], token: TokenParts): readonly Provider[] =>
  providers.filter((provider) =>
    issuersOf(provider).includes(claimedIssuer(issuerSourceOf(provider), token) ?? ''),
  );

const NOBODY: readonly Provider[] = [];

/** Finds providers by the issuer that a token claims, quickly however many there are. */
function indexByIssuer(providers: readonly Provider[]): Source['candidatesOf'] {
  const indexes = new Map<IssuerSource, Map<string, Provider[]>>();
  for (const provider of providers) {
    const source = issuerSourceOf(provider);
    const index = indexes.get(source) ?? new Map<string, Provider[]>();
    indexes.set(source, index);
    for (const issuer of issuersOf(provider)) index.set(issuer, [...(index.get(issuer) ?? []), provider]);
  }
  const [only, ...more] = indexes;
  if (only !== undefined && more.length === 0) {
    const [source, index] = only;
    return (token) => index.get(claimedIssuer(source, token) ?? '') ?? NOBODY;
  }
  return (token) => {
    let found = NOBODY;
    for (const source of ISSUER_SOURCES) {
      const issuer = indexes.has(source) ? claimedIssuer(source, token) : undefined;
      const more = issuer === undefined ? undefined : indexes.get(source)?.get(issuer);
      if (more !== undefined) found = found.length === 0 ? more : inOrder(providers, [...found, ...more]);
    }
    return found;
  };
}

const inOrder = (providers: readonly Provider[], some: readonly Provider[]): readonly Provider[] =>
  providers.filter((provider) => some.includes(provider));

function readerOf(place: Place): Source['read'] {
  switch (place.kind) {
    case 'header':
      return headerReader(place.name, fieldReader(place));
    case 'cookie':
      return ({ headers }) => soleOf(cookieValues(headers, place.name), placeName(place));
    case 'query':
      return ({ query }) => soleOf(queryValues(query, place.name), placeName(place));
    case 'webSocketProtocol':
      return (request) => tokenAfter(place.name, request);
    default:
      return place satisfies never;
  }
}

function headerReader(name: string, read: ReadField): Source['read'] {
  return ({ headers }) => {
    const field = soleValue(headers, name);
    if (field === undefined) return NONE;
    return field === null
      ? { kind: 'ambiguous', reason: `more than one ${fieldName(name)} header` }
      : read(field);
  };
}

function fieldReader(place: Extract<Place, { kind: 'header' }>): ReadField {
  if (isSigned(place)) return readWhole;
  return place.scheme === undefined ? rawReader(place.name) : schemeReader(place.name, place.scheme);
}

function soleOf(values: readonly (string | null)[], where: string): Finding {
  const [value, ...more] = values;
  if (more.length > 0) return { kind: 'ambiguous', reason: `${where} appears more than once` };
  if (value === undefined || value === '') return NONE;
  return value === null
    ? { kind: 'malformed', reason: `${where} has malformed escapes` }
    : { kind: 'token', token: value };
}

/** RFC 6455 §4.1: several fields form one list. */
function tokenAfter(name: string, { headers }: HttpRequest): Finding {
  const offered = headerValues(headers, 'sec-websocket-protocol')
    .join(',')
    .split(',')
    .map((protocol) => protocol.trim());
  const at = offered.indexOf(name);
  if (at === -1) return NONE;
  if (offered.includes(name, at + 1)) {
    return { kind: 'ambiguous', reason: `the WebSocket subprotocol ${name} is offered more than once` };
  }
  const token = offered[at + 1] ?? '';
  return token === ''
    ? { kind: 'malformed', reason: `no token comes after the WebSocket subprotocol ${name}` }
    : { kind: 'token', token };
}
