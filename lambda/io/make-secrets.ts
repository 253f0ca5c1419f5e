import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Maker } from '../core/secrets/next-secrets.ts';
import type { PrivateKey } from '../core/secrets/secrets.ts';

/** Makes new secrets from the system's source of randomness. */
export const MAKER: Maker = {
  signingKey() {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '', d = '' } = privateKey.export({ format: 'jwk' });
    const key: PrivateKey = { kty: 'EC', crv: 'P-256', x, y, d };
    return { kid: thumbprintOf(key), privateKey: key };
  },
  nonceSecret: () => randomBytes(32).toString('base64url'),
};

/** RFC 7638: made from the public members, so it reveals nothing that is not published. */
const thumbprintOf = ({ crv, kty, x, y }: PrivateKey): string =>
  createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
