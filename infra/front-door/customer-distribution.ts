import {
  Annotations,
  aws_certificatemanager as acm,
  aws_cloudfront as cloudfront,
  Duration,
  type aws_elasticloadbalancingv2 as elbv2,
  Names,
  aws_cloudfront_origins as origins,
  aws_s3 as s3,
  Stack,
  aws_route53_targets as targets,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Options } from '../options/options.ts';
import { ApiName } from './api-name.ts';
import { contentId } from './content-id.ts';

interface CustomerDistributionProps {
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  readonly options: CustomerOptions;
}

type CustomerOptions = Pick<
  Options,
  | 'originDomain'
  | 'timeoutSeconds'
  | 'stackName'
  | 'customerDomains'
  | 'customerCertificateArn'
  | 'customerHostedZoneId'
  | 'customerWebAclArn'
  | 'customerLogBucket'
  | 'customerPriceClass'
>;

/** Headers in which AWS services say who is calling. No customer has a reason to send them. */
const SIGNED_HEADERS = [
  'x-amzn-ava-user-context',
  'x-amzn-oidc-data',
  'x-amzn-oidc-identity',
  'x-amzn-oidc-accesstoken',
];

/** Characters for the name of a region with a hyphen before it. */
const REGION_LENGTH = 16;

/**
 * How much longer than the function's time limit CloudFront waits, in seconds, so that the caller gets the function's
 * response.
 */
const MARGIN_SECONDS = 5;

/**
 * The longest that CloudFront waits for an origin, in seconds, unless the account's quota is raised.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
 */
const LONGEST_WAIT_SECONDS = 120;

const { PRICE_CLASS_100, PRICE_CLASS_200, PRICE_CLASS_ALL } = cloudfront.PriceClass;
const PRICE_CLASSES = { 100: PRICE_CLASS_100, 200: PRICE_CLASS_200, all: PRICE_CLASS_ALL } as const;

/** The customers' way in: CloudFront in front of a load balancer without a public address. */
export class CustomerDistribution extends Construct {
  readonly resource: cloudfront.Distribution;
  readonly url: string;

  constructor(scope: Construct, id: string, { loadBalancer, options }: CustomerDistributionProps) {
    super(scope, id);
    const { customerDomains: domains = [], customerHostedZoneId: hostedZoneId } = options;
    // CloudFront's names are unique per account, and another region may have a stack with the same name.
    const nameIn = (length: number) =>
      `${Names.uniqueResourceName(this, { maxLength: length - REGION_LENGTH, separator: '-' })}-${Stack.of(this).region}`;
    // Everything that the viewer sends, including Authorization, except Host, because the load balancer's certificate has
    // its own name, and except the signed headers of the other way in: a stolen copy must not open the admin paths here.
    const forwarded = new cloudfront.OriginRequestPolicy(this, 'Forwarded', {
      originRequestPolicyName: nameIn(128),
      comment: 'All but Host and the signed headers of AWS',
      headerBehavior: cloudfront.OriginRequestHeaderBehavior.denyList('host', ...SIGNED_HEADERS),
      queryStringBehavior: cloudfront.OriginRequestQueryStringBehavior.all(),
      cookieBehavior: cloudfront.OriginRequestCookieBehavior.all(),
    });
    this.resource = new cloudfront.Distribution(this, 'Resource', {
      ...viewersOf(this, options),
      defaultBehavior: {
        origin: originOf(loadBalancer, { ...options, vpcOriginName: nameIn(64) }),
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
        // One caller must not get another's response, whatever the upstream says about caching.
        cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
        originRequestPolicy: forwarded,
      },
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
    });
    const { distributionDomainName: dnsName } = this.resource;
    const target = { dnsName, zoneId: targets.CloudFrontTarget.CLOUDFRONT_ZONE_ID, ipv6: true };
    if (hostedZoneId !== undefined) {
      for (const domainName of domains) {
        new ApiName(this, `Name${contentId(domainName)}`, { domainName, hostedZoneId, ...target });
      }
    }
    this.url = `https://${domains.find((domain) => !domain.startsWith('*')) ?? dnsName}`;
    const wait = options.timeoutSeconds + MARGIN_SECONDS;
    if (wait > LONGEST_WAIT_SECONDS) {
      Annotations.of(this).addWarningV2(
        'alb-jwt-authorizer:origin-timeout',
        `With timeoutSeconds=${options.timeoutSeconds} CloudFront must wait up to ${wait} seconds for a response, but it allows at most ${LONGEST_WAIT_SECONDS} unless you raise the account's quota "Response timeout per origin". Raise it before you deploy, or set timeoutSeconds to ${LONGEST_WAIT_SECONDS - MARGIN_SECONDS} or less.`,
      );
    }
  }
}

/** How CloudFront calls the load balancer, and how long it waits. */
function originOf(
  loadBalancer: elbv2.ApplicationLoadBalancer,
  {
    vpcOriginName,
    originDomain,
    timeoutSeconds,
  }: Pick<CustomerOptions, 'originDomain' | 'timeoutSeconds'> & { readonly vpcOriginName: string },
): cloudfront.IOrigin {
  const { HTTP_ONLY, HTTPS_ONLY } = cloudfront.OriginProtocolPolicy;
  return origins.VpcOrigin.withApplicationLoadBalancer(loadBalancer, {
    vpcOriginName,
    readTimeout: Duration.seconds(timeoutSeconds + MARGIN_SECONDS),
    protocolPolicy: originDomain === undefined ? HTTP_ONLY : HTTPS_ONLY,
    ...(originDomain === undefined
      ? {}
      : { domainName: originDomain, originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2] }),
  });
}

/** The names that customers call, the price class, the web ACL and the access log. */
function viewersOf(scope: Construct, options: CustomerOptions) {
  const { customerDomains, customerCertificateArn: certificateArn, customerPriceClass, stackName } = options;
  const { customerWebAclArn: webAclId, customerLogBucket: bucketName } = options;
  return {
    ...(customerDomains !== undefined && certificateArn !== undefined
      ? {
          domainNames: [...customerDomains],
          certificate: acm.Certificate.fromCertificateArn(scope, 'Certificate', certificateArn),
        }
      : {}),
    ...(webAclId === undefined ? {} : { webAclId }),
    ...(bucketName === undefined
      ? {}
      : {
          logBucket: s3.Bucket.fromBucketAttributes(scope, 'LogBucket', {
            bucketName,
            // CDK would use the stack's region, but the bucket may be in another.
            bucketRegionalDomainName: `${bucketName}.s3.amazonaws.com`,
          }),
          // Cookies are credentials, so they are not logged.
          logFilePrefix: `${stackName}/`,
        }),
    // Always set, because CloudFormation may leave an omitted property as it was.
    priceClass: PRICE_CLASSES[customerPriceClass],
  };
}
