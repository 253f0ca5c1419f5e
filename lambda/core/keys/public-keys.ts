import { algorithmsOfKey } from '../jwt/algorithms.ts';
import type { PublicKey } from '../snapshot/snapshot.ts';
import type { KeySet, VerificationKey } from './key-set.ts';

/** The usable keys of a set as JWKs with only public members. The same set can be made from them again. */
export const publicKeysOf = ({ keys }: KeySet): PublicKey[] => keys.map(publicKeyOf);

function publicKeyOf({ kid, algorithms, key }: VerificationKey): PublicKey {
  const { kty = '', crv, n, e, x, y, pub } = key.export({ format: 'jwk' }) as Partial<PublicKey>;
  const named = algorithms.find((alg) => algorithmsOfKey(kty, crv, alg).join() === algorithms.join());
  const any = algorithmsOfKey(kty, crv, undefined).join() === algorithms.join();
  const members = { kid, alg: any ? undefined : named, crv, n, e, x, y, pub };
  const present = Object.entries(members).filter(([, value]) => value !== undefined);
  return { kty, ...Object.fromEntries(present) };
}
