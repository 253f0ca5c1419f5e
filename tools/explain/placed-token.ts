import type { Place } from '../../lambda/core/credentials/place.ts';
import type { HttpRequest } from '../../lambda/core/http/message.ts';

/** A request with a token in a place; without a token, the request as it is. */
export function withToken(request: HttpRequest, place: Place, token: string): HttpRequest {
  if (token === '') return request;
  const withField = (name: string, value: string): HttpRequest => ({
    ...request,
    headers: [[name, value], ...request.headers],
  });
  switch (place.kind) {
    case 'header':
      return withField(place.name, place.scheme === undefined ? token : `${place.scheme} ${token}`);
    case 'cookie':
      return withField('cookie', `${place.name}=${token}`);
    case 'query': {
      const parameter = `${place.name}=${encodeURIComponent(token)}`;
      return { ...request, query: request.query === '' ? parameter : `${request.query}&${parameter}` };
    }
    case 'webSocketProtocol':
      return withField('sec-websocket-protocol', `${place.name}, ${token}`);
    default:
      return place satisfies never;
  }
}

const KINDS = { cookie: 'cookie', query: 'query', 'websocket-protocol': 'webSocketProtocol' } as const;

export const PLACE_FORMS = 'HEADER, cookie:NAME, query:NAME or websocket-protocol:NAME';

/** The place that a text names in one of those forms, if possible as one of the providers' places. */
export function parsePlace(text: string, known: readonly Place[]): Place | undefined {
  const [, kind, name] = /^(cookie|query|websocket-protocol):([!-~]+)$/.exec(text) ?? [];
  const meant =
    kind === undefined || name === undefined
      ? known.find((place) => place.kind === 'header' && place.name === text.toLowerCase())
      : known.find((place) => place.kind === KINDS[kind as keyof typeof KINDS] && place.name === name);
  if (meant !== undefined) return meant;
  if (kind !== undefined && name !== undefined) return placeOf(KINDS[kind as keyof typeof KINDS], name);
  return /^[\w-]+$/.test(text) && !Object.hasOwn(KINDS, text.toLowerCase())
    ? headerNamed(text.toLowerCase())
    : undefined;
}

const placeOf = (kind: 'cookie' | 'query' | 'webSocketProtocol', name: string): Place =>
  kind === 'query' ? { kind, name, everywhere: false } : { kind, name };

const headerNamed = (name: string): Place => ({
  kind: 'header',
  name,
  ...(name === 'authorization' && { scheme: 'Bearer' }),
});
