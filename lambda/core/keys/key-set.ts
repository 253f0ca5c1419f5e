import { KeyObject, X509Certificate } from 'node:crypto';
import { importJWK, type JWK } from 'jose';
import { ALGORITHM_NAMES, type Algorithm, algorithm, isAlgorithm } from '../jwt/algorithms.ts';
import { isJsonObject, type JsonObject } from '../jwt/decode.ts';

/** A public key that signatures may be verified with, and the algorithms that it is good for. */
export interface VerificationKey {
  readonly kid: string | undefined;
  readonly algorithms: readonly Algorithm[];
  readonly key: KeyObject;
}

/** The usable keys of a JWKS (RFC 7517 §5), and why the others are not. */
export interface KeySet {
  readonly keys: readonly VerificationKey[];
  readonly byKid: ReadonlyMap<string, readonly VerificationKey[]>;
  readonly ignored: readonly IgnoredKey[];
}

export interface IgnoredKey {
  readonly index: number;
  readonly reason: string;
}

/** Longest member of a key, in characters: more than the largest accepted modulus takes. */
const MAX_MEMBER_LENGTH = 2048;

/** Most keys a set may have; a larger one is refused whole. */
export const MAX_KEYS = 100;

/** Shortest RSA modulus (RFC 7518 §3.3), and the longest whose verification stays cheap, in bits. */
const RSA_BITS = { min: 2048, max: 8192 };

/**
 * Reads a JWKS document. A key that is unusable (encryption, symmetric, private, weak, of an unknown type) is
 * left out and named in `ignored`; it never spoils the others. A document that is no key set, is too large
 * or holds no usable key gives a problem instead.
 */
export async function parseKeySet(document: unknown): Promise<KeySet | { problem: string }> {
  const list = isJsonObject(document) ? document.keys : undefined;
  if (!Array.isArray(list)) return { problem: 'the document has no "keys" array' };
  if (list.length > MAX_KEYS) return { problem: `the key set has more than ${MAX_KEYS} keys` };

  const parsed = await Promise.all(list.map((entry: unknown) => parseKey(entry)));
  const keys: VerificationKey[] = [];
  const ignored: IgnoredKey[] = [];
  for (const [index, result] of parsed.entries()) {
    if (typeof result === 'string') ignored.push({ index, reason: result });
    else keys.push(result);
  }
  if (keys.length === 0) {
    const reasons = ignored.map(({ index, reason }) => `key ${index}: ${reason}`).join('; ');
    return { problem: `the key set has no usable key${reasons && ` (${reasons})`}` };
  }
  return keySetOf(keys, ignored);
}

/** A key set of keys that are already imported. */
export function keySetOf(keys: readonly VerificationKey[], ignored: readonly IgnoredKey[] = []): KeySet {
  const byKid = new Map<string, VerificationKey[]>();
  for (const key of keys) {
    if (key.kid === undefined) continue;
    const sameKid = byKid.get(key.kid);
    if (sameKid === undefined) byKid.set(key.kid, [key]);
    else sameKid.push(key);
  }
  return { keys, byKid, ignored };
}

/** One entry of the set: the key, or the reason why it is ignored. */
async function parseKey(jwk: unknown): Promise<VerificationKey | string> {
  if (!isJsonObject(jwk)) return 'not an object';
  const { kty, kid, use, key_ops: operations, alg } = jwk;
  if (kty === 'oct' || 'k' in jwk) return 'symmetric key';
  if ('d' in jwk) return 'private key';
  if (kid !== undefined && typeof kid !== 'string') return '"kid" is not a string';
  if (use !== undefined && use !== 'sig') return '"use" is not "sig"';
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) {
    return '"key_ops" does not include "verify"';
  }
  if (alg !== undefined && !isAlgorithm(alg)) return '"alg" is not an accepted signature algorithm';

  const algorithms = ALGORITHM_NAMES.filter((name) => {
    const entry = algorithm(name);
    return entry.kty === kty && (entry.crv === undefined || entry.crv === jwk.crv) && (!alg || alg === name);
  });
  const [first] = algorithms;
  if (first === undefined) return 'no accepted signature algorithm fits its "kty", "crv" and "alg"';

  const key = await importPublicKey(jwk, first);
  if (typeof key === 'string') return key;
  return { kid, algorithms, key };
}

/** Imports just the public members, so that nothing else in the JWK has a say. */
async function importPublicKey(jwk: JsonObject, alg: Algorithm): Promise<KeyObject | string> {
  const members: JWK = { kty: algorithm(alg).kty };
  let key: KeyObject;
  try {
    const source = jwk.kty === 'RSA' && jwk.n === undefined ? certifiedMembers(jwk) : jwk;
    for (const name of ['n', 'e', 'crv', 'x', 'y'] as const) {
      const value = source[name];
      // Some providers publish standard base64 with padding where RFC 7518 §6.3.1 wants base64url.
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
 * The key of the first certificate, for sets that have nothing else of it (RFC 7517 §4.7). It is trusted as the
 * rest of the set is, for where it was fetched from: neither its dates nor who has signed it are looked at.
 */
function certifiedMembers({ x5c }: JsonObject): JsonObject {
  const [certificate] = Array.isArray(x5c) ? x5c : [];
  return { ...new X509Certificate(Buffer.from(certificate, 'base64')).publicKey.export({ format: 'jwk' }) };
}

/** Why a key that imports is still not to be used; undefined where nothing is wrong with it. */
export function weakness(key: KeyObject): string | undefined {
  const { modulusLength: bits, publicExponent: exponent } = key.asymmetricKeyDetails ?? {};
  if (bits !== undefined && bits < RSA_BITS.min) return `RSA key of less than ${RSA_BITS.min} bits`;
  if (bits !== undefined && bits > RSA_BITS.max) return `RSA key of more than ${RSA_BITS.max} bits`;
  if (exponent !== undefined && (exponent < 3n || exponent % 2n === 0n || exponent >= 1n << 64n)) {
    return 'RSA exponent out of range';
  }
  return undefined;
}
