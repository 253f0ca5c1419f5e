import { Duration, type aws_logs as logs } from 'aws-cdk-lib';
import { DEPLOYMENT_OPTIONS } from '../options/groups/deployment.ts';
import { FUNCTION_OPTIONS } from '../options/groups/function.ts';
import { OPERATIONS_OPTIONS } from '../options/groups/operations.ts';
import { checkOptions } from '../options/check-options.ts';
import { serviceProblems } from '../options/service-problems.ts';

/** How a function that verifies tokens runs. */
export interface VerifierSettings {
  /**
   * Dimension `service` of its metrics; alarms and dashboards find them by it. Verifiers with the same `service` share metrics.
   *
   * @default - the `service` of the configuration
   */
  readonly service?: string | undefined;
  /**
   * How old the configuration may get before the function refreshes it, in seconds, from 1 to 3600.
   *
   * @default 60
   */
  readonly configRefreshSeconds?: number | undefined;
  /**
   * Memory in MB, from 128 to 10240. The function's share of a vCPU grows with it.
   *
   * @default 512
   */
  readonly memorySize?: number | undefined;
  /**
   * Time limit for one request, from 3 to 900 seconds, including the wait for the upstream.
   *
   * @default Duration.seconds(30)
   */
  readonly timeout?: Duration | undefined;
  /**
   * How long the log group keeps its events.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays | undefined;
  /**
   * Lowest level that the function logs: DEBUG, INFO, WARN, ERROR, CRITICAL or SILENT.
   *
   * @default 'INFO'
   */
  readonly logLevel?: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'CRITICAL' | 'SILENT' | undefined;
  /**
   * Share of the allowed requests that are logged, from 0 to 1. Requests with any other outcome always are.
   *
   * @default 1
   */
  readonly allowedLogRate?: number | undefined;
  /**
   * ARN of a KMS key that encrypts the log group. Its policy must let CloudWatch Logs use it.
   *
   * @default - CloudWatch Logs encrypts with its own key
   */
  readonly logKeyArn?: string | undefined;
  /**
   * Whether AWS X-Ray traces the function.
   *
   * @default false
   */
  readonly tracing?: boolean | undefined;
  /**
   * Subnets for the function, if its upstream is private. They need a route to the snapshot in S3, or to SSM and the
   * key sets.
   *
   * @default - the function runs outside any VPC
   */
  readonly vpc?: FunctionVpc | undefined;
}

/** A place in an existing VPC. Its ids are enough, so the synth looks nothing up. */
export interface FunctionVpc {
  /** Ids of the function's subnets. */
  readonly subnetIds: readonly string[];
  /** Id of the function's security group. */
  readonly securityGroupId: string;
}

/** How many execution environments a function has. */
export interface Concurrency {
  /**
   * Number of execution environments that Lambda keeps ready for each version. They cost money even when idle.
   *
   * @default - none
   */
  readonly provisionedConcurrency?: number | undefined;
  /**
   * Concurrency reserved for the function, which is also its limit. It must be at least twice
   * `provisionedConcurrency`, because a deploy keeps the environments of two versions ready for a while.
   *
   * @default - its share of the account's concurrency
   */
  readonly reservedConcurrency?: number | undefined;
}

const CALLED = {
  timeoutSeconds: 'timeout in seconds',
  logRetentionDays: 'logRetention',
  kmsKeyArn: 'logKeyArn',
  functionSubnetIds: 'vpc.subnetIds',
  functionSecurityGroupId: 'vpc.securityGroupId',
};

type Complete = Omit<VerifierSettings, 'service' | 'logKeyArn' | 'vpc'>;

/** The settings, completed with the options' defaults and checked by their rules. Throws an error with every problem. */
export function completeSettings(place: string, settings: VerifierSettings & Concurrency) {
  checkOptions(
    place,
    {
      memorySize: settings.memorySize,
      timeoutSeconds: settings.timeout?.toSeconds({ integral: false }),
      configRefreshSeconds: settings.configRefreshSeconds,
      logRetentionDays: settings.logRetention,
      logLevel: settings.logLevel,
      allowedLogRate: settings.allowedLogRate,
      tracing: settings.tracing,
      kmsKeyArn: settings.logKeyArn,
      functionSubnetIds: settings.vpc?.subnetIds,
      functionSecurityGroupId: settings.vpc?.securityGroupId,
      provisionedConcurrency: settings.provisionedConcurrency,
      reservedConcurrency: settings.reservedConcurrency,
    },
    CALLED,
    serviceProblems(settings.service),
  );
  const {
    memorySize = FUNCTION_OPTIONS.memorySize.default,
    timeout = Duration.seconds(FUNCTION_OPTIONS.timeoutSeconds.default),
    configRefreshSeconds = DEPLOYMENT_OPTIONS.configRefreshSeconds.default,
    logRetention = FUNCTION_OPTIONS.logRetentionDays.default,
    logLevel = FUNCTION_OPTIONS.logLevel.default,
    allowedLogRate = FUNCTION_OPTIONS.allowedLogRate.default,
    tracing = OPERATIONS_OPTIONS.tracing.default,
  } = settings;
  return {
    ...{ memorySize, timeout, configRefreshSeconds, logRetention, logLevel, allowedLogRate, tracing },
  } satisfies Required<Complete>;
}
