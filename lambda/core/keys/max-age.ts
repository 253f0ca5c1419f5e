/** Age from which a key set is not used at all, wherever it came from, in ms. */
export const MAX_KEY_SET_AGE_MS = 4 * 60 * 60_000;

/** How long a key set is fresh if its endpoint does not say, in ms. */
export const DEFAULT_MAX_AGE_MS = 5 * 60_000;

/**
 * Bounds for the age that an endpoint may ask for, in ms. In practice that ranges from seconds (Auth0) to weeks
 * (Okta).
 */
const MIN_MAX_AGE_MS = 60_000;
export const MAX_MAX_AGE_MS = 15 * 60_000;

/**
 * How long a key set is fresh by its Cache-Control (RFC 9111 §5.2.2), in ms. The bounds keep the endpoint from being
 * called all the time, and a removed key from living on.
 */
export function maxAgeOf(cacheControl: string | undefined, fallbackMs: number): number {
  if (cacheControl === undefined) return fallbackMs;
  if (/(?:^|[\s,])no-(?:cache|store)(?:$|[\s,=])/i.test(cacheControl)) return MIN_MAX_AGE_MS;
  const seconds = /(?:^|[\s,])max-age="?(\d+)"?(?:$|[\s,])/i.exec(cacheControl)?.[1];
  if (seconds === undefined) return fallbackMs;
  return Math.min(Math.max(Number(seconds) * 1000, MIN_MAX_AGE_MS), MAX_MAX_AGE_MS);
}
