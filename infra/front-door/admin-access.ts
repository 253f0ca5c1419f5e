import {
  ArnFormat,
  aws_ec2 as ec2,
  type aws_elasticloadbalancingv2 as elbv2,
  aws_logs as logs,
  RemovalPolicy,
  SecretValue,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { encryptLogs } from '../function/encrypted-logs.ts';
import type { Network } from './network.ts';

/** The OIDC client with which Verified Access logs people in. */
export interface OidcClient {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly userInfoEndpoint: string;
  readonly clientId: string;
  readonly clientSecretArn: string;
  readonly scope: string;
}

interface AdminAccessProps {
  readonly network: Network;
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  readonly port: 80 | 443;
  readonly domain: string;
  readonly certificateArn: string;
  readonly oidc: OidcClient;
  readonly log: {
    readonly stackName: string;
    readonly retention: logs.RetentionDays;
    readonly keyArn: string | undefined;
  };
}

/**
 * The administrators' way in: AWS Verified Access in front of an internal load balancer. It signs the identity of
 * whoever has logged in, and the function relies on that signature, not on the network path.
 */
export class AdminAccess extends Construct {
  /** The "signer" of the tokens, for a provider of type `verified-access`. */
  readonly instanceArn: string;
  /** The name that the domain's CNAME record must point to. */
  readonly endpointDomain: string;
  /** Name of the access log's group. */
  readonly logGroupName: string;

  constructor(scope: Construct, id: string, props: AdminAccessProps) {
    super(scope, id);
    const { network, loadBalancer, port, domain, certificateArn, oidc, log } = props;
    const { clientSecretArn, ...oidcOptions } = oidc;
    const trust = new ec2.CfnVerifiedAccessTrustProvider(this, 'TrustProvider', {
      policyReferenceName: 'oidc',
      trustProviderType: 'user',
      userTrustProviderType: 'oidc',
      oidcOptions: {
        ...oidcOptions,
        // CloudFormation resolves it at deploy time: the template contains a reference, not the secret.
        clientSecret: SecretValue.secretsManager(clientSecretArn).unsafeUnwrap(),
      },
    });
    const logGroup = new logs.LogGroup(this, 'AccessLog', {
      // Under this prefix one resource policy of the account lets AWS write. Otherwise each group needs its own, and an
      // account can have ten.
      // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
      logGroupName: `/aws/vendedlogs/verified-access/${log.stackName}`,
      retention: log.retention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    encryptLogs(logGroup, log.keyArn);
    this.logGroupName = logGroup.logGroupName;
    const instance = new ec2.CfnVerifiedAccessInstance(this, 'Instance', {
      verifiedAccessTrustProviderIds: [trust.attrVerifiedAccessTrustProviderId],
      // Keeps what the trust provider says about people out of the log.
      loggingConfigurations: {
        cloudWatchLogs: { enabled: true, logGroup: logGroup.logGroupName },
        includeTrustContext: false,
      },
    });
    const group = new ec2.CfnVerifiedAccessGroup(this, 'Group', {
      verifiedAccessInstanceId: instance.attrVerifiedAccessInstanceId,
      policyEnabled: true,
      // Whoever can log in reaches the function, whose policy says who may do what.
      policyDocument: 'permit(principal, action, resource) when { context.oidc has sub };',
    });
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: network.vpc,
      description: 'Verified Access endpoint of the administrators',
      allowAllOutbound: false,
    });
    securityGroup.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'Whoever wants to log in');
    loadBalancer.connections.allowFrom(securityGroup, ec2.Port.tcp(port), 'From Verified Access');
    const endpoint = new ec2.CfnVerifiedAccessEndpoint(this, 'Endpoint', {
      verifiedAccessGroupId: group.attrVerifiedAccessGroupId,
      endpointType: 'load-balancer',
      attachmentType: 'vpc',
      applicationDomain: domain,
      domainCertificateArn: certificateArn,
      endpointDomainPrefix: 'admin',
      securityGroupIds: [securityGroup.securityGroupId],
      loadBalancerOptions: {
        loadBalancerArn: loadBalancer.loadBalancerArn,
        port,
        protocol: port === 443 ? 'https' : 'http',
        subnetIds: network.subnets.map(({ subnetId }) => subnetId),
      },
    });
    this.endpointDomain = endpoint.attrEndpointDomain;
    this.instanceArn = Stack.of(this).formatArn({
      service: 'ec2',
      resource: 'verified-access-instance',
      resourceName: instance.attrVerifiedAccessInstanceId,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  }
}
