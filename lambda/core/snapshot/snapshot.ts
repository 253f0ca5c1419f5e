import * as v from 'valibot';
import type { Reading, UnitName } from '../config/reading.ts';
import { SnapshotSchema } from './snapshot-schema.ts';

/** The parameters of a unit as they were at one time. */
export interface UnitReading {
  readonly parameters: Reading;
  /** Why the keeper rejected them; absent if they are good. */
  readonly refused?: { readonly since: number; readonly problems: readonly string[] };
}

/** A public key as a JWK (RFC 7517 §4), with the members that verifying needs. */
export interface PublicKey {
  readonly kty: string;
  readonly kid?: string;
  readonly alg?: string;
  readonly crv?: string;
  readonly n?: string;
  readonly e?: string;
  readonly x?: string;
  readonly y?: string;
  readonly pub?: string;
}

/** A key set, identified by its issuers and its location. */
export interface StoredKeySet {
  readonly issuers: readonly string[];
  readonly location: string;
  readonly fetchedAt: number;
  readonly maxAgeSeconds: number;
  readonly keys: readonly PublicKey[];
}

/** What the keeper has read on behalf of all verifiers. Times are in seconds since the epoch. */
export interface Snapshot extends Readonly<Record<UnitName, readonly UnitReading[]>> {
  /** Prefix of the parameters that were read. */
  readonly path: string;
  /** Only puts snapshots in order; it is not a time to rely on. */
  readonly writtenAt: number;
  readonly parametersReadAt: number;
  readonly keySets: readonly StoredKeySet[];
}

/** Largest snapshot, in bytes. A larger one is neither written nor read. */
export const MAX_SNAPSHOT_BYTES = 1024 * 1024;

/** How far the clocks of SSM, a keeper and a verifier may be apart, in seconds. */
const CLOCKS_APART_SECONDS = 300;

/**
 * Parses a snapshot, or says why it is not valid. It is untrusted: anyone who can write to the bucket could have made
 * it.
 */
export function parseSnapshot(bytes: Uint8Array): Snapshot | { readonly problem: string } {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return { problem: 'not JSON' };
  }
  // Collecting all problems of a large document would take hundreds of times its own memory.
  const result = v.safeParse(SnapshotSchema, document, { abortEarly: true });
  if (result.success) return result.output;
  // Names and texts in the document can be anything, so they stay out of the log.
  const place = (result.issues[0].path ?? []).map(({ key }) =>
    /^[\w-]{1,32}$/.test(String(key)) ? key : '?',
  );
  return { problem: `${place.join('.') || 'the document'} does not match the schema` };
}

/**
 * Whether a snapshot contains times that are still in the future. No true snapshot could ever replace it. `now` is in
 * seconds.
 */
export function isFromTheFuture(snapshot: Snapshot, now: number): boolean {
  const modified = [...snapshot.access, ...snapshot.revocations].flatMap(({ parameters }) =>
    Object.values(parameters).map(({ modifiedAt }) => modifiedAt),
  );
  return [snapshot.writtenAt, snapshot.parametersReadAt, ...modified].some(
    (at) => at > now + CLOCKS_APART_SECONDS,
  );
}

/** The readings of a unit, the newest first. */
export const readingsOf = (snapshot: Snapshot, unit: UnitName): readonly Reading[] =>
  snapshot[unit].map(({ parameters }) => parameters);
