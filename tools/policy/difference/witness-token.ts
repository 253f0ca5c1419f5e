import type { Place } from '../../../lambda/core/credentials/place.ts';
import { isOrdinary } from '../../../lambda/core/credentials/sources.ts';
import type { HttpRequest } from '../../../lambda/core/http/message.ts';
import { type Algorithm, algorithm } from '../../../lambda/core/jwt/algorithms.ts';
import type { JsonObject } from '../../../lambda/core/jwt/decode.ts';
import { hasKeySet, issuersOf, type Provider } from '../../../lambda/core/provider.ts';
import { withToken } from '../../explain/placed-token.ts';
import { meeting, withClaim } from './claim-values.ts';

/** When witnesses call, in seconds since the epoch. Any time would do, because their tokens are made relative to it. */
export const NOW = 2_000_000_000;

/** The page that sends requests, because a cookie needs an origin. */
export const PAGE = 'https://page.example';

/** What a token of a provider says in addition to what the provider requires, or instead of it. */
export interface Says {
  readonly issuer?: string | undefined;
  /** Null for an audience that no provider has. */
  readonly audience?: string | null | undefined;
  readonly algorithm?: Algorithm | undefined;
  readonly typ?: string | undefined;
  readonly clientId?: string | undefined;
  /** Seconds since it was issued, and until it expires. */
  readonly age?: number;
  readonly lifetime?: number;
  /** Seconds since its subject logged in, beyond the clock tolerance; undefined for a token that does not say. */
  readonly loginAge?: number | undefined;
  readonly scopes?: readonly string[];
  readonly change?: (claims: JsonObject) => JsonObject;
}

const STRANGE_AUDIENCE = 'another-audience-7f3a';
const SIGNATURE_BYTES = 256;

/** A token that meets everything that a provider requires, except where `says` differs. No key has signed it. */
export function witnessToken(provider: Provider, says: Says = {}): string {
  const { age = 0, lifetime = 300, scopes = [], loginAge, change = (claims) => claims } = says;
  const alg = says.algorithm ?? provider.algorithms[0] ?? 'ES256';
  const issuer = says.issuer ?? issuersOf(provider)[0] ?? '';
  const typ = says.typ ?? provider.types[0];
  const times = { iat: NOW - age, exp: NOW + lifetime };
  let header: JsonObject = { alg, ...(typ !== undefined && { typ }) };
  const login = loginAge !== undefined && { auth_time: NOW - loginAge - provider.clockToleranceSeconds };
  let claims: JsonObject = { sub: 'witness', ...times, ...login };
  if (hasKeySet(provider)) {
    if (provider.type === 'spiffe') claims = { ...claims, sub: `spiffe://${issuer}/witness` };
    else claims = { ...claims, iss: issuer };
    const audience = says.audience === null ? STRANGE_AUDIENCE : (says.audience ?? provider.audience?.[0]);
    if (audience !== undefined) claims = withClaim(claims, provider.audienceClaim, audience);
  } else {
    const client = says.clientId ?? provider.clientId;
    header = { ...header, signer: issuer, exp: times.exp, ...(client !== undefined && { client }) };
  }
  const text = scopes.join(' ');
  if (text !== '') claims = withClaim(claims, provider.scopeClaim ?? 'scope', text);
  claims = change(meeting(claims, provider.requiredClaims));
  const signature = Buffer.alloc(algorithm(alg).signatureBytes ?? SIGNATURE_BYTES);
  return [...[header, claims].map((part) => Buffer.from(JSON.stringify(part))), signature]
    .map((bytes) => bytes.toString('base64url'))
    .join('.');
}

/** A request as a witness sends it, from an accepted page. */
export const witnessRequest = (method: string, path: string): HttpRequest => ({
  method,
  path,
  query: '',
  headers: [['origin', PAGE]],
  body: new Uint8Array(),
});

/** A request with a credential in a place, and of a kind that can have one there. */
export function carrying(request: HttpRequest, place: Place, token: string): HttpRequest {
  const carrier = withToken(request, place, token);
  return isOrdinary(place) ? carrier : { ...carrier, via: 'websocket' };
}

/** Where a witness puts a provider's token. */
export const placeFor = ({ places }: Provider): Place | undefined => places.find(isOrdinary) ?? places[0];
