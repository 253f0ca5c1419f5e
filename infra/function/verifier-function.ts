import { Duration, aws_iam as iam, aws_lambda as lambda, type aws_logs as logs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DEFAULT_SERVICE, ENVIRONMENT } from '../../lambda/contract.ts';
import type { Entry } from '../bundle/entries.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { DEPLOYMENT_OPTIONS } from '../options/groups/deployment.ts';
import { FUNCTION_OPTIONS } from '../options/groups/function.ts';
import { OPERATIONS_OPTIONS } from '../options/groups/operations.ts';
import { bundledFunction } from './bundled-function.ts';

/** What an operator may choose about the function. */
export interface VerifierFunctionSettings {
  /** Dimension `service` of its metrics: deployments that share it share metrics. */
  readonly service: string;
  readonly configRefreshSeconds: number;
  readonly memorySize: number;
  readonly timeout: Duration;
  readonly logRetention: logs.RetentionDays;
  readonly logLevel: string;
  /** Part of the allowed requests that get a log line, from 0 to 1. */
  readonly allowedLogRate: number;
  /** KMS key of its log group, if that has one of the operator's. */
  readonly logKeyArn?: string | undefined;
  /** Whether X-Ray traces it. */
  readonly tracing: boolean;
  /** Puts it into a VPC, which then must have a way to the snapshot, or to SSM and to the key sets. */
  readonly vpc?: FunctionVpc | undefined;
}

/** Of an existing VPC; the ids say all that there is to know, so nothing is looked up. */
export interface FunctionVpc {
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
}

/** What Lambda does with the role to connect a function to a VPC; EC2 has no narrower resource for them. */
const NETWORK_INTERFACES = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

interface VerifierFunctionProps {
  readonly entry: Entry;
  readonly description: string;
  readonly code: lambda.Code;
  readonly configuration: Configuration;
  readonly settings: Partial<VerifierFunctionSettings>;
  /** Further environment variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Execution environments of each version that are kept ready, if any. */
  readonly provisionedConcurrency?: number | undefined;
  /** The most execution environments at once, of all versions together, if that is limited. */
  readonly reservedConcurrency?: number | undefined;
}

const DEFAULTS: VerifierFunctionSettings = {
  service: DEFAULT_SERVICE,
  configRefreshSeconds: DEPLOYMENT_OPTIONS.configRefreshSeconds.default,
  memorySize: FUNCTION_OPTIONS.memorySize.default,
  timeout: Duration.seconds(FUNCTION_OPTIONS.timeoutSeconds.default),
  logRetention: FUNCTION_OPTIONS.logRetentionDays.default,
  logLevel: FUNCTION_OPTIONS.logLevel.default,
  allowedLogRate: FUNCTION_OPTIONS.allowedLogRate.default,
  tracing: OPERATIONS_OPTIONS.tracing.default,
};

/**
 * The function that verifies tokens, with a role that may read its parameters and their snapshot, and write its
 * log only. It is invoked through its alias `live`, whose ARN never changes, because CloudFormation cannot change the target of a
 * target group in place.
 */
export class VerifierFunction extends Construct {
  readonly resource: lambda.Function;
  /** What to invoke. */
  readonly live: lambda.Alias;

  constructor(scope: Construct, id: string, props: VerifierFunctionProps) {
    super(scope, id);
    const {
      entry,
      code,
      configuration,
      environment = {},
      provisionedConcurrency,
      reservedConcurrency,
    } = props;
    const settings = { ...DEFAULTS, ...props.settings };
    const { vpc, memorySize, timeout, logRetention, logKeyArn, tracing } = settings;
    this.resource = bundledFunction(this, {
      entry,
      // Another number needs another version, and Lambda publishes one only if the function itself has changed.
      description:
        provisionedConcurrency === undefined
          ? props.description
          : `${props.description} (environments kept ready: ${provisionedConcurrency})`,
      code,
      // The alias leaves the old version only after the new one is published. Until then its cold starts read the
      // parameters at the old path, which a role that changed in place would no longer allow. An id has no slash.
      roleId: `Role${configuration.path.replaceAll('/', ':')}`,
      rolePath: configuration.snapshot.readersPath,
      statements: [
        new iam.PolicyStatement({ actions: ['ssm:GetParameters'], resources: [...configuration.arns] }),
        ...configuration.snapshot.readerStatements(),
        ...(vpc === undefined
          ? []
          : [new iam.PolicyStatement({ actions: NETWORK_INTERFACES, resources: ['*'] })]),
      ],
      memorySize,
      timeout,
      logRetention,
      logKeyArn,
      tracing,
      environment: {
        ...configuration.environment,
        [ENVIRONMENT.configRefreshSeconds]: String(settings.configRefreshSeconds),
        [ENVIRONMENT.allowedLogRate]: String(settings.allowedLogRate),
        [ENVIRONMENT.service]: settings.service,
        POWERTOOLS_LOG_LEVEL: settings.logLevel,
        ...environment,
      },
      provisionedConcurrency,
      reservedConcurrency,
    });
    if (vpc !== undefined) {
      const { subnetIds, securityGroupId } = vpc;
      const resource = this.resource.node.defaultChild as lambda.CfnFunction;
      resource.vpcConfig = { subnetIds: [...subnetIds], securityGroupIds: [securityGroupId] };
    }

    const { role } = this.resource;
    if (role !== undefined) configuration.grantRead(role);

    const version = this.resource.currentVersion;
    // The cast is for exactOptionalPropertyTypes, which CDK's declarations don't compile under.
    this.live = new lambda.Alias(this, 'Live', { aliasName: 'live', version: version as lambda.IVersion });
    // Environments read the configuration as they start, and those kept ready start with their version.
    version.node.addDependency(configuration.ready);
    this.live.node.addDependency(configuration.ready);
  }
}
