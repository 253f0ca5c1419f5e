import type { Option } from '../option.ts';
import { commaSeparated, flag, matching, oneOf, wholeNumber } from '../parse.ts';

const securityGroup = matching(
  /^sg-([0-9a-f]{8}|[0-9a-f]{17})$/,
  'a security group id such as sg-0123456789abcdef0',
);

/** Alternatives to a new load balancer in front of the function, and other places for the function. */
export const FRONT_DOOR_OPTIONS = {
  listenerArn: {
    description:
      'An existing listener to add the rules to; the stack then has no VPC and no load balancer of its own',
    default: undefined,
    parse: matching(
      /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener\/app\/[A-Za-z0-9-]{1,32}\/[0-9a-f]{16}\/[0-9a-f]{16}$/,
      'the ARN of a listener of an Application Load Balancer',
    ),
  },
  loadBalancerArn: {
    description:
      'An existing load balancer to add a listener to; the stack then has no VPC and no load balancer of its own',
    default: undefined,
    parse: matching(
      /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer\/app\/[A-Za-z0-9-]{1,32}\/[0-9a-f]{16}$/,
      'the ARN of an Application Load Balancer',
    ),
  },
  loadBalancerDnsName: {
    description: 'DNS name of that load balancer, for the alias record of `domainName`',
    default: undefined,
    parse: matching(
      /^(?=.{4,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/,
      'the DNS name of the load balancer',
    ),
  },
  loadBalancerZoneId: {
    description: 'ID of the hosted zone of that DNS name, which belongs to AWS (`CanonicalHostedZoneId`)',
    default: undefined,
    parse: matching(/^Z[A-Z0-9]{1,31}$/, 'the canonical hosted zone id of the load balancer'),
  },
  listenerPort: {
    description:
      'Port of the listener on that load balancer; by default 443 with a certificate and 80 without',
    default: undefined,
    parse: wholeNumber(1, 65_535),
  },
  listenerSecurityGroupId: {
    description: 'Security group of the existing load balancer; a deploy does not change it',
    default: undefined,
    parse: securityGroup,
  },
  webAclArn: {
    description: 'AWS WAF web ACL to associate with the load balancer',
    default: undefined,
    parse: matching(
      /^arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:regional\/webacl\/[\w-]{1,128}\/[0-9a-f-]{36}$/,
      'the ARN of a regional web ACL',
    ),
  },
  provisionedConcurrency: {
    description:
      'Number of execution environments that Lambda keeps ready behind an alias; they cost money even when idle',
    default: undefined,
    parse: wholeNumber(1, 9999),
  },
  functionSubnetIds: {
    description:
      'Subnets for the function, separated by commas, if its upstream is private; they need a route to the snapshot in S3, or to SSM and the key sets',
    default: undefined,
    parse: commaSeparated(
      /^subnet-([0-9a-f]{8}|[0-9a-f]{17})$/,
      'subnet ids such as subnet-0123456789abcdef0, separated by commas',
    ),
  },
  functionSecurityGroupId: {
    description: 'Security group of the function in those subnets',
    default: undefined,
    parse: securityGroup,
  },
  functionRouteTableIds: {
    description:
      'Route tables of those subnets, separated by commas; they get an S3 gateway endpoint that allows only the snapshot and the shared secrets, so whatever uses these tables reaches nothing else in S3',
    default: undefined,
    parse: commaSeparated(
      /^rtb-([0-9a-f]{8}|[0-9a-f]{17})$/,
      'route table ids such as rtb-0123456789abcdef0, separated by commas',
    ),
  },
  functionVpcId: {
    description: 'VPC of those route tables; the synth does not look it up',
    default: undefined,
    parse: matching(/^vpc-([0-9a-f]{8}|[0-9a-f]{17})$/, 'a VPC id such as vpc-0123456789abcdef0'),
  },
  functionEgress: {
    description:
      'Whether the function can reach key endpoints from those subnets; with `false` the keeper fetches all keys, and providers with signed headers cannot be used',
    default: true,
    parse: flag,
  },
  authorizer: {
    description: 'A second function: a Lambda authorizer for API Gateway that makes the same decisions',
    default: false,
    parse: flag,
  },
  httpApiResponse: {
    description: 'How the authorizer responds to an HTTP API with payload format 2.0: `simple` or `iam`',
    default: 'simple',
    parse: oneOf('simple', 'iam'),
  },
  authorizerCache: {
    description:
      "Whether any API caches the authorizer's responses; if so, the authorizer rejects a policy that reads tokens from anywhere but Authorization, limits the age of logins, or has a resource that only some pages may call",
    default: false,
    parse: flag,
  },
} as const satisfies Record<string, Option>;
