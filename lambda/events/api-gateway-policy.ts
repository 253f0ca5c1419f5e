import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import type { Verdict } from '../core/verdict.ts';

/**
 * The IAM policy for a verdict, for the API types that take one. API Gateway turns the error `Unauthorized` into 401,
 * any other error into 500, and a Deny into 403. It may cache an Allow for the authorizer's TTL, and then consults only
 * the policy. So the policy names the event's ARN, and the whole stage only if no route could decide otherwise. A REST
 * API's ARN names the request. An HTTP API's ARN names the route, which many paths can match, so its results must not
 * be cached.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
export function policyOf(verdict: Verdict, arn: string): APIGatewayAuthorizerResult {
  switch (verdict.kind) {
    case 'unauthorized':
      throw new Error('Unauthorized');
    case 'unavailable':
      throw new Error(verdict.code);
    case 'forbidden':
      return policy('Deny', isNameable(arn) ? arn : nothingOf(arn), 'anonymous', { code: verdict.code });
    case 'allow': {
      const { principalId, context, onlyThisRequest } = verdict;
      return policy('Allow', onlyThisRequest ? arn : stageOf(arn), principalId, context);
    }
    default:
      return verdict satisfies never;
  }
}

/**
 * Whether a policy can name this ARN and no other. The path in it comes from the caller, and IAM reads some
 * characters as patterns: an Allow or a Deny of `/orders/*` would be cached for other routes too.
 */
export const isNameable = (arn: string): boolean => !/[*?]|\$\{/.test(arn);

/** A resource that no request can match. Whatever is not allowed is denied, so this denies just that request. */
const nothingOf = (arn: string): string => stageOf(arn).replace(/\*$/, '-');

/** `arn:…:API/STAGE/*` of `arn:…:API/STAGE/METHOD/PATH`. */
const stageOf = (arn: string): string => arn.split('/').slice(0, 2).concat('*').join('/');

const policy = (
  effect: 'Allow' | 'Deny',
  resource: string,
  principalId: string,
  context: Readonly<Record<string, string>>,
): APIGatewayAuthorizerResult => ({
  principalId,
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: resource }],
  },
  context,
});
