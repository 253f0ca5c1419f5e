import { sign } from 'node:crypto';
import type { SigningKey } from './keys.ts';

/** DER (X.690): tag, length and content. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const bytes =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), content]);
}

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const SHA256_WITH_RSA = der(0x30, der(0x06, hex('2a864886f70d01010b')), der(0x05));
const nameOf = (name: string): Buffer =>
  der(0x30, der(0x31, der(0x30, der(0x06, hex('550403')), der(0x0c, Buffer.from(name)))));
/** subjectAltName (RFC 5280 §4.2.1.6) with one DNS name. */
const altNameOf = (name: string): Buffer =>
  der(
    0xa3,
    der(0x30, der(0x30, der(0x06, hex('551d11')), der(0x04, der(0x30, der(0x82, Buffer.from(name)))))),
  );
const utcTime = (text: string): Buffer => der(0x17, Buffer.from(text));

/** A self-signed certificate (RFC 5280) of an RSA key in base64, as it is in `x5c`; by default long expired. */
export function certificateOf(
  { publicKey, privateKey }: SigningKey,
  { name = 'issuer.example', until = '210101000000Z' } = {},
): string {
  const toBeSigned = der(
    0x30,
    der(0xa0, der(0x02, hex('02'))),
    der(0x02, hex('01')),
    SHA256_WITH_RSA,
    nameOf(name),
    der(0x30, utcTime('200101000000Z'), utcTime(until)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    altNameOf(name),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  return der(0x30, toBeSigned, SHA256_WITH_RSA, der(0x03, hex('00'), signature)).toString('base64');
}
