import type { Option } from '../option.ts';
import { commaSeparated, matching, oneOf } from '../parse.ts';

/** CloudFront in front of an internal load balancer. Its certificate and its web ACL are in us-east-1, wherever the stack is. */
export const CUSTOMER_OPTIONS = {
  customerDomains: {
    description:
      "Host names that customers call through CloudFront, separated by commas; by default CloudFront's own name",
    default: undefined,
    parse: commaSeparated(
      /^(?=.{4,253}$)(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
      'host names in lower case such as api.example.com or *.example.com, separated by commas',
    ),
  },
  customerCertificateArn: {
    description: 'Certificate for those host names, in us-east-1',
    default: undefined,
    parse: matching(
      /^arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate\/[\w-]+$/,
      'the ARN of a certificate in ACM in us-east-1, where CloudFront looks for it',
    ),
  },
  customerHostedZoneId: {
    description: 'Route 53 hosted zone that gets alias records for those host names',
    default: undefined,
    parse: matching(/^Z[A-Z0-9]{1,31}$/, 'the id of a hosted zone, such as Z0123456789ABCDEFGHIJ'),
  },
  customerWebAclArn: {
    description: 'AWS WAF web ACL to associate with CloudFront; its scope must be CLOUDFRONT',
    default: undefined,
    parse: matching(
      /^arn:aws[a-z-]*:wafv2:us-east-1:\d{12}:global\/webacl\/[\w-]{1,128}\/[0-9a-f-]{36}$/,
      'the ARN of a web ACL whose scope is CLOUDFRONT',
    ),
  },
  customerLogBucket: {
    description:
      "An existing S3 bucket for CloudFront's access logs, with the stack's name as their prefix; the bucket must have ACLs enabled",
    default: undefined,
    parse: matching(/^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of an S3 bucket'),
  },
  customerPriceClass: {
    description:
      'Where CloudFront serves from: `100` means North America, Europe and Israel; `200` everywhere except South America, Australia and New Zealand; `all` everywhere',
    default: 'all',
    parse: oneOf('100', '200', 'all'),
  },
} as const satisfies Record<string, Option>;
