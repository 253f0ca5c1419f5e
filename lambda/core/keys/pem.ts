import { createPublicKey } from 'node:crypto';
import { type Algorithm, algorithm } from '../jwt/algorithms.ts';
import { type KeySet, keySetOf } from './key-set.ts';

/** OpenSSL's names of the curves. */
const CURVES: Partial<Record<string, string>> = {
  'P-256': 'prime256v1',
  'P-384': 'secp384r1',
  'P-521': 'secp521r1',
};

/** The key set of the one public key in a PEM document (RFC 7468 §13), which must fit the algorithm. */
export function parsePem(text: string, alg: Algorithm, kid: string): KeySet | { problem: string } {
  if (!/^\s*-----BEGIN PUBLIC KEY-----[\sA-Za-z0-9+/=]+-----END PUBLIC KEY-----\s*$/.test(text)) {
    return { problem: 'not a public key in PEM form' };
  }
  try {
    const key = createPublicKey(text);
    const { crv } = algorithm(alg);
    if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== CURVES[crv ?? '']) {
      return { problem: `not a key for ${alg}` };
    }
    return keySetOf([{ kid, algorithms: [alg], key }]);
  } catch {
    return { problem: 'not a public key' };
  }
}
