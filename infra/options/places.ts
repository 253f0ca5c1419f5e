import { type Environment, OPTIONS, type OptionName, type OptionValues } from './options.ts';

/** Options that name resources, and what may differ from the stack's own account and region. */
const ARNS: readonly [name: OptionName, may?: 'any account' | 'any region'][] = [
  ['listenerArn'],
  ['loadBalancerArn'],
  ['certificateArn'],
  ['sniCertificateArns'],
  ['webAclArn'],
  ['upstreamTargetGroupArn'],
  ['adminCertificateArn'],
  ['alarmTopicArn', 'any account'],
  ['oidcClientSecretArn', 'any account'],
  ['kmsKeyArn', 'any account'],
  // CloudFront's are in us-east-1, which the options check.
  ['customerCertificateArn', 'any region'],
  ['customerWebAclArn', 'any region'],
];

/** Where a resource is, according to its ARN. */
interface Place {
  readonly name: OptionName;
  readonly partition: string;
  /** Empty where any region will do, as for global services. */
  readonly region: string;
  /** Undefined where any account will do. */
  readonly account: string | undefined;
}

/**
 * Problems of resources that are not where the stack goes, and of services that are not available there. Without
 * credentials that place is unknown, and the ARNs are only compared with each other.
 */
export function placeProblems(values: OptionValues, deployedTo: Environment | undefined): readonly string[] {
  const named = placesIn(values);
  const elsewhere = deployedTo === undefined ? amongThemselves(named) : besideStack(named, deployedTo);
  const partition = deployedTo === undefined ? named[0]?.partition : partitionOf(deployedTo.region);
  return [...elsewhere, ...strayZones(values, deployedTo), ...missingServices(values, partition)];
}

function placesIn(values: OptionValues): readonly Place[] {
  return ARNS.flatMap(([name, may]) =>
    [values[name] ?? []].flat().flatMap((arn) => {
      const [prefix, partition = '', , region = '', account = ''] = String(arn).split(':');
      // A malformed ARN is reported elsewhere.
      return prefix !== 'arn' || 'expected' in OPTIONS[name].parse(String(arn))
        ? []
        : [
            {
              name,
              partition,
              region: may === 'any region' ? '' : region,
              account: may === 'any account' ? undefined : account,
            },
          ];
    }),
  );
}

function besideStack(named: readonly Place[], { account, region }: Environment): string[] {
  return named.flatMap(({ name, ...place }) => [
    ...(place.region !== '' && place.region !== region
      ? [`${name} is in ${place.region}, but the stack goes to ${region}, the region of your credentials`]
      : []),
    ...(place.account !== undefined && place.account !== account
      ? [
          `${name} belongs to account ${place.account}, but the stack goes to ${account}, the account of your credentials`,
        ]
      : []),
  ]);
}

/** A zone's name is its region's with a letter appended. */
function strayZones({ zones = [] }: OptionValues, deployedTo: Environment | undefined): string[] {
  const regions = new Set(zones.map((zone) => zone.slice(0, -1)));
  const stray = [...regions].find((region) => region !== (deployedTo?.region ?? [...regions][0]));
  if (stray === undefined) return [];
  return deployedTo === undefined
    ? [`zones names zones of ${[...regions].join(' and ')}: a stack has one region`]
    : [
        `zones names zones of ${stray}, but the stack goes to ${deployedTo.region}, the region of your credentials`,
      ];
}

function amongThemselves(named: readonly Place[]): string[] {
  const regional = named.filter(({ region }) => region !== '');
  const owned = named.filter(({ account }) => account !== undefined);
  const [first] = regional;
  const [other] = owned;
  return [
    ...regional
      .filter(({ region }) => region !== first?.region)
      .map(
        ({ name, region }) =>
          `${name} is in ${region}, but ${first?.name} in ${first?.region}: a stack has one region`,
      ),
    ...owned
      .filter(({ account }) => account !== other?.account)
      .map(
        ({ name, account }) =>
          `${name} belongs to account ${account}, but ${other?.name} to ${other?.account}: a stack has one account`,
      ),
  ];
}

/** https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** What an option deploys and a partition lacks. */
const MISSING: readonly [partition: string, option: OptionName, lacks: string][] = [
  // https://docs.amazonaws.cn/en_us/aws/latest/userguide/cognito.html
  ['aws-cn', 'cognito', 'has no Cognito user pools'],
  // https://docs.amazonaws.cn/en_us/aws/latest/userguide/cloudfront.html
  ['aws-cn', 'verifiedAccess', "does not serve CloudFront's own domain names"],
  ['aws-us-gov', 'verifiedAccess', 'has no CloudFront'],
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
  ['aws-us-gov', 'accessLogs', 'writes the logs from an AWS account that the bucket does not allow'],
];

function missingServices(values: OptionValues, partition: string | undefined): string[] {
  return MISSING.flatMap(([where, option, lacks]) =>
    where === partition && values[option] === true
      ? [`${option} is not possible in ${where}, which ${lacks}`]
      : [],
  );
}
