import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent } from 'aws-lambda';
import type { HttpRequest } from '../core/http/message.ts';
import type { Verdict } from '../core/verdict.ts';
import { policyOf } from './api-gateway-policy.ts';

/** TOKEN authorizer of a REST API: all there is are the token and the ARN of the method. */
export function requestFromRestToken(event: APIGatewayTokenAuthorizerEvent): HttpRequest {
  const [, , method = '', ...path] = event.methodArn.split('/');
  return {
    method,
    path: `/${path.join('/')}`,
    query: '',
    headers: [['authorization', event.authorizationToken]],
    body: new Uint8Array(),
  };
}

export const answerToRestToken = (
  verdict: Verdict,
  event: APIGatewayTokenAuthorizerEvent,
): APIGatewayAuthorizerResult => policyOf(verdict, event.methodArn);
