import * as v from 'valibot';
import type { Reading, UnitName } from '../config/reading.ts';
import { SnapshotSchema } from './snapshot-schema.ts';

/** The parameters of a unit as they were at one time. */
export interface UnitReading {
  readonly parameters: Reading;
  /** Why the keeper would not use them; absent where they are good. */
  readonly refused?: { readonly since: number; readonly problems: readonly string[] };
}

/** A public key as a JWK (RFC 7517 §4), with what verifying takes. */
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

/** A key set, named by whose it is and where it is. */
export interface StoredKeySet {
  readonly issuers: readonly string[];
  readonly location: string;
  readonly fetchedAt: number;
  readonly maxAgeSeconds: number;
  readonly keys: readonly PublicKey[];
}

/** What the keeper has found out for all verifiers. Times are in seconds since the epoch. */
export interface Snapshot extends Readonly<Record<UnitName, readonly UnitReading[]>> {
  /** Prefix of the parameters that were read. */
  readonly path: string;
  /** Orders snapshots, and tells no time. */
  readonly writtenAt: number;
  readonly parametersReadAt: number;
  readonly keySets: readonly StoredKeySet[];
}

/** Largest snapshot, in bytes: what is larger is not written, and not read. */
export const MAX_SNAPSHOT_BYTES = 1024 * 1024;

/** How far the clocks of SSM, a keeper and a verifier may be apart, in seconds. */
const CLOCKS_APART_SECONDS = 300;

/** Parses a snapshot, or says why it is none. It is untrusted: whoever can write to the bucket could have made it. */
export function parseSnapshot(bytes: Uint8Array): Snapshot | { readonly problem: string } {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return { problem: 'not JSON' };
  }
  // All problems of a large document would take hundreds of times its own memory.
  const result = v.safeParse(SnapshotSchema, document, { abortEarly: true });
  if (result.success) return result.output;
  // Names and texts of the document may be anything, and do not go into the log.
  const place = (result.issues[0].path ?? []).map(({ key }) =>
    /^[\w-]{1,32}$/.test(String(key)) ? key : '?',
  );
  return { problem: `${place.join('.') || 'the document'} is not as the schema says` };
}

/** Whether a snapshot knows of what has not happened yet. Nothing true could ever replace it. `now` is in seconds. */
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
