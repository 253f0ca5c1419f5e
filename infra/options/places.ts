import { type Environment, OPTIONS, type OptionName, type OptionValues } from './options.ts';

/** Options that name resources, and whether one of another account will do. */
const ARNS: readonly [name: OptionName, anyAccount: boolean][] = [
  ['listenerArn', false],
  ['loadBalancerArn', false],
  ['certificateArn', false],
  ['sniCertificateArns', false],
  ['webAclArn', false],
  ['upstreamTargetGroupArn', false],
  ['adminCertificateArn', false],
  ['alarmTopicArn', true],
  ['oidcClientSecretArn', true],
  ['kmsKeyArn', true],
];

/** Where a resource is, as far as its ARN says. */
interface Place {
  readonly name: OptionName;
  readonly partition: string;
  /** Empty for services without regions. */
  readonly region: string;
  /** Undefined where any account will do. */
  readonly account: string | undefined;
}

/**
 * Problems of resources that are not where the stack goes, and of services that are not there. Without credentials it
 * is not known where that is, and the ARNs are only held against each other.
 */
export function placeProblems(values: OptionValues, deployedTo: Environment | undefined): readonly string[] {
  const named = placesIn(values);
  const elsewhere = deployedTo === undefined ? amongThemselves(named) : besideStack(named, deployedTo);
  const partition = deployedTo === undefined ? named[0]?.partition : partitionOf(deployedTo.region);
  return [...elsewhere, ...missingServices(values, partition)];
}

function placesIn(values: OptionValues): readonly Place[] {
  return ARNS.flatMap(([name, anyAccount]) =>
    [values[name] ?? []].flat().flatMap((arn) => {
      const [prefix, partition = '', , region = '', account = ''] = String(arn).split(':');
      // What is not well-formed is a problem of its own.
      return prefix !== 'arn' || 'expected' in OPTIONS[name].parse(String(arn))
        ? []
        : [{ name, partition, region, account: anyAccount ? undefined : account }];
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

/** What a partition lacks of what an option deploys. */
const MISSING: readonly [partition: string, option: OptionName, lacks: string][] = [
  // https://docs.amazonaws.cn/en_us/aws/latest/userguide/cognito.html
  ['aws-cn', 'cognito', 'has no Cognito user pools'],
  // https://docs.amazonaws.cn/en_us/aws/latest/userguide/cloudfront.html
  ['aws-cn', 'verifiedAccess', "does not serve CloudFront's own domain names"],
  ['aws-us-gov', 'verifiedAccess', 'has no CloudFront'],
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
  ['aws-us-gov', 'accessLogs', 'has an account of AWS write the logs, which the bucket does not allow'],
];

function missingServices(values: OptionValues, partition: string | undefined): string[] {
  return MISSING.flatMap(([where, option, lacks]) =>
    where === partition && values[option] === true
      ? [`${option} is not possible in ${where}, which ${lacks}`]
      : [],
  );
}
