import { verify as verifySignature } from 'node:crypto';
import { JwtVerifier } from 'aws-jwt-verify';
import { createVerifier } from 'fast-jwt';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { ecdsaSignatureValue } from '../../lambda/core/jwt/ecdsa.ts';
import { AUDIENCE, HASHES, ISSUER, JWKS_URI, type SigningKey } from './tokens.ts';

/** A peer: takes a token, and throws or rejects if it is bad. */
export interface Verifier {
  readonly name: string;
  readonly verify: (token: string) => unknown;
  readonly isAsync?: boolean;
}

/** The minimum that identifies a caller: verifies one signature and parses two JSON texts. */
export function floorVerifier({ alg, publicKey }: SigningKey): Verifier {
  return {
    name: 'floor',
    verify(token) {
      const second = token.lastIndexOf('.');
      const first = token.indexOf('.');
      const header = JSON.parse(Buffer.from(token.slice(0, first), 'base64url').toString());
      const claims = JSON.parse(Buffer.from(token.slice(first + 1, second), 'base64url').toString());
      const input = Buffer.from(token.slice(0, second), 'latin1');
      const raw = Buffer.from(token.slice(second + 1), 'base64url');
      // crypto.verify is fastest with a bare key and DER.
      const signature = alg === 'RS256' ? raw : ecdsaSignatureValue(raw);
      if (!verifySignature(HASHES[alg], input, publicKey, signature)) {
        throw new Error('bad signature');
      }
      return [header, claims];
    },
  };
}

/** The peers, each checking issuer, audience and algorithm, with keys at hand and without a cache of tokens. */
export function peers(key: SigningKey): Verifier[] {
  const jwks = { keys: [key.jwk] } as unknown as JSONWebKeySet;
  const pem = key.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const algorithms = [key.alg];

  const aws = JwtVerifier.create({ issuer: ISSUER, audience: AUDIENCE, jwksUri: JWKS_URI });
  aws.cacheJwks(jwks);
  const fast = createVerifier({ key: pem, algorithms, allowedIss: ISSUER, allowedAud: AUDIENCE });
  const keySet = createLocalJWKSet(jwks);
  const options = { issuer: ISSUER, audience: AUDIENCE, algorithms };
  return [
    { name: 'aws-jwt-verify', verify: (token) => aws.verifySync(token) },
    { name: 'fast-jwt', verify: (token) => fast(token) },
    { name: 'jsonwebtoken', verify: (token) => jsonwebtoken.verify(token, key.publicKey, options) },
    { name: 'jose', verify: (token) => jwtVerify(token, keySet, options), isAsync: true },
  ];
}

/** fast-jwt with its cache of tokens: keyed by hash, its default, and keyed by the token's text. */
export function cachingPeers(key: SigningKey): Verifier[] {
  const pem = key.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const options = {
    key: pem,
    algorithms: [key.alg],
    allowedIss: ISSUER,
    allowedAud: AUDIENCE,
    cache: 10_000,
    cacheTTL: 600_000,
  };
  const hashed = createVerifier(options);
  const plain = createVerifier({ ...options, cacheKeyBuilder: (token: string) => token });
  return [
    { name: 'fast-jwt, cached', verify: (token) => hashed(token) },
    { name: 'fast-jwt, cached by text', verify: (token) => plain(token) },
  ];
}
