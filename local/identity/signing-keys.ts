import { generateKeyPair, type KeyObject, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';

/** An RSA key, three EC keys and an Ed25519 key. None names an `alg`, so each serves all algorithms of its type. */
export async function createSigningKeys() {
  const generate = promisify(generateKeyPair);
  const pairs: { privateKey: KeyObject }[] = await Promise.all([
    generate('rsa', { modulusLength: 2048 }),
    generate('ec', { namedCurve: 'P-256' }),
    generate('ec', { namedCurve: 'P-384' }),
    generate('ec', { namedCurve: 'P-521' }),
    generate('ed25519'),
  ]);
  return pairs.map(({ privateKey }) => ({
    ...privateKey.export({ format: 'jwk' }),
    use: 'sig',
    kid: randomUUID(),
  }));
}
