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
const extension = (oid: string, ...rest: readonly Uint8Array[]): Buffer =>
  der(0x30, der(0x06, hex(oid)), ...rest);
/** subjectAltName (RFC 5280 §4.2.1.6) with one DNS name. */
const altNameOf = (name: string): Buffer =>
  extension('551d11', der(0x04, der(0x30, der(0x82, Buffer.from(name)))));
/** basicConstraints (RFC 5280 §4.2.1.9) of an authority, critical. */
const AUTHORITY = extension('551d13', der(0x01, hex('ff')), der(0x04, der(0x30, der(0x01, hex('ff')))));
const utcTime = (text: string): Buffer => der(0x17, Buffer.from(text));

/** The issuer of another certificate. */
export interface Authority {
  readonly key: SigningKey;
  readonly name: string;
}

interface CertificateOptions {
  readonly name?: string;
  /** End of its validity; by default, long past. */
  readonly until?: string;
  /** By default, the certificate itself. */
  readonly issuer?: Authority | undefined;
  /** Whether it may sign other certificates. */
  readonly authority?: boolean;
}

/** A certificate (RFC 5280) of an RSA key, in base64 as in `x5c`; by default, self-signed. */
export function certificateOf(
  key: SigningKey,
  {
    name = 'issuer.example',
    until = '210101000000Z',
    issuer = { key, name },
    authority = false,
  }: CertificateOptions = {},
): string {
  const toBeSigned = der(
    0x30,
    der(0xa0, der(0x02, hex('02'))),
    der(0x02, hex(issuer.key === key ? '01' : '02')),
    SHA256_WITH_RSA,
    nameOf(issuer.name),
    der(0x30, utcTime('200101000000Z'), utcTime(until)),
    nameOf(name),
    key.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, altNameOf(name), ...(authority ? [AUTHORITY] : []))),
  );
  const signature = sign('sha256', toBeSigned, issuer.key.privateKey);
  return der(0x30, toBeSigned, SHA256_WITH_RSA, der(0x03, hex('00'), signature)).toString('base64');
}

/** A certificate in PEM form, with a long validity. */
export function certificatePem(key: SigningKey, options: CertificateOptions): string {
  const lines = certificateOf(key, { until: '491231000000Z', ...options }).match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
