import { Duration, aws_iam as iam, aws_lambda as lambda, aws_logs as logs, RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ENVIRONMENT, SERVICE } from '../../lambda/contract.ts';
import { type Entry, handlerOf } from '../bundle/bundle.ts';
import type { ConfigParameters } from '../configuration/config-parameters.ts';
import { DEPLOYMENT_OPTIONS } from '../options/groups/deployment.ts';
import { FUNCTION_OPTIONS } from '../options/groups/function.ts';
import { OPERATIONS_OPTIONS } from '../options/groups/operations.ts';

/** What an operator may choose about the function. */
export interface VerifierFunctionSettings {
  readonly configRefreshSeconds: number;
  readonly memorySize: number;
  readonly timeout: Duration;
  readonly logRetention: logs.RetentionDays;
  readonly logLevel: string;
  /** Part of the allowed requests that get a log line, from 0 to 1. */
  readonly allowedLogRate: number;
  /** Whether X-Ray traces it. */
  readonly tracing: boolean;
  /** Puts it into a VPC, which then must have a way to SSM and to the key sets. */
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
  readonly parameters: ConfigParameters;
  readonly settings: Partial<VerifierFunctionSettings>;
  /** Further environment variables, literals as the others are. */
  readonly environment?: Readonly<Record<string, string>>;
}

const DEFAULTS: VerifierFunctionSettings = {
  configRefreshSeconds: DEPLOYMENT_OPTIONS.configRefreshSeconds.default,
  memorySize: FUNCTION_OPTIONS.memorySize.default,
  timeout: Duration.seconds(FUNCTION_OPTIONS.timeoutSeconds.default),
  logRetention: FUNCTION_OPTIONS.logRetentionDays.default,
  logLevel: FUNCTION_OPTIONS.logLevel.default,
  allowedLogRate: FUNCTION_OPTIONS.allowedLogRate.default,
  tracing: OPERATIONS_OPTIONS.tracing.default,
};

/** The function that verifies tokens, with a role that may read its parameters and write its log only. */
export class VerifierFunction extends Construct {
  readonly resource: lambda.Function;

  constructor(scope: Construct, id: string, props: VerifierFunctionProps) {
    super(scope, id);
    const { entry, description, code, parameters, environment = {} } = props;
    const settings = { ...DEFAULTS, ...props.settings };
    const { vpc } = settings;
    const logGroup = new logs.LogGroup(this, 'LogGroup', {
      retention: settings.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        Function: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({ actions: ['ssm:GetParameters'], resources: [...parameters.arns] }),
            new iam.PolicyStatement({
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [logGroup.logGroupArn],
            }),
            ...(vpc === undefined
              ? []
              : [new iam.PolicyStatement({ actions: NETWORK_INTERFACES, resources: ['*'] })]),
          ],
        }),
      },
    });
    this.resource = new lambda.Function(this, 'Resource', {
      description,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      code,
      handler: handlerOf(entry),
      role,
      logGroup,
      memorySize: settings.memorySize,
      timeout: settings.timeout,
      tracing: settings.tracing ? lambda.Tracing.ACTIVE : lambda.Tracing.DISABLED,
      // Literals, for the local stack runs the function with what it reads here in the template.
      environment: {
        [ENVIRONMENT.configPath]: parameters.path,
        [ENVIRONMENT.configRefreshSeconds]: String(settings.configRefreshSeconds),
        [ENVIRONMENT.allowedLogRate]: String(settings.allowedLogRate),
        POWERTOOLS_SERVICE_NAME: SERVICE,
        POWERTOOLS_LOG_LEVEL: settings.logLevel,
        ...environment,
      },
    });
    if (vpc !== undefined) {
      const { subnetIds, securityGroupId } = vpc;
      const resource = this.resource.node.defaultChild as lambda.CfnFunction;
      resource.vpcConfig = { subnetIds: [...subnetIds], securityGroupIds: [securityGroupId] };
    }
  }
}
