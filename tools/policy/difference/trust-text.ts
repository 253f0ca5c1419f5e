import { X509Certificate } from 'node:crypto';
import { listed } from '../../explain/format.ts';

/** What makes an endpoint trusted, in the words that follow `trusted through`. Certificates in `ca` are shown by fingerprint. */
export function trustedBy(ca: string | undefined): string {
  if (ca === undefined) return 'public authorities';
  const names = certificatesIn(ca).map(fingerprint);
  return names.length === 1 ? `the certificate ${names[0]}` : `the certificates ${listed(names)}`;
}

const certificatesIn = (ca: string): readonly string[] =>
  ca.split(/(?<=-----END CERTIFICATE-----)\s*/).filter((part) => part !== '');

/** The beginning of the output of `openssl x509 -fingerprint -sha256`. */
const fingerprint = (pem: string): string => `${new X509Certificate(pem).fingerprint256.slice(0, 23)}…`;
