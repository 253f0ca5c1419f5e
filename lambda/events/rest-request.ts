import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { HttpRequest } from '../core/http/message.ts';
import type { Verdict } from '../core/verdict.ts';
import { policyOf } from './api-gateway-policy.ts';
import { decodedQueryOf, headersOf } from './lists.ts';
import { pathOfArn } from './path-of-arn.ts';

/** REQUEST authorizer of a REST API. Its path begins with the base path of a custom domain. */
export const requestFromRestRequest = (event: APIGatewayRequestAuthorizerEvent): HttpRequest => ({
  method: event.httpMethod,
  path: pathOfArn(event.path, event.methodArn),
  query: decodedQueryOf(event.multiValueQueryStringParameters, event.queryStringParameters),
  headers: headersOf(event.multiValueHeaders, event.headers),
  body: new Uint8Array(),
});

export const answerToRestRequest = (
  verdict: Verdict,
  event: APIGatewayRequestAuthorizerEvent,
): APIGatewayAuthorizerResult => policyOf(verdict, event.methodArn);
