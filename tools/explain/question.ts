import { BEARER, type Place, SIGNED_FIELDS } from '../../lambda/core/credentials/place.ts';
import type { HttpRequest } from '../../lambda/core/http/message.ts';
import type { ExplainInput, GivenRequest } from './input.ts';
import { parsePaste } from './paste/parse-paste.ts';
import { type PastedRequest, TOKEN_NAMES, type TokenName, UnreadablePaste } from './paste/pasted.ts';

/** The question: a request, and a token that is not yet in its place. */
export interface Question {
  /** Without the token, unless it was pasted as part of the request. */
  readonly request: HttpRequest;
  /** Empty if there is none, or if the request has it. */
  readonly token: string;
  readonly notes: readonly string[];
}

const EMPTY =
  'nothing was pasted, so the request has no token: copy one first (pbpaste, xclip -o and Get-Clipboard print the clipboard)';

const DEFAULTS = { method: 'GET', path: '/api/', query: '' } as const;

/** Makes a question from the paste and the arguments. Throws an `UnreadablePaste` if the paste cannot be read. */
export function questionOf({
  pasted,
  take,
  request = {},
  carrier,
}: Pick<ExplainInput, 'pasted' | 'take' | 'request' | 'carrier'>): Question {
  if (pasted === undefined) return { request: merged({ headers: [] }, request), token: '', notes: [] };
  const paste = parsePaste(pasted);
  if (paste.kind !== 'response' && paste.kind !== 'empty' && take !== undefined) {
    throw new UnreadablePaste(
      '--take chooses a token of a token response, but none was pasted: leave --take out.',
    );
  }
  const { notes } = paste;
  switch (paste.kind) {
    case 'unreadable':
      throw new UnreadablePaste(paste.problem);
    case 'empty':
      return {
        request: merged({ headers: [] }, request),
        token: '',
        notes: [EMPTY],
      };
    case 'token':
      return { request: merged({ headers: [] }, request), token: paste.token, notes };
    case 'response': {
      const { token, note } = chosen(paste.tokens, take);
      return { request: merged({ headers: [] }, request), token, notes: [...notes, note] };
    }
    case 'request': {
      const whole = merged(paste.request, request);
      if (carrier === undefined) return { request: whole, token: '', notes };
      const sighted = sightToken(whole);
      return sighted === undefined
        ? {
            request: whole,
            token: '',
            notes: [...notes, 'no token was seen in it that --carrier could move'],
          }
        : {
            request: sighted.without,
            token: sighted.token,
            notes: [...notes, 'the token was moved from where it was pasted to where --carrier says'],
          };
    }
    default:
      return paste satisfies never;
  }
}

/** The path in the requests of a WebSocket API's authorizer. */
const WEBSOCKET_PATH = '/$connect';

/** Given fields replace pasted ones. */
function merged(pasted: PastedRequest, given: GivenRequest): HttpRequest {
  const { headers = [] } = given;
  const names = new Set(headers.map(([name]) => name));
  // A given path comes with its own query.
  const [path, query] =
    given.path === undefined
      ? [pasted.path ?? DEFAULTS.path, pasted.query ?? DEFAULTS.query]
      : [given.path, given.query ?? DEFAULTS.query];
  return {
    // With a body and nothing else it is a POST, as with curl.
    method: given.method ?? pasted.method ?? (given.body === undefined ? DEFAULTS.method : 'POST'),
    path,
    query,
    headers: [...pasted.headers.filter(([name]) => !names.has(name)), ...headers],
    body: given.body ?? pasted.body ?? new Uint8Array(),
    ...(path === WEBSOCKET_PATH ? { via: 'websocket' } : given.via !== undefined && { via: given.via }),
  };
}

function chosen(
  tokens: Readonly<Partial<Record<TokenName, string>>>,
  take: TokenName | undefined,
): { token: string; note: string } {
  const there = TOKEN_NAMES.filter((name) => tokens[name] !== undefined);
  const name = take ?? there[0];
  const token = name && tokens[name];
  if (name === undefined || token === undefined) {
    throw new UnreadablePaste(`The token response has no ${take}: it has ${there.join(' and ')}.`);
  }
  const others = there.filter((other) => other !== name);
  const choice = others.length === 0 ? '' : ` (--take ${others.join(' or --take ')} takes another)`;
  return { token, note: `the ${name} of the token response was taken${choice}` };
}

/** A possible token in a request. */
export interface Sighted {
  readonly token: string;
  readonly place: Place;
  /** The request without it. */
  readonly without: HttpRequest;
}

/** The first token that a person would see in a request, whether or not a route looks there. */
export function sightToken(request: HttpRequest): Sighted | undefined {
  for (const [index, [name, value]] of request.headers.entries()) {
    const without = { ...request, headers: request.headers.filter((_, other) => other !== index) };
    if (name === BEARER.name) {
      const [, scheme, token = ''] = /^\s*([\w-]+)\s+(\S+)\s*$/.exec(value) ?? [];
      if (/^(?:bearer|dpop|token|jwt)$/i.test(scheme ?? '')) return { token, place: BEARER, without };
    }
    if (name === 'cookie') {
      const [, cookie = '', token = ''] = /(?:^|;\s*)([^=;\s]+)="?(e[wy][\w-]*\.[\w.=-]+)/.exec(value) ?? [];
      if (token !== '') return { token, place: { kind: 'cookie', name: cookie }, without };
      continue;
    }
    const isSigned = (Object.values(SIGNED_FIELDS) as string[]).includes(name);
    if (isSigned || /^e[wy][\w-]*\.[\w.=-]+$/.test(value)) {
      return { token: value, place: { kind: 'header', name }, without };
    }
  }
  const [, name = '', token = ''] = /(?:^|&)([^=&]+)=(e[wy][\w-]*\.[\w.-]+)(?:&|$)/.exec(request.query) ?? [];
  if (token === '') return undefined;
  const query = request.query.replace(`${name}=${token}`, '').replace(/^&|&$/g, '');
  return { token, place: { kind: 'query', name, everywhere: false }, without: { ...request, query } };
}
