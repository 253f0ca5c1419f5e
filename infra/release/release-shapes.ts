import type { OptionName } from '../options/options.ts';

/** A shape of deployment as one template. */
export interface ReleaseShape {
  readonly title: string;
  /** Options with a fixed value in this template. */
  readonly settled: Readonly<Partial<Record<OptionName, string>>>;
  /** Options that always have a value: required unless they have a default. */
  readonly values: readonly OptionName[];
  /** Options that may be left empty, or that turn something on and off. */
  readonly switches: readonly OptionName[];
  /** Defaults that override those of the parameters. */
  readonly defaults?: Readonly<Partial<Record<OptionName, string>>>;
}

/** The app requires the load balancer's security group but does not change it, so no template contains it. */
const GIVEN = { listenerSecurityGroupId: 'sg-0aaaaaaaaaaaaaaa1' } as const;

/**
 * Parameters of a rule on a shared listener. On a listener of the template's own, the priority is fixed: the priority of the rule for
 * protected resource metadata is computed from it, and CloudFormation has no arithmetic.
 */
const RULE = ['paths', 'rulePriority'] as const;

/** Parameters of every template with a function. */
const FUNCTION = {
  values: [
    ...['memorySize', 'logLevel', 'allowedLogRate', 'logRetentionDays', 'configRefreshSeconds'],
    ...['functionSecurityGroupId', 'httpApiResponse', 'rejectionRatePercent'],
  ] as OptionName[],
  switches: [
    ...['tracing', 'reservedConcurrency', 'functionSubnetIds', 'authorizer', 'kmsKeyArn'],
    ...['alarmTopicArn', 'runbookUrl'],
  ] as OptionName[],
};

/** Parameters of every template that creates a load balancer. */
const LOAD_BALANCER = {
  values: ['desyncMitigationMode'] as const,
  switches: ['deletionProtection', 'webAclArn', 'accessLogs'] as const,
};

const NATIVE = ['nativeIssuer', 'nativeJwksUri', 'nativeAudience'] as const;

/** The templates of a release, by file name. */
export const RELEASE_SHAPES = {
  'new-load-balancer': {
    title: 'a new load balancer in a new VPC',
    settled: {},
    values: ['paths', ...LOAD_BALANCER.values, ...FUNCTION.values],
    switches: ['certificateArn', ...LOAD_BALANCER.switches, ...FUNCTION.switches],
    defaults: { deletionProtection: 'false' },
  },
  'domain-name': {
    title: 'a new load balancer in a new VPC, with a domain name and its certificate',
    settled: {},
    values: ['domainName', 'hostedZoneId', 'paths', ...LOAD_BALANCER.values, ...FUNCTION.values],
    switches: [...LOAD_BALANCER.switches, ...FUNCTION.switches],
  },
  'existing-vpc': {
    title: 'a new load balancer in an existing VPC',
    settled: {},
    values: ['vpcId', 'subnetIds', 'certificateArn', 'paths', ...LOAD_BALANCER.values, ...FUNCTION.values],
    switches: [...LOAD_BALANCER.switches, ...FUNCTION.switches],
  },
  'internal-load-balancer': {
    title: 'an internal load balancer in an existing VPC',
    settled: { internal: 'true' },
    values: ['vpcId', 'subnetIds', 'certificateArn', 'paths', ...LOAD_BALANCER.values, ...FUNCTION.values],
    switches: [...LOAD_BALANCER.switches, ...FUNCTION.switches],
  },
  'existing-load-balancer': {
    title: 'a new listener on an existing load balancer',
    settled: GIVEN,
    values: [
      ...(['loadBalancerArn', 'listenerPort', 'certificateArn', 'paths'] as const),
      ...FUNCTION.values,
    ],
    switches: FUNCTION.switches,
  },
  'existing-listener': {
    title: 'a rule on an existing listener',
    settled: GIVEN,
    values: ['listenerArn', ...RULE, ...FUNCTION.values],
    switches: ['hosts', ...FUNCTION.switches],
  },
  'native-pre-filter': {
    title:
      "a rule on an existing HTTPS listener, with the load balancer's own verification ahead of the function",
    settled: { ...GIVEN, nativePreFilter: 'true' },
    values: ['listenerArn', ...RULE, ...NATIVE, ...FUNCTION.values],
    switches: ['hosts', ...FUNCTION.switches],
  },
  'native-only': {
    title: "a rule on an existing HTTPS listener, with the load balancer's own verification alone",
    settled: { ...GIVEN, nativeOnly: 'true' },
    values: ['listenerArn', ...RULE, ...NATIVE, 'upstreamTargetGroupArn'],
    switches: ['hosts', 'alarmTopicArn', 'runbookUrl'],
  },
} as const satisfies Record<string, ReleaseShape>;

export type ReleaseShapeName = keyof typeof RELEASE_SHAPES;

export const RELEASE_SHAPE_NAMES = Object.keys(RELEASE_SHAPES) as readonly ReleaseShapeName[];
