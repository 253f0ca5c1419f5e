import { KeyObject, X509Certificate } from 'node:crypto';
import { importJWK, type JWK } from 'jose';
import { type Algorithm, algorithm, algorithmsOfKey, isAlgorithm } from '../jwt/algorithms.ts';
import { isJsonObject, type JsonObject } from '../jwt/decode.ts';
import { hasRocaFingerprint } from './roca.ts';

/** A JWK (RFC 7517 §4) that may be usable for verifying, as far as its own members say. */
export interface CandidateKey {
  readonly kid: string | undefined;
  /** Never empty. */
  readonly algorithms: readonly [Algorithm, ...Algorithm[]];
  readonly jwk: JsonObject;
}

/** Longest member of a key, in characters: more than the largest accepted key needs. */
const MAX_MEMBER_LENGTH = 4096;

/** Shortest RSA modulus (RFC 7518 §3.3), and the longest that is still cheap to verify with, in bits. */
const RSA_BITS = { min: 2048, max: 8192 };

/** RFC 7517 §4.2, and the `use` of JWT-SVID keys in the bundle of a SPIFFE trust domain. */
const SIGNATURE_USES: readonly unknown[] = ['sig', 'jwt-svid'];

/** Reads one entry of a key set; a text is the reason why the entry is ignored. */
export function readKey(entry: unknown): CandidateKey | string {
  if (!isJsonObject(entry)) return 'not an object';
  const jwk = withoutNulls(entry);
  const { kty, kid, use, key_ops: operations, alg } = jwk;
  if (kty === 'oct' || 'k' in jwk) return 'symmetric key';
  if ('d' in jwk || 'priv' in jwk) return 'private key';
  if (kid !== undefined && typeof kid !== 'string') return '"kid" is not a string';
  if (kid !== undefined && kid.length > MAX_MEMBER_LENGTH) return '"kid" is too long';
  if (use !== undefined && !SIGNATURE_USES.includes(use)) return '"use" is not "sig"';
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) {
    return '"key_ops" does not include "verify"';
  }
  if (alg !== undefined && !isAlgorithm(alg)) return '"alg" is not an accepted signature algorithm';
  const [first, ...others] = algorithmsOfKey(kty, jwk.crv, alg);
  if (first === undefined) return 'no accepted signature algorithm fits its "kty", "crv" and "alg"';
  return { kid, algorithms: [first, ...others], jwk };
}

/** Some providers write `null` for members that a key does not have. */
const withoutNulls = (jwk: JsonObject): JsonObject =>
  Object.values(jwk).includes(null)
    ? Object.fromEntries(Object.entries(jwk).filter(([, value]) => value !== null))
    : jwk;

/**
 * Imports only the public members, so that nothing else in the JWK matters; a text says why the key cannot be used.
 */
export async function importKey({ jwk, algorithms: [alg] }: CandidateKey): Promise<KeyObject | string> {
  const members: JWK = { kty: algorithm(alg).kty, alg };
  let key: KeyObject;
  try {
    const source = jwk.kty === 'RSA' && jwk.n === undefined ? certifiedMembers(jwk) : jwk;
    for (const name of ['n', 'e', 'crv', 'x', 'y', 'pub'] as const) {
      const value = source[name];
      // Some providers publish standard base64 with padding where RFC 7518 §6.3.1 requires base64url.
      if (typeof value === 'string' && value.length <= MAX_MEMBER_LENGTH) {
        members[name] = value.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
      }
    }
    const imported = await importJWK(members, alg);
    if (imported instanceof Uint8Array) return 'symmetric key';
    key = KeyObject.from(imported);
  } catch {
    return 'not a valid public key';
  }
  return weakness(key) ?? key;
}

/**
 * The key of the first certificate, for sets that contain the key in no other form (RFC 7517 §4.7). It is trusted
 * like the rest of the set, because of where that was fetched: the certificate's dates and issuer do not matter.
 */
function certifiedMembers({ x5c }: JsonObject): JsonObject {
  const [certificate] = Array.isArray(x5c) ? x5c : [];
  return { ...new X509Certificate(Buffer.from(certificate, 'base64')).publicKey.export({ format: 'jwk' }) };
}

/** Why a key that can be imported must still not be used; undefined if it may be. */
export function weakness(key: KeyObject): string | undefined {
  const { modulusLength: bits, publicExponent: exponent } = key.asymmetricKeyDetails ?? {};
  if (bits === undefined || exponent === undefined) return undefined;
  if (bits < RSA_BITS.min) return `RSA key of less than ${RSA_BITS.min} bits`;
  if (bits > RSA_BITS.max) return `RSA key of more than ${RSA_BITS.max} bits`;
  if (exponent < 3n || exponent % 2n === 0n || exponent >= 1n << 64n) return 'RSA exponent out of range';
  return hasRocaFingerprint(modulusOf(key)) ? 'RSA key that can be factored (CVE-2017-15361)' : undefined;
}

const modulusOf = (key: KeyObject): bigint =>
  BigInt(`0x${Buffer.from(String(key.export({ format: 'jwk' }).n), 'base64url').toString('hex')}`);
