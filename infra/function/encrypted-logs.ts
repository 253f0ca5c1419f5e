import type { aws_logs as logs } from 'aws-cdk-lib';

/** Encrypts a log group with the operator's key, if any. CDK cannot change the key's policy, which must let CloudWatch Logs use it. */
export function encryptLogs(logGroup: logs.LogGroup, keyArn: string | undefined): void {
  if (keyArn === undefined) return;
  (logGroup.node.defaultChild as logs.CfnLogGroup).kmsKeyId = keyArn;
}
