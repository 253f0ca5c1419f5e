import * as v from 'valibot';
import { time } from '../snapshot/snapshot-schema.ts';

/**
 * The shared secrets as they are stored, format 1. Strict, like the snapshot: an additional member makes another
 * format, which gets another number in the object's key.
 */

/** 32 bytes, base64url without padding (RFC 7515 §2). */
const bytes32 = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/));

/** A generous limit: there are at most three, the previous, the current and the next one. */
const MAX_ENTRIES = 8;

interface Window {
  readonly notBefore: number;
  readonly useUntil: number;
}

const isWindow = ({ notBefore, useUntil }: Window): boolean => notBefore < useUntil;

const isInOrder = (entries: readonly Window[]): boolean =>
  entries.every(({ notBefore }, index) => notBefore > (entries[index - 1]?.notBefore ?? -1));

const signingKey = v.pipe(
  v.strictObject({
    kid: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)),
    notBefore: time,
    useUntil: time,
    publishUntil: time,
    privateKey: v.strictObject({
      kty: v.literal('EC'),
      crv: v.literal('P-256'),
      x: bytes32,
      y: bytes32,
      d: bytes32,
    }),
  }),
  v.check((key) => isWindow(key)),
  v.check(({ useUntil, publishUntil }) => publishUntil > useUntil),
);

const nonceSecret = v.pipe(
  v.strictObject({ notBefore: time, useUntil: time, secret: bytes32 }),
  v.check((secret) => isWindow(secret)),
);

export const SecretsSchema = v.strictObject({
  writtenAt: time,
  signingKeys: v.pipe(
    v.array(signingKey),
    v.minLength(1),
    v.maxLength(MAX_ENTRIES),
    v.check((keys) => isInOrder(keys)),
    v.check((keys) => new Set(keys.map(({ kid }) => kid)).size === keys.length),
  ),
  nonceSecrets: v.pipe(
    v.array(nonceSecret),
    v.minLength(1),
    v.maxLength(MAX_ENTRIES),
    v.check((secrets) => isInOrder(secrets)),
  ),
});
