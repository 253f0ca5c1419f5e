import type { KeyObject } from 'node:crypto';
import type { Algorithm } from '../jwt/algorithms.ts';
import { isJsonObject } from '../jwt/decode.ts';
import { type CandidateKey, importKey, readKey } from './jwk.ts';

/** A public key that may verify signatures, and the algorithms that it fits. */
export interface VerificationKey {
  readonly kid: string | undefined;
  readonly algorithms: readonly Algorithm[];
  readonly key: KeyObject;
}

/** The usable keys of a JWKS (RFC 7517 §5), and why the others are ignored. */
export interface KeySet {
  readonly keys: readonly VerificationKey[];
  readonly byKid: ReadonlyMap<string, readonly VerificationKey[]>;
  /** Keys without a `kid`. */
  readonly nameless: readonly VerificationKey[];
  readonly ignored: readonly IgnoredKey[];
}

export interface IgnoredKey {
  readonly index: number;
  readonly reason: string;
}

interface Candidate {
  readonly index: number;
  readonly candidate: CandidateKey;
}

/** The most keys of a set that are used, and the most that it may list: an endpoint that sends more is broken. */
export const MAX_KEYS = 100;
export const MAX_LISTED_KEYS = 1000;

/** The most reasons that a problem lists. */
const MAX_REASONS = 20;

/**
 * Reads a JWKS document. A key that is unusable (encryption, symmetric, private, weak, of an unknown type) is left
 * out and named in `ignored`, as are keys beyond `MAX_KEYS`; it never affects the others. The result is a problem if
 * the document is not a key set, lists more than `MAX_LISTED_KEYS` keys, or has no usable key.
 */
export async function parseKeySet(document: unknown): Promise<KeySet | { problem: string }> {
  const list = isJsonObject(document) ? document.keys : undefined;
  if (!Array.isArray(list)) return { problem: 'the document has no "keys" array' };

  if (list.length > MAX_LISTED_KEYS) return { problem: `the key set has more than ${MAX_LISTED_KEYS} keys` };

  const ignored: IgnoredKey[] = [];
  const candidates: Candidate[] = [];
  for (const [index, entry] of list.entries()) {
    const candidate = readKey(entry);
    if (typeof candidate === 'string') ignored.push({ index, reason: candidate });
    else candidates.push({ index, candidate });
  }

  const keys: VerificationKey[] = [];
  for (let at = 0; at < candidates.length && keys.length < MAX_KEYS; ) {
    const batch = candidates.slice(at, at + MAX_KEYS - keys.length);
    at += batch.length;
    const imported = await Promise.all(batch.map(({ candidate }) => importKey(candidate)));
    for (const [position, { index, candidate }] of batch.entries()) {
      const key = imported[position];
      if (typeof key === 'string') ignored.push({ index, reason: key });
      else if (key !== undefined) keys.push({ kid: candidate.kid, algorithms: candidate.algorithms, key });
    }
    if (keys.length === MAX_KEYS) {
      const reason = `beyond the first ${MAX_KEYS} usable keys`;
      ignored.push(...candidates.slice(at).map(({ index }) => ({ index, reason })));
    }
  }
  return keys.length > 0
    ? keySetOf(
        keys,
        ignored.sort((a, b) => a.index - b.index),
      )
    : { problem: `the key set has no usable key${reasonsOf(ignored)}` };
}

function reasonsOf(ignored: readonly IgnoredKey[]): string {
  if (ignored.length === 0) return '';
  const reasons = ignored.slice(0, MAX_REASONS).map(({ index, reason }) => `key ${index}: ${reason}`);
  const more = ignored.length - reasons.length;
  return ` (${[...reasons, ...(more > 0 ? [`${more} more`] : [])].join('; ')})`;
}

/** Whether two sets have the same keys, in any order and whatever else their documents say. */
export const hasSameKeys = (a: KeySet, b: KeySet): boolean => isWithin(a, b) && isWithin(b, a);

/** Whether all keys of the first set are in the second. */
export const isWithin = (a: KeySet, b: KeySet): boolean =>
  a.keys.every((key) => b.keys.some((other) => isSameKey(key, other)));

const isSameKey = (a: VerificationKey, b: VerificationKey): boolean =>
  a.kid === b.kid && a.algorithms.join() === b.algorithms.join() && a.key.equals(b.key);

/** Makes a key set of keys that are already imported. */
export function keySetOf(keys: readonly VerificationKey[], ignored: readonly IgnoredKey[] = []): KeySet {
  const byKid = new Map<string, VerificationKey[]>();
  for (const key of keys) {
    if (key.kid === undefined) continue;
    const sameKid = byKid.get(key.kid);
    if (sameKid === undefined) byKid.set(key.kid, [key]);
    else sameKid.push(key);
  }
  return { keys, byKid, nameless: keys.filter(({ kid }) => kid === undefined), ignored };
}
