import { constants } from 'node:crypto';

/**
 * Everything about each accepted `alg` (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2, RFC 9964 §3). Whatever is not in
 * this table does not exist: no `none`, no HMAC, no encryption.
 */
interface AlgorithmEntry {
  /** Key type that the algorithm is bound to (RFC 7517 §4.1). */
  readonly kty: 'RSA' | 'EC' | 'OKP' | 'AKP';
  /** Curve that the key must be on. */
  readonly crv?: 'P-256' | 'P-384' | 'P-521' | 'Ed25519';
  /** Digest for `crypto.verify`; null where the scheme does its own hashing (RFC 8032). */
  readonly hash: 'sha256' | 'sha384' | 'sha512' | null;
  /** Exact length of the signature in bytes; an RSA signature is as long as the key's modulus. */
  readonly signatureBytes?: number;
  /** Further options for `crypto.verify`, where its default for the key's type is wrong. */
  readonly options?: { readonly padding: number; readonly saltLength: number };
}

/** One algorithm with two names: a key that gives one name is good for tokens that give the other. */
const ED25519 = { kty: 'OKP', crv: 'Ed25519', hash: null, signatureBytes: 64 } as const;

/** RFC 7518 §3.5: the salt is as long as the hash output. */
const pss = (saltLength: number) => ({ padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });

export const ALGORITHMS = {
  RS256: { kty: 'RSA', hash: 'sha256' },
  RS384: { kty: 'RSA', hash: 'sha384' },
  RS512: { kty: 'RSA', hash: 'sha512' },
  PS256: { kty: 'RSA', hash: 'sha256', options: pss(32) },
  PS384: { kty: 'RSA', hash: 'sha384', options: pss(48) },
  PS512: { kty: 'RSA', hash: 'sha512', options: pss(64) },
  ES256: { kty: 'EC', crv: 'P-256', hash: 'sha256', signatureBytes: 64 },
  ES384: { kty: 'EC', crv: 'P-384', hash: 'sha384', signatureBytes: 96 },
  ES512: { kty: 'EC', crv: 'P-521', hash: 'sha512', signatureBytes: 132 },
  EdDSA: ED25519,
  Ed25519: ED25519,
  // A runtime that cannot verify these cannot import their keys either, so such keys are ignored.
  'ML-DSA-44': { kty: 'AKP', hash: null, signatureBytes: 2420 },
  'ML-DSA-65': { kty: 'AKP', hash: null, signatureBytes: 3309 },
  'ML-DSA-87': { kty: 'AKP', hash: null, signatureBytes: 4627 },
} as const satisfies Record<string, AlgorithmEntry>;

export type Algorithm = keyof typeof ALGORITHMS;

export const ALGORITHM_NAMES = Object.keys(ALGORITHMS) as readonly Algorithm[];

/** The algorithms of JWT-SVIDs: https://github.com/spiffe/spiffe/blob/main/standards/JWT-SVID.md §2.1. */
export const SPIFFE_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
] as const satisfies readonly Algorithm[];

export const isAlgorithm = (value: unknown): value is Algorithm =>
  typeof value === 'string' && Object.hasOwn(ALGORITHMS, value);

/** The row of any algorithm, for readers that treat all rows alike. */
export const algorithm = (name: Algorithm): AlgorithmEntry => ALGORITHMS[name];

/**
 * The algorithms that a JWK is good for, by its `kty`, `crv` and own `alg`. Keys of type AKP must have `alg`
 * (RFC 9964 §4): nothing else says which algorithm they are for.
 */
export const algorithmsOfKey = (kty: unknown, crv: unknown, alg: Algorithm | undefined): Algorithm[] =>
  ALGORITHM_NAMES.filter((name) => {
    const entry = algorithm(name);
    if (entry.kty !== kty || (entry.crv !== undefined && entry.crv !== crv)) return false;
    return alg === undefined ? kty !== 'AKP' : algorithm(alg) === entry;
  });

/** The same algorithms under all of their names. */
export const withOtherNames = (names: readonly Algorithm[]): Algorithm[] =>
  ALGORITHM_NAMES.filter((name) => names.some((other) => algorithm(other) === algorithm(name)));
