import { type KeyObject, verify } from 'node:crypto';
import type { VerificationKey } from '../keys/key-set.ts';
import { type Algorithm, algorithm } from './algorithms.ts';
import { MAX_TOKEN_LENGTH, type UnverifiedToken } from './decode.ts';
import { ecdsaSignatureValue } from './ecdsa.ts';

/** Buffer for the bytes of the signed text; each verification reuses it. */
const scratch = Buffer.alloc(MAX_TOKEN_LENGTH);

/**
 * Whether one of the keys made the signature. Each key must fit `alg` (see selectKeys). Uses `crypto.verify` on this
 * thread: handing one RSA verification to a thread pool takes several times as long as the verification.
 */
export function verifySignature(
  token: UnverifiedToken,
  alg: Algorithm,
  keys: readonly VerificationKey[],
): boolean {
  const { kty, hash, signatureBytes, options } = algorithm(alg);
  if (signatureBytes !== undefined && token.signature.length !== signatureBytes) return false;
  const { signingInput } = token;
  const input = scratch.subarray(0, scratch.write(signingInput, 'latin1'));
  if (input.length !== signingInput.length) return false;
  const signature = kty === 'EC' ? ecdsaSignatureValue(token.signature) : token.signature;
  // Options beside the key would add half the time of the RSA verification itself.
  const verifiable = (key: KeyObject) => (options === undefined ? key : { ...options, key });
  return keys.some(({ key }) => verify(hash, input, verifiable(key), signature));
}
