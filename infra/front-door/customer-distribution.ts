import {
  aws_cloudfront as cloudfront,
  type aws_elasticloadbalancingv2 as elbv2,
  Names,
  aws_cloudfront_origins as origins,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';

interface CustomerDistributionProps {
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  /** Host name of the load balancer's certificate; without it CloudFront speaks HTTP within the VPC. */
  readonly originDomain: string | undefined;
}

/** Headers in which AWS's services say who is calling; no customer has any business with them. */
const SIGNED_HEADERS = [
  'x-amzn-ava-user-context',
  'x-amzn-oidc-data',
  'x-amzn-oidc-identity',
  'x-amzn-oidc-accesstoken',
];

/** What the name of a region takes, with a hyphen before it. */
const REGION_LENGTH = 16;

/** The way in of customers: CloudFront in front of a load balancer that has no public address. */
export class CustomerDistribution extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, { loadBalancer, originDomain }: CustomerDistributionProps) {
    super(scope, id);
    const { HTTP_ONLY, HTTPS_ONLY } = cloudfront.OriginProtocolPolicy;
    // CloudFront's names are the account's, and a stack of the same name may be in another region.
    const nameIn = (length: number) =>
      `${Names.uniqueResourceName(this, { maxLength: length - REGION_LENGTH, separator: '-' })}-${Stack.of(this).region}`;
    const origin = origins.VpcOrigin.withApplicationLoadBalancer(loadBalancer, {
      vpcOriginName: nameIn(64),
      protocolPolicy: originDomain === undefined ? HTTP_ONLY : HTTPS_ONLY,
      ...(originDomain === undefined
        ? {}
        : { domainName: originDomain, originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2] }),
    });
    // All that the viewer sends, Authorization too, but for Host, by which the load balancer's certificate goes, and for
    // what is signed for the other way in: a copy of it must not open that way's paths to whoever has got hold of it.
    const forwarded = new cloudfront.OriginRequestPolicy(this, 'Forwarded', {
      originRequestPolicyName: nameIn(128),
      comment: 'All but Host and the signed headers of AWS',
      headerBehavior: cloudfront.OriginRequestHeaderBehavior.denyList('host', ...SIGNED_HEADERS),
      queryStringBehavior: cloudfront.OriginRequestQueryStringBehavior.all(),
      cookieBehavior: cloudfront.OriginRequestCookieBehavior.all(),
    });
    const distribution = new cloudfront.Distribution(this, 'Resource', {
      defaultBehavior: {
        origin,
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
        // What one caller may see is no business of the next, whatever the upstream says of caching.
        cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
        originRequestPolicy: forwarded,
      },
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
    });
    this.url = `https://${distribution.distributionDomainName}`;
  }
}
