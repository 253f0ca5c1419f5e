import { constants } from 'node:crypto';

/**
 * All there is to know of each accepted `alg` (RFC 7518 §3.1, RFC 8037 §3.1). What is not in this table does
 * not exist: no `none`, no HMAC, no encryption.
 */
interface AlgorithmEntry {
  /** Key type that the algorithm is bound to (RFC 7517 §4.1). */
  readonly kty: 'RSA' | 'EC' | 'OKP';
  /** Curve that the key must be on. */
  readonly crv?: 'P-256' | 'P-384' | 'P-521' | 'Ed25519';
  /** Digest for `crypto.verify`; null where the scheme hashes by itself (RFC 8032). */
  readonly hash: 'sha256' | 'sha384' | 'sha512' | null;
  /** Exact length of the signature in bytes; an RSA signature is as long as the key's modulus. */
  readonly signatureBytes?: number;
  /** Further arguments of `crypto.verify`, where its default for the type of the key is not what is meant. */
  readonly options?: { readonly padding: number; readonly saltLength: number };
}

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
  EdDSA: { kty: 'OKP', crv: 'Ed25519', hash: null, signatureBytes: 64 },
} as const satisfies Record<string, AlgorithmEntry>;

export type Algorithm = keyof typeof ALGORITHMS;

export const ALGORITHM_NAMES = Object.keys(ALGORITHMS) as readonly Algorithm[];

export const isAlgorithm = (value: unknown): value is Algorithm =>
  typeof value === 'string' && Object.hasOwn(ALGORITHMS, value);

/** The table's row, for readers that do not care which one it is. */
export const algorithm = (name: Algorithm): AlgorithmEntry => ALGORITHMS[name];
