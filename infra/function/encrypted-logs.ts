import type { aws_logs as logs } from 'aws-cdk-lib';

/** Encrypts a log group with a key of the operator's, if there is one. Its policy, which CDK cannot change, must let CloudWatch Logs use it. */
export function encryptLogs(logGroup: logs.LogGroup, keyArn: string | undefined): void {
  if (keyArn === undefined) return;
  (logGroup.node.defaultChild as logs.CfnLogGroup).kmsKeyId = keyArn;
}
