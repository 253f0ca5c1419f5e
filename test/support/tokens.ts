import { type SigningKey, signatureOf } from './keys.ts';

export const ISSUER = 'https://issuer.example';
export const AUDIENCE = 'api.example.com';
/** The time at the beginning of a test, in seconds since the epoch. */
export const NOW = 1_790_000_000;

export const base64url = (value: string | Uint8Array): string => Buffer.from(value).toString('base64url');

/** Claims of a client credentials access token, valid for an hour from NOW. */
export const claimsOf = (overrides: Record<string, unknown> = {}) => ({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'client-1',
  client_id: 'client-1',
  scope: 'read write',
  iat: NOW,
  exp: NOW + 3600,
  ...overrides,
});

/** A token with any header and claims, or their exact text, signed with the key according to `alg`. */
export function mint(
  key: SigningKey,
  claims: object | string = claimsOf(),
  header: object | string = {},
  alg = key.alg,
): string {
  const fullHeader =
    typeof header === 'string' ? header : JSON.stringify({ alg, kid: key.kid, typ: 'at+jwt', ...header });
  const text = typeof claims === 'string' ? claims : JSON.stringify(claims);
  const input = `${base64url(fullHeader)}.${base64url(text)}`;
  return `${input}.${base64url(signatureOf(input, alg, key.privateKey))}`;
}

/** The token with one of its segments (0 header, 1 claims, 2 signature) replaced. */
export function withSegment(token: string, index: 0 | 1 | 2, replace: (segment: string) => string): string {
  const segments = token.split('.');
  segments[index] = replace(segments[index] ?? '');
  return segments.join('.');
}
