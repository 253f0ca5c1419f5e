import { aws_iam as iam, aws_lambda as lambda } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../../lambda/contract.ts';
import type { Entry } from '../bundle/entries.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { bundledFunction } from './bundled-function.ts';
import { type Concurrency, completeSettings, type VerifierSettings } from './verifier-settings.ts';

/** What Lambda does with the role to connect a function to a VPC. EC2 supports no narrower resource for these actions. */
const NETWORK_INTERFACES = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

interface VerifierFunctionProps extends VerifierSettings, Concurrency {
  readonly entry: Entry;
  readonly description: string;
  readonly code: lambda.Code;
  readonly configuration: Configuration;
  /** Further environment variables. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * The function that verifies tokens. Its role may only read its parameters and their snapshot, and write its log. Invoke
 * it through its alias `live`, whose ARN never changes: CloudFormation cannot change the target of a target group in
 * place.
 */
export class VerifierFunction extends Construct {
  /** The function itself, with its role and its log group. */
  readonly resource: lambda.Function;
  /** The alias to invoke. */
  readonly live: lambda.Alias;
  /** Dimension `service` of its metrics. */
  readonly service: string;

  /** @internal */
  constructor(scope: Construct, id: string, props: VerifierFunctionProps) {
    super(scope, id);
    const {
      entry,
      code,
      configuration,
      environment = {},
      service = configuration.service,
      logKeyArn,
      vpc,
      provisionedConcurrency,
      reservedConcurrency,
    } = props;
    const { memorySize, timeout, logRetention, tracing, ...settings } = completeSettings(
      this.node.path,
      props,
    );
    this.service = service;
    this.resource = bundledFunction(this, {
      entry,
      // Another number needs a new version, and Lambda publishes one only if the function itself has changed.
      description:
        provisionedConcurrency === undefined
          ? props.description
          : `${props.description} (environments kept ready: ${provisionedConcurrency})`,
      code,
      // The alias leaves the old version only after the new one is published. Until then, cold starts of the old one read
      // the parameters at the old path, which a role changed in place would no longer allow. An id cannot have a slash.
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
        [ENVIRONMENT.service]: service,
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
    // Environments read the configuration when they start, and provisioned ones start with their version.
    version.node.addDependency(configuration.ready);
    this.live.node.addDependency(configuration.ready);
  }
}
