import { callJson } from './aws-calls.ts';
import type { ClientSettings } from './cloud.ts';

/** Describes a user pool. Throws if it does not exist. */
export function describePool(aws: ClientSettings, UserPoolId: string): Promise<Record<string, unknown>> {
  return callJson(aws, 'cognito-idp', 'AWSCognitoIdentityProviderService.DescribeUserPool', { UserPoolId });
}

/** The ids of the user pools in the account. */
export async function poolsOf(aws: ClientSettings): Promise<string[]> {
  const target = 'AWSCognitoIdentityProviderService.ListUserPools';
  const { UserPools } = await callJson(aws, 'cognito-idp', target, { MaxResults: 60 });
  return (UserPools as readonly { readonly Id: string }[]).map(({ Id }) => Id);
}
