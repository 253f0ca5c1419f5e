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

/** Headers in which AWS's services say who is calling; no customer has any business with them. */
const SIGNED_HEADERS = [
  'x-amzn-ava-user-context',
  'x-amzn-oidc-data',
  'x-amzn-oidc-identity',
  'x-amzn-oidc-accesstoken',
];

/** What the name of a region takes, with a hyphen before it. */
const REGION_LENGTH = 16;

/** By how much CloudFront waits longer than the function may take, in seconds, so that the caller gets the function's answer. */
const MARGIN_SECONDS = 5;

/**
 * The longest that CloudFront waits for an origin unless the account's quota is raised, in seconds.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
 */
const LONGEST_WAIT_SECONDS = 120;

const { PRICE_CLASS_100, PRICE_CLASS_200, PRICE_CLASS_ALL } = cloudfront.PriceClass;
const PRICE_CLASSES = { 100: PRICE_CLASS_100, 200: PRICE_CLASS_200, all: PRICE_CLASS_ALL } as const;

/** The way in of customers: CloudFront in front of a load balancer that has no public address. */
export class CustomerDistribution extends Construct {
  readonly resource: cloudfront.Distribution;
  readonly url: string;

  constructor(scope: Construct, id: string, { loadBalancer, options }: CustomerDistributionProps) {
    super(scope, id);
    const { customerDomains: domains = [], customerHostedZoneId: hostedZoneId } = options;
    // CloudFront's names are the account's, and a stack of the same name may be in another region.
    const nameIn = (length: number) =>
      `${Names.uniqueResourceName(this, { maxLength: length - REGION_LENGTH, separator: '-' })}-${Stack.of(this).region}`;
    // All that the viewer sends, Authorization too, but for Host, by which the load balancer's certificate goes, and for
    // what is signed for the other way in: a copy of it must not open that way's paths to whoever has got hold of it.
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
        // What one caller may see is no business of the next, whatever the upstream says of caching.
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
        `timeoutSeconds=${options.timeoutSeconds} has CloudFront wait up to ${wait} seconds for an answer, and it takes at most ${LONGEST_WAIT_SECONDS} unless the account's quota "Response timeout per origin" is raised. Raise it before you deploy, or set timeoutSeconds to ${LONGEST_WAIT_SECONDS - MARGIN_SECONDS} or less.`,
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

/** By which names customers call, from where, past what, and where that is logged. */
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
            // CDK would name the stack's region, and the bucket may be in another.
            bucketRegionalDomainName: `${bucketName}.s3.amazonaws.com`,
          }),
          // Cookies are credentials, and stay out of it.
          logFilePrefix: `${stackName}/`,
        }),
    // Said in any case, because what is left out may stay as it was.
    priceClass: PRICE_CLASSES[customerPriceClass],
  };
}
