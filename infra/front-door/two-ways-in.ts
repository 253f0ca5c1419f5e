import { CfnOutput } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Options } from '../options/options.ts';
import { AdminAccess, type OidcClient } from './admin-access.ts';
import { CustomerDistribution } from './customer-distribution.ts';
import type { LoadBalancer } from './load-balancer.ts';

/** One internal load balancer, reached by customers through CloudFront and by administrators otherwise. */
export class TwoWaysIn extends Construct {
  /** The Verified Access instance, whose tokens open the admin routes. */
  readonly instanceArn: string;

  constructor(scope: Construct, { resource, network }: LoadBalancer, options: Options) {
    super(scope, 'TwoWaysIn');
    const { originDomain, certificateArn, adminDomain = '', adminCertificateArn = '' } = options;
    const customers = new CustomerDistribution(this, 'Customers', { loadBalancer: resource, originDomain });
    const admins = new AdminAccess(this, 'Admins', {
      network,
      loadBalancer: resource,
      port: certificateArn === undefined ? 80 : 443,
      domain: adminDomain,
      certificateArn: adminCertificateArn,
      oidc: oidcClientOf(options),
    });
    this.instanceArn = admins.instanceArn;
    for (const [name, value, description] of [
      ['CustomerUrl', `${customers.url}/api/`, 'Where customers send requests'],
      ['AdminUrl', `https://${adminDomain}/api/admin/`, 'Where administrators go'],
      ['AdminCname', admins.endpointDomain, `What ${adminDomain} must be a CNAME of`],
      ['VerifiedAccessInstanceArn', this.instanceArn, 'The "instanceArn" of a verified-access provider'],
    ] as const) {
      new CfnOutput(scope, name, { value, description });
    }
  }
}

/** The options are checked by then: `verifiedAccess` needs all of these. */
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
