import type { aws_lambda as lambda, aws_logs as logs } from 'aws-cdk-lib';
import type { InitialValues } from './seeded-parameters.ts';
import type { SnapshotRoutes } from './snapshot-endpoint.ts';

/** Properties of a `Configuration`. */
export interface ConfigurationProps {
  /**
   * Prefix of the parameters, such as `/team/orders`, with a leading slash and no trailing one. The parameters keep their values
   * under this path, so keep it even if you move the construct or change its id.
   */
  readonly path: string;
  /**
   * Initial values of parameters. A deploy creates missing parameters, and never changes or deletes an existing one. The
   * construct does not check a policy; `npm run check-config` of the project does.
   *
   * @default - placeholders, with which the verifiers reject every request
   */
  readonly initial?: InitialValues;
  /**
   * `service` of the keeper's log lines and metrics. Verifiers that read this configuration use it, too, unless they set their own.
   *
   * @default - the path without its leading slash
   */
  readonly service?: string;
  /**
   * How long the log group keeps its events.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;
  /**
   * ARN of a KMS key that encrypts the log group and the snapshot bucket. Its policy must let CloudWatch Logs use it.
   *
   * @default - CloudWatch Logs and S3 encrypt with their own keys
   */
  readonly keyArn?: string | undefined;
  /**
   * Whether one function reads the parameters and key sets for all verifiers, whenever a parameter changes and every minute.
   * Without it, each execution environment reads them itself.
   *
   * @default true
   */
  readonly keeper?: boolean;
  /**
   * Whether the keeper makes and rotates keys and secrets that all verifiers share, in a bucket that has its own KMS key.
   *
   * @default false
   */
  readonly sharedSecrets?: boolean;
  /**
   * Whether verifiers can reach key endpoints. If not, the keeper fetches all keys, and providers with signed headers cannot be used.
   *
   * @default true
   */
  readonly egress?: boolean;
  /**
   * Route tables that get an S3 gateway endpoint, for the snapshot and the shared secrets only, if verifiers run in subnets
   * without another route to S3.
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
