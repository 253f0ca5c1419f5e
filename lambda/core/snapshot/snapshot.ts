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

/** Most problems that the reason for refusing a snapshot names. */
const MAX_PROBLEMS = 5;

/** Parses a snapshot, or says why it is none. It is untrusted: whoever can write to the bucket could have made it. */
export function parseSnapshot(bytes: Uint8Array): Snapshot | { readonly problem: string } {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return { problem: 'not JSON' };
  }
  const result = v.safeParse(SnapshotSchema, document);
  if (result.success) return result.output;
  const problems = result.issues.slice(0, MAX_PROBLEMS).map((issue) => {
    // Names and texts of the document may be anything, and do not go into the log.
    const place = (issue.path ?? []).map(({ key }) => (/^[\w-]{1,32}$/.test(String(key)) ? key : '?'));
    return `${place.join('.') || 'the document'} is not as the schema says`;
  });
  return { problem: [...new Set(problems)].join('; ') };
}

/** The readings of a unit, the newest first. */
export const readingsOf = (snapshot: Snapshot, unit: UnitName): readonly Reading[] =>
  snapshot[unit].map(({ parameters }) => parameters);
