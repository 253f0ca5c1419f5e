import type { OptionName } from '../options/options.ts';

/** How an option of the app becomes a parameter of a template. */
export interface Offered {
  readonly option: OptionName;
  /** The heading under which the console lists the parameter. */
  readonly group: string;
  /** The value that the app is synthesized with: text or a number that occurs nowhere else in a template. */
  readonly marker: string | number | boolean;
  /** The parameter's type, unless it is plain text or a number. CloudFormation checks that the named resource exists. */
  readonly type?: string;
  /** Options that must be given together with this one, or left out together. */
  readonly along?: readonly OptionName[];
  /** Overrides of the option's own name, description, pattern and so on. */
  readonly instead?: {
    readonly name?: string;
    readonly description?: string;
    readonly pattern?: string;
    readonly expected?: string;
    readonly default?: string | number;
    readonly maxLength?: number;
  };
}

const REGION = 'eu-west-1';
const ACCOUNT = '999999999999';
const ELB = `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}`;

/** The account and region of the markers and of the VPC that is looked up. No template contains them. */
export const PLACE = { account: ACCOUNT, region: REGION };

export const VPC_RANGE = '10.99.0.0/16';
export const SUBNETS = ['subnet-0aaaaaaaaaaaaaaa1', 'subnet-0aaaaaaaaaaaaaaa2'];
export const PATH = '/the-path';

/** A name with two capitals, so that no word in a template is the same. */
export const STACK_NAME = 'TheStack';

const certificate = (digit: number) =>
  `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/${digit}a1b2c3d-0000-4000-8000-000000000000`;

const GROUPS = {
  door: 'Load balancer and rule',
  native: 'Verification by the load balancer',
  function: 'Function',
  watched: 'Monitoring, logs and encryption',
} as const;

const TEXT_OF_SUBNETS = 4;

const HOST = '(?=[^,]{1,128}(,|$))(\\*\\.)?([a-z0-9_-]+\\.)+[a-z]+';

/** Every option that some template has as a parameter. */
export const OFFERED: readonly Offered[] = [
  {
    option: 'vpcId',
    group: GROUPS.door,
    marker: 'vpc-0aaaaaaaaaaaaaaa1',
    type: 'AWS::EC2::VPC::Id',
    instead: { description: 'VPC to put the load balancer in' },
  },
  {
    option: 'subnetIds',
    group: GROUPS.door,
    marker: SUBNETS.join(),
    type: 'List<AWS::EC2::Subnet::Id>',
    instead: {
      description: 'Subnets of that VPC for the load balancer: two or more, in different Availability Zones',
    },
  },
  {
    option: 'listenerArn',
    group: GROUPS.door,
    marker: `${ELB}:listener/app/given/0a1b2c3d4e5f6071/1a1b2c3d4e5f6072`,
    instead: {
      description:
        'The listener to add the rule to. For a listener of another load balancer, the stack creates a new target group',
    },
  },
  {
    option: 'loadBalancerArn',
    group: GROUPS.door,
    marker: `${ELB}:loadbalancer/app/given/0a1b2c3d4e5f6071`,
    instead: { description: 'The load balancer to add a listener to' },
  },
  {
    option: 'listenerPort',
    group: GROUPS.door,
    marker: 31_416,
    instead: { default: 443, description: 'Port of the listener' },
  },
  { option: 'certificateArn', group: GROUPS.door, marker: certificate(1) },
  {
    option: 'domainName',
    group: GROUPS.door,
    marker: 'the-name.example.com',
    instead: {
      description:
        'Domain name of the API. The stack creates its alias records and a certificate, validated by DNS',
    },
  },
  {
    option: 'hostedZoneId',
    group: GROUPS.door,
    marker: 'Z0AAAAAAAAAAAAAAAAAA1',
    type: 'AWS::Route53::HostedZone::Id',
  },
  {
    option: 'paths',
    group: GROUPS.door,
    marker: `${PATH}/*`,
    instead: {
      name: 'Path',
      description: 'Path to route to the function, with everything below it',
      pattern: '^(/[A-Za-z0-9_.-]+)+$',
      expected: 'a path such as /api of letters, digits, "_", "." and "-", without a slash at the end',
      default: '/api',
      maxLength: 126,
    },
  },
  {
    option: 'hosts',
    group: GROUPS.door,
    marker: 'the-host.example.com',
    instead: {
      description:
        'Host names for which to route that path to the function: one, two or three, separated by commas. The default is any host',
      pattern: `^${HOST}(,${HOST}){0,2}$`,
      expected:
        'up to three host names such as api.example.com or *.example.com, in lower case, separated by commas, of at most 128 characters each',
    },
  },
  {
    option: 'rulePriority',
    group: GROUPS.door,
    marker: 31_415,
    instead: { description: 'Priority of the listener rule. No other rule of the listener may have it' },
  },
  {
    option: 'deletionProtection',
    group: GROUPS.door,
    marker: true,
    instead: {
      default: 'true',
      description:
        'Whether the load balancer is protected from deletion. Set it to false before you delete the stack',
    },
  },
  { option: 'desyncMitigationMode', group: GROUPS.door, marker: 'monitor' },
  {
    option: 'webAclArn',
    group: GROUPS.door,
    marker: `arn:aws:wafv2:${REGION}:${ACCOUNT}:regional/webacl/given/1a1b2c3d-0000-4000-8000-000000000000`,
  },
  {
    option: 'upstreamTargetGroupArn',
    group: GROUPS.native,
    marker: `${ELB}:targetgroup/given/0a1b2c3d4e5f6073`,
    instead: { description: 'Target group that the rule forwards to' },
  },
  { option: 'nativeIssuer', group: GROUPS.native, marker: 'https://the-issuer.example.com' },
  { option: 'nativeJwksUri', group: GROUPS.native, marker: 'https://the-keys.example.com/jwks' },
  {
    option: 'nativeAudience',
    group: GROUPS.native,
    marker: 'the-audience',
    instead: {
      pattern: '^[^\\s"\\\\$]{1,256}$',
      expected: 'at most 256 characters without spaces, quotes, backslashes and "$"',
    },
  },
  { option: 'memorySize', group: GROUPS.function, marker: 3019 },
  { option: 'logLevel', group: GROUPS.function, marker: 'CRITICAL' },
  {
    option: 'allowedLogRate',
    group: GROUPS.function,
    marker: 0.314159,
    instead: {
      pattern: '^(0(\\.\\d{1,6})?|1)$',
      expected: '0, 1 or a decimal number between them such as 0.25, with at most six decimals',
    },
  },
  { option: 'logRetentionDays', group: GROUPS.function, marker: 2192 },
  { option: 'configRefreshSeconds', group: GROUPS.function, marker: 3571 },
  { option: 'tracing', group: GROUPS.function, marker: true },
  {
    option: 'reservedConcurrency',
    group: GROUPS.function,
    marker: 31_417,
    instead: { pattern: '^[1-9]\\d{0,4}$', expected: 'a whole number from 1 to 99999' },
  },
  {
    option: 'functionSubnetIds',
    group: GROUPS.function,
    marker: 'subnet-0bbbbbbbbbbbbbbb1,subnet-0bbbbbbbbbbbbbbb2',
    along: ['functionSecurityGroupId'],
    instead: {
      // The description of a version contains them, and holds at most 256 characters.
      pattern: `^subnet-([0-9a-f]{8}|[0-9a-f]{17})(,subnet-([0-9a-f]{8}|[0-9a-f]{17})){0,${TEXT_OF_SUBNETS - 1}}$`,
      expected: `up to ${TEXT_OF_SUBNETS} subnet ids, separated by commas`,
    },
  },
  { option: 'functionSecurityGroupId', group: GROUPS.function, marker: 'sg-0bbbbbbbbbbbbbbb1' },
  { option: 'authorizer', group: GROUPS.function, marker: true },
  { option: 'httpApiResponse', group: GROUPS.function, marker: 'iam' },
  {
    option: 'kmsKeyArn',
    group: GROUPS.watched,
    marker: `arn:aws:kms:${REGION}:${ACCOUNT}:key/1a1b2c3d-0000-4000-8000-000000000001`,
  },
  { option: 'alarmTopicArn', group: GROUPS.watched, marker: `arn:aws:sns:${REGION}:${ACCOUNT}:the-topic` },
  { option: 'runbookUrl', group: GROUPS.watched, marker: 'https://the-runbook.example.com/runbook' },
  { option: 'rejectionRatePercent', group: GROUPS.watched, marker: 97 },
  { option: 'accessLogs', group: GROUPS.watched, marker: true },
];

export const offered = (name: OptionName): Offered => {
  const found = OFFERED.find(({ option }) => option === name);
  if (found === undefined) throw new Error(`No template has a parameter for the option ${name}.`);
  return found;
};

/** The name of the parameter for an option. */
export const parameterName = ({ option, instead }: Pick<Offered, 'option' | 'instead'>): string =>
  instead?.name ?? `${option.slice(0, 1).toUpperCase()}${option.slice(1)}`;
