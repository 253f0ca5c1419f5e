import { type aws_cloudfront as cloudfront, aws_ec2 as ec2, type aws_lambda as lambda } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Entry } from '../bundle/entries.ts';
import type { Options } from '../options/options.ts';
import type { Outputs } from '../outputs.ts';
import { AdminAccess, type OidcClient } from './admin-access.ts';
import { CloudFrontGroup } from './cloudfront-group.ts';
import { CustomerDistribution } from './customer-distribution.ts';
import type { LoadBalancer } from './load-balancer.ts';

interface TwoWaysInProps {
  readonly options: Options;
  readonly codeOf: (entry: Entry) => lambda.Code;
}

/**
 * One internal load balancer, which customers reach through CloudFront and administrators through Verified Access. Each
 * way in adds its own rule to the load balancer's security group, which has no other.
 */
export class TwoWaysIn extends Construct {
  /** The Verified Access instance whose tokens open the admin routes. */
  readonly instanceArn: string;
  readonly distribution: cloudfront.Distribution;
  /** Where each way in begins, and what its DNS names must point to. */
  readonly outputs: Outputs;

  constructor(scope: Construct, { resource, network }: LoadBalancer, { options, codeOf }: TwoWaysInProps) {
    super(scope, 'TwoWaysIn');
    const { stackName, service, logRetentionDays: logRetention, kmsKeyArn: logKeyArn } = options;
    const { customerDomains, adminDomain = '', adminCertificateArn = '' } = options;
    const port = options.certificateArn === undefined ? 80 : 443;
    const customers = new CustomerDistribution(this, 'Customers', { loadBalancer: resource, options });
    const { groupId } = new CloudFrontGroup(this, 'CloudFrontGroup', {
      vpcId: network.vpc.vpcId,
      distribution: customers.resource,
      code: codeOf('cloudfront-group-handler'),
      service,
      logRetention,
      logKeyArn,
    });
    // A separate resource, because CloudFront creates its group only after the load balancer exists.
    new ec2.CfnSecurityGroupIngress(this, 'FromCloudFront', {
      groupId: resource.connections.securityGroups[0]?.securityGroupId ?? '',
      sourceSecurityGroupId: groupId,
      ipProtocol: 'tcp',
      fromPort: port,
      toPort: port,
      description: 'From CloudFront',
    });
    const admins = new AdminAccess(this, 'Admins', {
      network,
      loadBalancer: resource,
      port,
      domain: adminDomain,
      certificateArn: adminCertificateArn,
      oidc: oidcClientOf(options),
      log: { stackName, retention: logRetention, keyArn: logKeyArn },
    });
    this.instanceArn = admins.instanceArn;
    this.distribution = customers.resource;
    this.outputs = {
      CustomerUrl: [`${customers.url}/api/`, 'Where customers send requests'],
      AdminUrl: [`https://${adminDomain}/api/admin/`, 'Where administrators go'],
      AdminCname: [admins.endpointDomain, `The name that a CNAME record of ${adminDomain} must point to`],
      AdminLogGroup: [admins.logGroupName, 'Log of who came through Verified Access, and who did not'],
      VerifiedAccessInstanceArn: [this.instanceArn, 'The "instanceArn" of a verified-access provider'],
      ...(customerDomains === undefined
        ? {}
        : {
            CustomerCname: [
              customers.resource.distributionDomainName,
              `The name that DNS records of ${customerDomains.join(', ')} must point to`,
            ],
          }),
    };
  }
}

/** The options have been checked: `verifiedAccess` needs all of these. */
function oidcClientOf(options: Options): OidcClient {
  return {
    issuer: options.oidcIssuer ?? '',
    authorizationEndpoint: options.oidcAuthorizationEndpoint ?? '',
    tokenEndpoint: options.oidcTokenEndpoint ?? '',
    userInfoEndpoint: options.oidcUserInfoEndpoint ?? '',
    clientId: options.oidcClientId ?? '',
    clientSecretArn: options.oidcClientSecretArn ?? '',
    scope: options.oidcScope,
  };
}
