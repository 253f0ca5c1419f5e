import type { NonceSecret, PrivateKey, Secrets, SharedSigningKey, Window } from './secrets.ts';
import { NONCE_SECRET_WINDOWS, PUBLISHED_AFTER_USE, SIGNING_KEY_WINDOWS, type Windows } from './windows.ts';

/** Makes secrets. Called only when one is due. */
export interface Maker {
  readonly signingKey: () => { readonly kid: string; readonly privateKey: PrivateKey };
  /** 32 bytes, base64url. */
  readonly nonceSecret: () => string;
}

/** The secrets from now on. If nothing is due, returns the previous ones, as the same object. */
export function nextSecrets(previous: Secrets | undefined, now: number, make: Maker): Secrets {
  const signingKeys = nextInLine<SharedSigningKey>(
    previous?.signingKeys ?? [],
    SIGNING_KEY_WINDOWS,
    now,
    (window) => ({ ...make.signingKey(), ...window, publishUntil: window.useUntil + PUBLISHED_AFTER_USE }),
  );
  const nonceSecrets = nextInLine<NonceSecret>(
    previous?.nonceSecrets ?? [],
    NONCE_SECRET_WINDOWS,
    now,
    (window) => ({ ...window, secret: make.nonceSecret() }),
  );
  if (signingKeys === previous?.signingKeys && nonceSecrets === previous.nonceSecrets) return previous;
  // Each document is later than the one before, whatever the keepers' clocks say.
  return { writtenAt: Math.max(now, (previous?.writtenAt ?? 0) + 0.001), signingKeys, nonceSecrets };
}

/**
 * The entries without expired ones, and with the next one if it is due. The windows of an existing entry never
 * change: some verifiers have already read them.
 */
function nextInLine<T extends Window>(
  entries: readonly T[],
  windows: Windows,
  now: number,
  make: (window: Window) => T,
): readonly T[] {
  const kept = entries.filter(({ notBefore }, index) => {
    const successor = entries[index + 1];
    const isOver = successor !== undefined && now >= successor.notBefore + windows.kept;
    // Nothing is made that far ahead, so the clock that it was made by was wrong.
    return !isOver && notBefore <= now + windows.period;
  });
  const last = kept.at(-1);
  if (last !== undefined && now < last.notBefore + windows.period - windows.ahead) {
    return kept.length === entries.length ? entries : kept;
  }
  const notBefore = startOf(last, windows, now);
  return [...kept, make({ notBefore, useUntil: notBefore + windows.period + windows.overlap })];
}

/**
 * When the next entry takes over: as planned. If the keeper was away at the time, as soon as all verifiers know the
 * entry. But never later than the end of the entry before it, so that one is always in its window, and never
 * immediately.
 */
function startOf(last: Window | undefined, { period, least, first }: Windows, now: number): number {
  if (last === undefined) return now + first;
  return Math.max(last.notBefore + period, Math.min(now + least, Math.max(last.useUntil, now + first)));
}
