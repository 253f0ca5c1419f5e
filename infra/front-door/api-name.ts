import { aws_certificatemanager as acm, aws_route53 as route53 } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** What a name is to lead to, as the DNS knows it. */
export interface Addressed {
  readonly dnsName: string;
  /** The zone of that name, which is AWS's. */
  readonly zoneId: string;
  /** Whether it has IPv6 addresses; undefined where that is not known. */
  readonly ipv6: boolean;
}

interface NameProps {
  readonly domainName: string;
  readonly hostedZoneId: string;
}

/**
 * The ARN of a certificate for the name. CloudFormation writes the record by which ACM sees whose the name is, and goes
 * on when the certificate is issued. The record stays, so that the certificate can be renewed.
 */
export function certificateFor(scope: Construct, { domainName, hostedZoneId }: NameProps): string {
  const certificate = new acm.CfnCertificate(scope, 'Certificate', {
    domainName,
    validationMethod: 'DNS',
    domainValidationOptions: [{ domainName, hostedZoneId }],
  });
  return certificate.ref;
}

/** The name's records: aliases, which follow the addresses of what they lead to and cost nothing to ask for. */
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
