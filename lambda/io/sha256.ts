import { createHash, createHmac } from 'node:crypto';
import type { SignatureV4 } from '@smithy/signature-v4';

type HashConstructor = ConstructorParameters<typeof SignatureV4>[0]['sha256'];
type Bytes = string | ArrayBuffer | ArrayBufferView;

/** SHA-256, or HMAC with SHA-256 if there is a secret. The signer calls it with `new`. */
export const Sha256 = sha256 as unknown as HashConstructor;

function sha256(secret?: Bytes) {
  const hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  return {
    update: (data: Bytes): void => void hash.update(bytesOf(data)),
    digest: async (): Promise<Uint8Array> => hash.digest(),
  };
}

function bytesOf(data: Bytes): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
