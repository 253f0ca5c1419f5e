import { callJson } from './aws-calls.ts';
import type { ClientSettings } from './cloud.ts';

/** Describes a user pool. Throws if it does not exist. */
export function describePool(aws: ClientSettings, UserPoolId: string): Promise<Record<string, unknown>> {
  return callJson(aws, 'cognito-idp', 'AWSCognitoIdentityProviderService.DescribeUserPool', { UserPoolId });
}
