import type { Option } from '../option.ts';
import { commaSeparated, flag, matching, oneOf, wholeNumber } from '../parse.ts';

const securityGroup = matching(
  /^sg-([0-9a-f]{8}|[0-9a-f]{17})$/,
  'a security group id such as sg-0123456789abcdef0',
);

/** Other ways in than a new load balancer in front of the function, and other places for the function. */
export const FRONT_DOOR_OPTIONS = {
  listenerArn: {
    description: 'An existing listener to add the rule to; no VPC and no load balancer are created',
    default: undefined,
    parse: matching(
      /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener\/app\/[A-Za-z0-9-]{1,32}\/[0-9a-f]{16}\/[0-9a-f]{16}$/,
      'the ARN of a listener of an Application Load Balancer',
    ),
  },
  loadBalancerArn: {
    description: 'An existing load balancer to add a listener to; no VPC and no load balancer are created',
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
    description: "Hosted zone of that DNS name, which is AWS's (`CanonicalHostedZoneId`)",
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
    description: 'Security group of the existing load balancer, which is left as it is',
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
    description: 'Execution environments kept ready behind an alias, which costs as long as it is there',
    default: undefined,
    parse: wholeNumber(1, 9999),
  },
  functionSubnetIds: {
    description:
      'Subnets to put the function in, separated by commas, where its upstream is private; they need a way to the snapshot in S3, or to SSM and to the key sets',
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
      'Route tables of those subnets, separated by commas, that get a gateway endpoint of S3 for the snapshot and the shared secrets alone; whatever uses them reaches nothing else in S3',
    default: undefined,
    parse: commaSeparated(
      /^rtb-([0-9a-f]{8}|[0-9a-f]{17})$/,
      'route table ids such as rtb-0123456789abcdef0, separated by commas',
    ),
  },
  functionVpcId: {
    description: 'VPC of those route tables; nothing is looked up',
    default: undefined,
    parse: matching(/^vpc-([0-9a-f]{8}|[0-9a-f]{17})$/, 'a VPC id such as vpc-0123456789abcdef0'),
  },
  functionEgress: {
    description:
      'Whether the function reaches key endpoints from those subnets; false leaves the keys to the keeper, which excludes providers with signed headers',
    default: true,
    parse: flag,
  },
  authorizer: {
    description: 'A second function: the same decisions as a Lambda authorizer of API Gateway',
    default: false,
    parse: flag,
  },
  httpApiResponse: {
    description: 'What an HTTP API with payload format 2.0 is to get from the authorizer: simple or iam',
    default: 'simple',
    parse: oneOf('simple', 'iam'),
  },
  authorizerCache: {
    description:
      "Whether some API caches the authorizer's answers; if so, a policy is refused that reads tokens from any place but Authorization, limits the age of logins, or has a resource that only some pages may call",
    default: false,
    parse: flag,
  },
} as const satisfies Record<string, Option>;
