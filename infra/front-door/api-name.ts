import { aws_certificatemanager as acm, aws_route53 as route53 } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** What a name should point to, as DNS knows it. */
export interface Addressed {
  readonly dnsName: string;
  /** The hosted zone of that name, which belongs to AWS. */
  readonly zoneId: string;
  /** Whether it is known to have IPv6 addresses. */
  readonly ipv6: boolean;
}

interface NameProps {
  readonly domainName: string;
  readonly hostedZoneId: string;
}

/**
 * The ARN of a certificate for the name. CloudFormation writes the record that proves to ACM who owns the name, and
 * continues once the certificate is issued. The record stays, so that ACM can renew the certificate.
 */
export function certificateFor(scope: Construct, { domainName, hostedZoneId }: NameProps): string {
  const certificate = new acm.CfnCertificate(scope, 'Certificate', {
    domainName,
    validationMethod: 'DNS',
    domainValidationOptions: [{ domainName, hostedZoneId }],
  });
  return certificate.ref;
}

/** The name's records: aliases, which follow the addresses of their target and whose queries are free. */
export class ApiName extends Construct {
  constructor(scope: Construct, id: string, { domainName, hostedZoneId, ...target }: NameProps & Addressed) {
    super(scope, id);
    for (const type of target.ipv6 ? ['A', 'AAAA'] : ['A']) {
      new route53.CfnRecordSet(this, type, {
        name: `${domainName}.`,
        type,
        hostedZoneId,
        aliasTarget: {
          dnsName: target.dnsName,
          hostedZoneId: target.zoneId,
          evaluateTargetHealth: false,
        },
      });
    }
  }
}
