import type { NonceSecret, Secrets, SharedSigningKey, Window } from './secrets.ts';
import { NONCE_ACCEPTED_AFTER_USE, NONCE_ACCEPTED_BEFORE_USE, REFRESH_BEFORE_END } from './windows.ts';

/** Which of the shared secrets apply at a time, in seconds since the epoch by a verifier's own clock. */

/** The key to sign with: the one that took over last. Undefined if none is in its window. */
export const signingKeyAt = ({ signingKeys }: Secrets, now: number): SharedSigningKey | undefined =>
  newestInUse(signingKeys, now);

/** The keys whose public part is published, including those not in use yet. */
export const publishedKeysAt = ({ signingKeys }: Secrets, now: number): readonly SharedSigningKey[] =>
  signingKeys.filter(({ publishUntil }) => now < publishUntil);

/** The secret to make nonces with. Undefined if none is in its window. */
export const nonceSecretAt = ({ nonceSecrets }: Secrets, now: number): NonceSecret | undefined =>
  newestInUse(nonceSecrets, now);

/** The secrets whose nonces are accepted, the one in use first. */
export function acceptedNonceSecretsAt({ nonceSecrets }: Secrets, now: number): readonly NonceSecret[] {
  const accepted = nonceSecrets.filter(({ notBefore, useUntil }, index) => {
    const replacedAt = Math.min(nonceSecrets[index + 1]?.notBefore ?? useUntil, useUntil);
    return now >= notBefore - NONCE_ACCEPTED_BEFORE_USE && now < replacedAt + NONCE_ACCEPTED_AFTER_USE;
  });
  const current = newestInUse(nonceSecrets, now);
  return accepted.sort((one, other) => Number(other === current) - Number(one === current));
}

/** The time from which a later document is needed soon, whatever the age of this one. */
export function runsOutAt({ signingKeys, nonceSecrets }: Secrets): number {
  const ends = [signingKeys, nonceSecrets].map((entries) => entries.at(-1)?.useUntil ?? 0);
  return Math.min(...ends) - REFRESH_BEFORE_END;
}

const newestInUse = <T extends Window>(entries: readonly T[], now: number): T | undefined =>
  entries.findLast(({ notBefore, useUntil }) => now >= notBefore && now < useUntil);
