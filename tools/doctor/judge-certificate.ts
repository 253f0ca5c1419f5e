import type { CertificateDetail } from '@aws-sdk/client-acm';
import { type Finding, ok, problem, warning } from './check.ts';

const DAY = 24 * 60 * 60 * 1000;

/** ACM renews its certificates 60 days before they expire. One that expires within fewer days than this was not renewed. */
const SOON_DAYS = 30;

/** The finding for a certificate, whatever names it is for. */
export function judgeCertificate(certificate: CertificateDetail, now: number): Finding {
  const { Status, DomainName = '' } = certificate;
  switch (Status) {
    case 'ISSUED':
      return judgeEnd(certificate, now);
    case 'PENDING_VALIDATION':
      return problem(
        `${DomainName}: ACM waits for proof that the domain is yours`,
        validationOf(certificate),
      );
    case 'FAILED':
    case 'VALIDATION_TIMED_OUT':
      return problem(
        `${DomainName}: ${Status}${certificate.FailureReason === undefined ? '' : `, ${certificate.FailureReason}`}`,
        'Request another certificate and see to its validation within 72 hours; with domainName, deploy again.',
      );
    case 'EXPIRED':
    case 'REVOKED':
    case 'INACTIVE':
      return problem(
        `${DomainName}: ${Status}`,
        'Import or request another one, and deploy with its ARN as certificateArn.',
      );
    default:
      return warning(
        `${DomainName}: the status ${Status} is unknown to this version`,
        'See what it means: aws acm describe-certificate',
      );
  }
}

function judgeEnd(
  { DomainName = '', NotAfter, Type, RenewalSummary }: CertificateDetail,
  now: number,
): Finding {
  if (NotAfter === undefined) return ok(`${DomainName}: issued`);
  const until = NotAfter.toISOString().slice(0, 10);
  const days = (NotAfter.getTime() - now) / DAY;
  const renewal =
    Type === 'IMPORTED'
      ? 'It was imported, so nobody renews it: import the next one under the same ARN.'
      : RenewalSummary?.RenewalStatus === 'PENDING_VALIDATION'
        ? `ACM cannot renew it. ${validationOf(RenewalSummary)}`
        : 'ACM should have renewed it: see RenewalSummary in aws acm describe-certificate, and whether its validation record is still in the DNS.';
  if (days <= 0) return problem(`${DomainName}: it expired on ${until}`, renewal);
  if (days <= SOON_DAYS) {
    return warning(`${DomainName}: it expires in ${Math.floor(days)} days, on ${until}`, renewal);
  }
  return ok(`${DomainName}: valid until ${until}`);
}

/** How to prove to ACM that you own the names. */
function validationOf({
  DomainValidationOptions = [],
}: Pick<CertificateDetail, 'DomainValidationOptions'>): string {
  const open = DomainValidationOptions.filter(({ ValidationStatus }) => ValidationStatus !== 'SUCCESS');
  const records = open.flatMap(({ ResourceRecord }) =>
    ResourceRecord === undefined
      ? []
      : [`${ResourceRecord.Name} ${ResourceRecord.Type} ${ResourceRecord.Value}`],
  );
  if (records.length > 0) {
    return `Add to the DNS: ${[...new Set(records)].join('; ')}. If it is there, check that the zone is the one that the domain's registrar names.`;
  }
  const mailed = open.some(({ ValidationMethod }) => ValidationMethod === 'EMAIL');
  return mailed
    ? "Follow the link in the mail that ACM has sent to the domain's owner."
    : 'ACM has not made the record yet: run this again in a minute.';
}

/** The names that a certificate is for. */
export const namesOf = ({
  DomainName,
  SubjectAlternativeNames = [],
}: CertificateDetail): readonly string[] => [
  ...new Set([DomainName ?? '', ...SubjectAlternativeNames].filter((name) => name !== '')),
];

/** Whether one of these names is for a host; `*` stands for one label (RFC 6125 §6.4.3). */
export function covers(names: readonly string[], host: string): boolean {
  const [, ...rest] = host.toLowerCase().split('.');
  const wildcard = `*.${rest.join('.')}`;
  return names.some((name) => [host.toLowerCase(), wildcard].includes(name.toLowerCase()));
}
