/**
 * When each of the shared secrets is made, used and given up: all windows in one place, in seconds.
 *
 * The windows of an entry are fixed when it is made and never change. So it does not matter which verifier has read
 * which version of the document: all that know an entry agree on when it is in use.
 */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Windows {
  /** An entry is the newest one in use for this long. Then its successor takes over. Nothing is made as long ahead. */
  readonly period: number;
  /** The successor is made this long before it takes over, and readable by every verifier from then on. */
  readonly ahead: number;
  /** The least of that where the keeper was away, as long as the entry before is still in its window. */
  readonly least: number;
  /** An entry may be used for this long after its successor was to take over: there may be none. */
  readonly overlap: number;
  /** Where nothing is in its window, a new entry waits for this long. */
  readonly first: number;
  /** An entry stays in the document for this long after its successor has taken over. */
  readonly kept: number;
}

/** The longest lifetime of an assertion. */
const ASSERTION_LIFETIME = MINUTE;

/** How far the clocks of verifiers and upstreams may be apart, rounded up generously. */
const CLOCKS = 5 * MINUTE;

/**
 * How long a verifier may be behind the document: the longest `CONFIG_REFRESH_SECONDS`, and as much again. One that
 * has nothing in its window, or soon will not, asks again within seconds (see `runsOutAt`).
 */
const BEHIND = 2 * HOUR;

/** Keys that assertions are signed with. */
export const SIGNING_KEY_WINDOWS: Windows = {
  // A key that has leaked unseen is worth this long, and 30 rotations in a row are enough to notice one that fails.
  period: 30 * DAY,
  // A keeper may be away for a week without any consequence, and nobody is woken for a rotation.
  ahead: 7 * DAY,
  // Upstreams cache the published set, mostly for hours. A day is the most that is common.
  least: DAY,
  // Whoever has not heard of the successor goes on with the key; it makes a keeper's absence 8 days in all.
  overlap: DAY,
  // Where there is no key in its window, all verifiers are asking again, each after a pause of 5 s.
  first: MINUTE,
  // Until nobody publishes it, and a day more, so that a keeper whose clock is ahead withdraws nothing.
  kept: DAY + HOUR + DAY,
};

/** A key is published for this long after its last use: until its last assertion is over, on every clock. Rounded up to an hour. */
export const PUBLISHED_AFTER_USE = Math.ceil((ASSERTION_LIFETIME + CLOCKS) / HOUR) * HOUR;

/** Secrets that DPoP nonces are made of. */
export const NONCE_SECRET_WINDOWS: Windows = {
  // RFC 9449 §8: a nonce limits how long ago a proof can have been made ahead of time; its own time does that within a day.
  period: DAY,
  ahead: DAY / 2,
  // Nothing is published, so it is enough that verifiers have it.
  least: BEHIND,
  // Without a keeper the last secret goes on, as long as keys do.
  overlap: 8 * DAY,
  // A nonce that another verifier does not know is answered with one that it does (RFC 9449 §8), so there is nothing to wait for.
  first: 0,
  kept: HOUR,
};

/**
 * Nonces of the secret before are accepted for this long after its successor has taken over, so that a rotation costs
 * no client in the middle of its requests a round trip (RFC 9449 §8.2: it has the new nonce from the next answer on).
 */
export const NONCE_ACCEPTED_AFTER_USE = 5 * MINUTE;

/** A nonce of a verifier whose clock is ahead may come before its secret is used here. */
export const NONCE_ACCEPTED_BEFORE_USE = CLOCKS;

/** A verifier asks again this long before the document runs out, whatever its refresh interval. */
export const REFRESH_BEFORE_END = CLOCKS;
