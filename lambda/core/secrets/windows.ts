/**
 * When each of the shared secrets is made, used and withdrawn: all windows in one place, in seconds.
 *
 * The windows of an entry are fixed when it is made and never change. So it does not matter which verifier has read
 * which version of the document: all that know an entry agree on when it is in use.
 */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Windows {
  /** How long an entry is the newest one in use. Then its successor takes over. No entry is made this far ahead. */
  readonly period: number;
  /** The successor is made this long before it takes over. From then on every verifier can read it. */
  readonly ahead: number;
  /** The minimum for that if the keeper was away, as long as the previous entry is still in its window. */
  readonly least: number;
  /** How long an entry may still be used after its successor should have taken over: there may be no successor. */
  readonly overlap: number;
  /** How long a new entry waits if no other is in its window. */
  readonly first: number;
  /** How long an entry stays in the document after its successor has taken over. */
  readonly kept: number;
}

/** The longest lifetime of an assertion. */
const ASSERTION_LIFETIME = MINUTE;

/** How far the clocks of verifiers and upstreams may be apart, rounded up generously. */
const CLOCKS = 5 * MINUTE;

/**
 * How long a verifier may be behind the document: twice the longest `CONFIG_REFRESH_SECONDS`. A verifier that has
 * nothing in its window, or soon will not, reads again within seconds (see `runsOutAt`).
 */
const BEHIND = 2 * HOUR;

/** Keys that assertions are signed with. */
export const SIGNING_KEY_WINDOWS: Windows = {
  // Limits how long a key that leaked unnoticed is useful, and comes often enough that a failing rotation is noticed.
  period: 30 * DAY,
  // A keeper may be away for a week without consequences, so a rotation wakes nobody at night.
  ahead: 7 * DAY,
  // Upstreams cache the published set, usually for hours. A day is the most that is common.
  least: DAY,
  // A verifier that does not know the successor continues with the key. In all, a keeper may be away for 8 days.
  overlap: DAY,
  // If no key is in its window, all verifiers are already reading again, each after a pause of 5 s.
  first: MINUTE,
  // Until nobody publishes it any more, plus a day, so that a keeper whose clock is ahead withdraws nothing.
  kept: DAY + HOUR + DAY,
};

/**
 * How long a key is published after its last use: until its last assertion has expired, on every clock. Rounded up to
 * an hour.
 */
export const PUBLISHED_AFTER_USE = Math.ceil((ASSERTION_LIFETIME + CLOCKS) / HOUR) * HOUR;

/** Secrets that DPoP nonces are made of. */
export const NONCE_SECRET_WINDOWS: Windows = {
  // RFC 9449 §8: a nonce limits how far ahead of time a proof can be made. Within a day, the proof's own time does
  // that.
  period: DAY,
  ahead: DAY / 2,
  // Nothing is published, so only the verifiers must have it.
  least: BEHIND,
  // Without a keeper, the last secret stays in use as long as keys do.
  overlap: 8 * DAY,
  // A verifier that does not know a nonce responds with one that it does know (RFC 9449 §8), so there is nothing to
  // wait for.
  first: 0,
  kept: HOUR,
};

/**
 * How long nonces of the previous secret are accepted after its successor has taken over. So a rotation does not cost
 * clients a round trip in the middle of their requests: they get the new nonce with the next response (RFC 9449 §8.2).
 */
export const NONCE_ACCEPTED_AFTER_USE = 5 * MINUTE;

/** A verifier whose clock is ahead may send a nonce before its secret is in use here. */
export const NONCE_ACCEPTED_BEFORE_USE = CLOCKS;

/** How long before the document runs out a verifier reads it again, whatever its refresh interval. */
export const REFRESH_BEFORE_END = CLOCKS;
