import { ACMClient, type CertificateDetail, DescribeCertificateCommand } from '@aws-sdk/client-acm';
import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import {
  DescribeListenerCertificatesCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetParametersCommand, type Parameter, SSMClient } from '@aws-sdk/client-ssm';
import {
  GetCallerIdentityCommand,
  type GetCallerIdentityCommandOutput,
  STSClient,
} from '@aws-sdk/client-sts';
import type { KeeperResult } from '../../lambda/keeper/keeper.ts';
import { awsCall } from '../aws-call.ts';
import type { AwsCall } from '../aws-errors.ts';
import { clientSettings } from '../deployment/client-settings.ts';
import { type DeployedStack, describeStacks } from '../deployment/find-stack.ts';
import type { Place } from '../deployment/place.ts';
import { runKeeper } from '../deployment/run-keeper.ts';
import { PARAMETER_NAMES } from '../parameter-versions.ts';

export interface StackResource {
  readonly id: string;
  readonly type: string;
  /** Its name or ARN; none while it is about to be created. */
  readonly physicalId: string | undefined;
}

export interface LoadBalancerDoor {
  readonly port: number;
  readonly secure: boolean;
  readonly certificateArns: readonly string[];
  readonly dnsName: string;
  /** Whether it is internal, without a public address. */
  readonly internal: boolean;
}

/** Whose credentials these are. */
export interface Identity {
  readonly account: string;
  readonly arn: string;
  /** Milliseconds since the epoch; undefined if they do not expire, or renew themselves. */
  readonly expiresAt: number | undefined;
}

/** What checks ask AWS for. Each call rejects with an AwsFailure if AWS does not respond. */
export interface AwsReads {
  readonly region: () => Promise<string>;
  readonly identity: () => Promise<Identity>;
  /** How far this machine's clock is ahead of AWS's in seconds, once `identity` has received a response, successful or not. */
  readonly clockAhead: () => number | undefined;
  /** The value of any parameter; undefined if there is none. */
  readonly parameter: (name: string) => Promise<string | undefined>;
  readonly parametersUnder: (path: string) => Promise<readonly Parameter[]>;
  readonly stacks: () => Promise<readonly DeployedStack[]>;
  readonly resources: (stack: DeployedStack) => Promise<readonly StackResource[]>;
  readonly door: (listenerArn: string) => Promise<LoadBalancerDoor>;
  readonly certificate: (arn: string) => Promise<CertificateDetail>;
  readonly targets: (targetGroupArn: string) => Promise<readonly TargetHealthDescription[]>;
  readonly alarms: (names: readonly string[]) => Promise<readonly MetricAlarm[]>;
  readonly runKeeper: (name: string, stack: DeployedStack) => Promise<KeeperResult>;
}

/** Time limits for a connection and for a response, in ms. */
const CONNECTION_MS = 4_000;
const REQUEST_MS = 10_000;

/** Maximum number of alarms per call. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
const MAX_NAMES = 100;

/** Used for STS if no region is set, because the identity does not depend on the region. */
const ANY_REGION = 'us-east-1';

/** The SDK reads an HTML page as an empty response. */
function whole({ Account, Arn }: GetCallerIdentityCommandOutput) {
  if (Account === undefined || Arn === undefined) throw new SyntaxError('The response lacks the account.');
  return { Account, Arn };
}

/** Reads AWS with the credentials and the region of the environment, as the AWS CLI would, until the signal. */
export function createAwsReads(place: Place, now: () => number, abortSignal: AbortSignal): AwsReads {
  const endpoint = place.endpoint?.href;
  const settings = { ...clientSettings(endpoint, REQUEST_MS, CONNECTION_MS), maxAttempts: 2 };
  const signal = { abortSignal };
  const readAws = <T>(
    service: AwsCall['service'],
    action: string,
    what: string,
    call: Promise<T>,
  ): Promise<T> => awsCall({ what, service, action }, endpoint, call);

  const ssm = new SSMClient(settings);
  const elb = new ElasticLoadBalancingV2Client(settings);
  const ofElb = <T>(action: string, what: string, call: Promise<T>) =>
    readAws('Elastic Load Balancing v2', `elasticloadbalancing:${action}`, what, call);
  const region = () => ssm.config.region();
  const sts = new STSClient({ ...settings, region: () => region().catch(() => ANY_REGION) });
  let ahead: number | undefined;
  // Before anything judges the response, so that a rejection counts too.
  sts.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers = {} } = result.response as { readonly headers?: Readonly<Record<string, string>> };
      const at = Date.parse(headers.date ?? '');
      if (!Number.isNaN(at)) ahead = (now() - at) / 1000;
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'timeOfResponse' },
  );

  const loadBalancer = async (arn: string) => {
    const what = 'The load balancer';
    const call = elb.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }), signal);
    const { LoadBalancers: [described] = [] } = await ofElb('DescribeLoadBalancers', what, call);
    return { dnsName: described?.DNSName ?? '', internal: described?.Scheme === 'internal' };
  };

  return {
    region: () => readAws('SSM', 'ssm:GetParameters', 'The region', region()),
    async identity() {
      const call = sts.send(new GetCallerIdentityCommand({}), signal).then(whole);
      const { Account: account, Arn: arn } = await readAws(
        'STS',
        'sts:GetCallerIdentity',
        'The credentials',
        call,
      );
      const { expiration, $source = {} } = (await sts.config.credentials()) as {
        readonly expiration?: Date;
        readonly $source?: object;
      };
      const renews = Object.keys($source).some((name) => /IMDS|HTTP/.test(name));
      return {
        account,
        arn,
        expiresAt: renews ? undefined : expiration?.getTime(),
      };
    },
    clockAhead: () => ahead,
    async parameter(name) {
      const call = ssm.send(new GetParametersCommand({ Names: [name] }), signal);
      const output = await readAws('SSM', 'ssm:GetParameters', `The parameter ${name}`, call);
      return output.Parameters?.[0]?.Value;
    },
    async parametersUnder(path) {
      const Names = PARAMETER_NAMES.map((name) => `${path}/${name}`);
      const call = ssm.send(new GetParametersCommand({ Names }), signal);
      const output = await readAws('SSM', 'ssm:GetParameters', `The parameters under ${path}`, call);
      return output.Parameters ?? [];
    },
    stacks: () => describeStacks(place, abortSignal),
    async resources({ id, name }) {
      const client = new CloudFormationClient(settings);
      const resources: StackResource[] = [];
      let NextToken: string | undefined;
      do {
        const call = client.send(new ListStackResourcesCommand({ StackName: id, NextToken }), signal);
        const what = `The resources of the stack ${name}`;
        const page = await readAws('CloudFormation', 'cloudformation:ListStackResources', what, call);
        for (const { LogicalResourceId, ResourceType, PhysicalResourceId } of page.StackResourceSummaries ??
          []) {
          resources.push({
            id: LogicalResourceId ?? '',
            type: ResourceType ?? '',
            physicalId: PhysicalResourceId,
          });
        }
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
      return resources;
    },
    async door(listenerArn) {
      const what = 'The listener';
      const call = elb.send(new DescribeListenersCommand({ ListenerArns: [listenerArn] }), signal);
      const { Listeners: [listener = {}] = [] } = await ofElb('DescribeListeners', what, call);
      const secure = listener.Protocol === 'HTTPS';
      const { Certificates = [] } = secure
        ? await ofElb(
            'DescribeListenerCertificates',
            'The certificates of the listener',
            elb.send(new DescribeListenerCertificatesCommand({ ListenerArn: listenerArn }), signal),
          )
        : listener;
      const arns = [...(listener.Certificates ?? []), ...Certificates].flatMap(
        ({ CertificateArn }) => CertificateArn ?? [],
      );
      return {
        port: listener.Port ?? 0,
        secure,
        certificateArns: [...new Set(arns)],
        ...(await loadBalancer(listener.LoadBalancerArn ?? '')),
      };
    },
    async certificate(CertificateArn) {
      const client = new ACMClient(settings);
      const call = client.send(new DescribeCertificateCommand({ CertificateArn }), signal);
      const what = `The certificate ${CertificateArn}`;
      return (await readAws('ACM', 'acm:DescribeCertificate', what, call)).Certificate ?? {};
    },
    async targets(TargetGroupArn) {
      const call = elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }), signal);
      const output = await ofElb('DescribeTargetHealth', 'The health of the target group', call);
      return output.TargetHealthDescriptions ?? [];
    },
    async alarms(names) {
      const client = new CloudWatchClient(settings);
      const described: MetricAlarm[] = [];
      for (let begin = 0; begin < names.length; begin += MAX_NAMES) {
        const AlarmNames = names.slice(begin, begin + MAX_NAMES);
        const call = client.send(new DescribeAlarmsCommand({ AlarmNames, MaxRecords: MAX_NAMES }), signal);
        const page = await readAws('CloudWatch', 'cloudwatch:DescribeAlarms', 'The alarms', call);
        described.push(...(page.MetricAlarms ?? []));
      }
      return described;
    },
    runKeeper: (name, stack) => runKeeper(place, name, stack, abortSignal),
  };
}
