import * as v from 'valibot';
import { SecretsSchema } from './secrets-schema.ts';

/** When something is used, in seconds since the epoch: from `notBefore`, and before `useUntil`. */
export interface Window {
  readonly notBefore: number;
  readonly useUntil: number;
}

/** A P-256 private key as a JWK (RFC 7518 §6.2). */
export interface PrivateKey {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly d: string;
}

/** An ES256 key that assertions are signed with. */
export interface SharedSigningKey extends Window {
  readonly kid: string;
  /** When its public part stops being published. It is published from the start. */
  readonly publishUntil: number;
  readonly privateKey: PrivateKey;
}

/** A secret that DPoP nonces are made with. */
export interface NonceSecret extends Window {
  /** 32 bytes, base64url. */
  readonly secret: string;
}

/** What all verifiers share and nobody else may know. Entries are in order of use. */
export interface Secrets {
  /** Only puts documents in order; it is not a time to rely on. */
  readonly writtenAt: number;
  readonly signingKeys: readonly SharedSigningKey[];
  readonly nonceSecrets: readonly NonceSecret[];
}

/** Largest document, in bytes: three keys and three secrets take 1.5 KB. */
const MAX_BYTES = 16 * 1024;

const MAX_PROBLEMS = 5;

/** Member names that a problem may contain. Anything else in a path could be a secret. */
const NAMES = new Set([
  ...Object.keys(SecretsSchema.entries),
  ...['kid', 'notBefore', 'useUntil', 'publishUntil', 'privateKey', 'secret'],
]);

/** Parses a document, or says why it is not valid, without repeating its content. */
export function parseSecrets(bytes: Uint8Array): Secrets | { readonly problem: string } {
  if (bytes.length > MAX_BYTES) return { problem: `over ${MAX_BYTES} bytes` };
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    // The error would quote the text.
    return { problem: 'not JSON' };
  }
  const result = v.safeParse(SecretsSchema, document);
  if (result.success) return result.output;
  const problems = result.issues.slice(0, MAX_PROBLEMS).map(({ path = [] }) => {
    const place = path.map(({ key }) => (typeof key === 'number' || NAMES.has(String(key)) ? key : '?'));
    return `${place.join('.') || 'the document'} does not match the schema`;
  });
  return { problem: [...new Set(problems)].join('; ') };
}
