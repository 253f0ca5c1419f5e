import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export const ISSUER = 'https://issuer.example';
export const AUDIENCE = 'api.example.com';
export const JWKS_URI = 'https://issuer.example/jwks';

export const ALGORITHMS = ['RS256', 'ES256', 'ES384'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export interface SigningKey {
  readonly alg: Algorithm;
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: Readonly<Record<string, unknown>>;
}

export const HASHES = { RS256: 'sha256', ES256: 'sha256', ES384: 'sha384' } as const;
const CURVES = { ES256: 'P-256', ES384: 'P-384' } as const;

export function createKey(alg: Algorithm, kid = `${alg.toLowerCase()}-1`): SigningKey {
  const { publicKey, privateKey } =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: CURVES[alg] });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
  return { alg, kid, publicKey, privateKey, jwk };
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url');

export interface TokenOptions {
  readonly issuer?: string;
  readonly kid?: string;
  readonly expiresIn?: number;
  /** Makes the token unique. */
  readonly serial?: number;
  /** Length of the token, reached by padding one claim. */
  readonly length?: number;
}

/** A client credentials access token (RFC 9068) of about `length` characters. */
export function mint(key: SigningKey, options: TokenOptions = {}): string {
  const { issuer = ISSUER, kid = key.kid, expiresIn = 3600, serial = 0, length = 700 } = options;
  const now = Math.floor(Date.now() / 1000);
  const header = base64url(JSON.stringify({ alg: key.alg, kid, typ: 'at+jwt' }));
  const claims = {
    iss: issuer,
    aud: AUDIENCE,
    sub: 'client-1',
    client_id: 'client-1',
    scope: 'read write',
    iat: now - 60,
    exp: now + expiresIn,
    jti: `token-${serial}`,
  };
  const signatureLength = { RS256: 342, ES256: 86, ES384: 128 }[key.alg];
  const bare = JSON.stringify({ ...claims, groups: [''] }).length;
  const missing = Math.floor(((length - signatureLength - header.length - 2) * 3) / 4) - bare;
  const body = missing > 0 ? { ...claims, groups: groupsOf(missing) } : claims;
  const input = `${header}.${base64url(JSON.stringify(body))}`;
  const signature = sign(HASHES[key.alg], Buffer.from(input), {
    key: key.privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${input}.${signature.toString('base64url')}`;
}

/** Group names of about this many characters as JSON, which is what makes real tokens long. */
function groupsOf(characters: number): string[] {
  const groups: string[] = [];
  for (let left = characters; left > 0; left -= 23) {
    groups.push(`group-${String(groups.length).padStart(4, '0')}-0123456789`.slice(0, Math.max(1, left)));
  }
  return groups;
}

/** The token with the first character of its signature changed. */
export function withBadSignature(token: string): string {
  const place = token.lastIndexOf('.') + 1;
  return `${token.slice(0, place)}${token[place] === 'A' ? 'B' : 'A'}${token.slice(place + 1)}`;
}
