import { constants, generateKeyPairSync, type KeyObject, type SignKeyObjectInput, sign } from 'node:crypto';

/** Node's arguments for each algorithm, repeated here so that the tests check the table. */
const SIGNERS: Record<string, { hash: string | null; options: Partial<SignKeyObjectInput> }> = {
  RS256: { hash: 'sha256', options: {} },
  RS384: { hash: 'sha384', options: {} },
  RS512: { hash: 'sha512', options: {} },
  PS256: { hash: 'sha256', options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } },
  PS384: { hash: 'sha384', options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 } },
  PS512: { hash: 'sha512', options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 } },
  ES256: { hash: 'sha256', options: { dsaEncoding: 'ieee-p1363' } },
  ES384: { hash: 'sha384', options: { dsaEncoding: 'ieee-p1363' } },
  ES512: { hash: 'sha512', options: { dsaEncoding: 'ieee-p1363' } },
  EdDSA: { hash: null, options: {} },
  Ed25519: { hash: null, options: {} },
  'ML-DSA-44': { hash: null, options: {} },
  'ML-DSA-65': { hash: null, options: {} },
  'ML-DSA-87': { hash: null, options: {} },
};

export const ALL_ALGORITHMS = Object.keys(SIGNERS);

export interface SigningKey {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** The public JWK, with `kid`, `alg` and `use`. */
  readonly jwk: Record<string, unknown>;
}

function generate(alg: string): { publicKey: KeyObject; privateKey: KeyObject } {
  switch (alg) {
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'ES384':
      return generateKeyPairSync('ec', { namedCurve: 'P-384' });
    case 'ES512':
      return generateKeyPairSync('ec', { namedCurve: 'P-521' });
    case 'EdDSA':
    case 'Ed25519':
      return generateKeyPairSync('ed25519');
    case 'ML-DSA-44':
      return generateKeyPairSync('ml-dsa-44');
    case 'ML-DSA-65':
      return generateKeyPairSync('ml-dsa-65');
    case 'ML-DSA-87':
      return generateKeyPairSync('ml-dsa-87');
    default:
      return generateKeyPairSync('rsa', { modulusLength: 2048 });
  }
}

export function createKey(alg = 'RS256', kid = `${alg.toLowerCase()}-1`): SigningKey {
  const { publicKey, privateKey } = generate(alg);
  return {
    alg,
    kid,
    publicKey,
    privateKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' },
  };
}

/** A JWKS of these keys. */
export const jwksOf = (...keys: readonly SigningKey[]) => ({ keys: keys.map(({ jwk }) => jwk) });

/** An algorithm's raw signature of a text. */
export function signatureOf(input: string, alg: string, key: KeyObject): Buffer {
  const signer = SIGNERS[alg];
  if (signer === undefined) throw new Error(`no signer for ${alg}`);
  return sign(signer.hash, Buffer.from(input), { ...signer.options, key });
}
