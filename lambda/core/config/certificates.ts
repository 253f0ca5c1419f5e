import { X509Certificate } from 'node:crypto';

/** The problem of a certificate that cannot be read; goes after the name of its member. */
export const UNREADABLE_CERTIFICATE = 'has a certificate that cannot be read: check that it is complete';

/** Whether each certificate of a text in PEM form (RFC 7468 §5) can be read. */
export function areCertificates(text: string): boolean {
  try {
    const certificates = text.split(/(?<=-----END CERTIFICATE-----)\s*/).filter((part) => part !== '');
    return certificates.every((pem) => new X509Certificate(pem) !== undefined);
  } catch {
    return false;
  }
}
