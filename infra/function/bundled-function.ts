import {
  type Duration,
  aws_iam as iam,
  aws_lambda as lambda,
  aws_logs as logs,
  RemovalPolicy,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type Entry, handlerOf } from '../bundle/entries.ts';
import { encryptLogs } from './encrypted-logs.ts';

export interface BundledFunctionProps {
  readonly entry: Entry;
  readonly description: string;
  readonly code: lambda.Code;
  /**
   * Construct id of its role; "Role" by default. Another id creates a new role; the old one remains for the versions
   * that were published with it until they are deleted.
   */
  readonly roleId?: string;
  /** IAM path of its role, with a slash at either end; "/" by default. */
  readonly rolePath?: string;
  /** What its role may do, besides writing its own log. */
  readonly statements: readonly iam.PolicyStatement[];
  readonly memorySize: number;
  readonly timeout: Duration;
  readonly logRetention: logs.RetentionDays;
  readonly tracing?: boolean;
  /** KMS key of the log group; CloudWatch Logs' own by default. */
  readonly logKeyArn?: string | undefined;
  /** Literals, or what the local stack can resolve, since it runs the function with what the template says. */
  readonly environment: Readonly<Record<string, string>>;
  /** How many environments of each version are kept ready, if any. */
  readonly provisionedConcurrency?: number | undefined;
  /** How many environments it may have at once, if it reserves some instead of sharing the account's. */
  readonly reservedConcurrency?: number | undefined;
}

/** A function that runs one of the bundles, with its own log group and role. */
export function bundledFunction(scope: Construct, props: BundledFunctionProps): lambda.Function {
  const {
    entry,
    roleId = 'Role',
    rolePath,
    statements,
    tracing = false,
    provisionedConcurrency,
    reservedConcurrency,
    logRetention,
    logKeyArn,
    environment,
    ...rest
  } = props;
  const logGroup = new logs.LogGroup(scope, 'LogGroup', {
    retention: logRetention,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  encryptLogs(logGroup, logKeyArn);
  const role = new iam.Role(scope, roleId, {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    ...(rolePath === undefined ? {} : { path: rolePath }),
    inlinePolicies: {
      Function: new iam.PolicyDocument({
        statements: [
          ...statements,
          new iam.PolicyStatement({
            actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            resources: [logGroup.logGroupArn],
          }),
        ],
      }),
    },
  });
  return new lambda.Function(scope, 'Resource', {
    ...rest,
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    handler: handlerOf(entry),
    role,
    logGroup,
    tracing: tracing ? lambda.Tracing.ACTIVE : lambda.Tracing.DISABLED,
    environment: { ...environment },
    ...(reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: reservedConcurrency }),
    ...(provisionedConcurrency === undefined
      ? {}
      : { currentVersionOptions: { provisionedConcurrentExecutions: provisionedConcurrency } }),
  });
}
