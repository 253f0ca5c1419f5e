import type { aws_lambda as lambda, aws_logs as logs } from 'aws-cdk-lib';
import type { InitialValues } from './seeded-parameters.ts';
import type { SnapshotRoutes } from './snapshot-endpoint.ts';

/** Properties of a `Configuration`. */
export interface ConfigurationProps {
  /**
   * Prefix of the parameters, such as `/team/orders`: a leading slash, none at the end. It is what the parameters are known by
   * once there are values in them, so it stays the same whatever becomes of the construct and its id.
   */
  readonly path: string;
  /**
   * Initial values of parameters. A deploy creates those that are missing, and never changes or deletes an existing one. A policy
   * is taken as it is; `npm run check-config` of the project judges one.
   *
   * @default - placeholders, with which every request is refused
   */
  readonly initial?: InitialValues;
  /**
   * `service` of the keeper's log lines and metrics. Verifiers that read this configuration have it, too, unless they say otherwise.
   *
   * @default - the path without its first slash
   */
  readonly service?: string;
  /**
   * How long the log group keeps its events.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;
  /**
   * ARN of a KMS key to encrypt the log group and the bucket of the snapshot with. Its policy must let CloudWatch Logs use it.
   *
   * @default - encrypted by CloudWatch Logs and S3 with keys of their own
   */
  readonly keyArn?: string | undefined;
  /**
   * Whether one function reads parameters and key sets for all verifiers, by event and every minute. Without it, each execution
   * environment reads them itself.
   *
   * @default true
   */
  readonly keeper?: boolean;
  /**
   * Whether the keeper makes and rotates keys and secrets that all verifiers share, in a bucket that is encrypted with a KMS key of
   * its own.
   *
   * @default false
   */
  readonly sharedSecrets?: boolean;
  /**
   * Whether verifiers reach key endpoints. If not, the keeper fetches all keys, which excludes providers with signed headers.
   *
   * @default true
   */
  readonly egress?: boolean;
  /**
   * Route tables that get a gateway endpoint of S3 for the snapshot alone, where verifiers run in subnets with no other way to it.
   *
   * @default - no endpoint
   */
  readonly routes?: SnapshotRoutes | undefined;
  /**
   * The function's code.
   *
   * @default - the bundle of this package
   */
  readonly code?: lambda.Code;
}
