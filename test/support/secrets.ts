import { createHash } from 'node:crypto';
import type { Maker } from '../../lambda/core/secrets/next-secrets.ts';
import { parseSecrets, type Secrets } from '../../lambda/core/secrets/secrets.ts';

/** 32 random-looking bytes, in base64url. */
const bytesOf = (name: string): string => createHash('sha256').update(name).digest('base64url');

/** Makes unique secrets that can be found again: no two makers, and no two calls, make the same ones. */
export function createMaker(name = 'maker') {
  const made: string[] = [];
  const secret = (what: string): string => {
    const bytes = bytesOf(`${name} ${what} ${made.length}`);
    made.push(bytes);
    return bytes;
  };
  const make: Maker = {
    signingKey: () => ({
      kid: bytesOf(`kid ${name} ${made.length}`).slice(0, 16),
      privateKey: { kty: 'EC', crv: 'P-256', x: bytesOf('x'), y: bytesOf('y'), d: secret('d') },
    }),
    nonceSecret: () => secret('nonce'),
  };
  /** Every secret that it has made. */
  return { ...make, made };
}

/** The secrets in an object's bytes. */
export function secretsIn(body: Uint8Array | undefined): Secrets {
  const parsed = parseSecrets(body ?? Buffer.of());
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
}
