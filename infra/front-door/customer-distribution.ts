import {
  aws_cloudfront as cloudfront,
  type aws_elasticloadbalancingv2 as elbv2,
  aws_cloudfront_origins as origins,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';

interface CustomerDistributionProps {
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  /** Host name of the load balancer's certificate; without it CloudFront speaks HTTP within the VPC. */
  readonly originDomain: string | undefined;
}

/** The way in of customers: CloudFront in front of a load balancer that has no public address. */
export class CustomerDistribution extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, { loadBalancer, originDomain }: CustomerDistributionProps) {
    super(scope, id);
    const { HTTP_ONLY, HTTPS_ONLY } = cloudfront.OriginProtocolPolicy;
    const origin = origins.VpcOrigin.withApplicationLoadBalancer(loadBalancer, {
      protocolPolicy: originDomain === undefined ? HTTP_ONLY : HTTPS_ONLY,
      ...(originDomain === undefined
        ? {}
        : { domainName: originDomain, originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2] }),
    });
    const distribution = new cloudfront.Distribution(this, 'Resource', {
      defaultBehavior: {
        origin,
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
        // What one caller may see is no business of the next, whatever the upstream says of caching.
        cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
        // All headers, Authorization too, but for Host, by which the load balancer's certificate goes.
        originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      },
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
    });
    this.url = `https://${distribution.distributionDomainName}`;
  }
}
