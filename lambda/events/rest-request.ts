import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { HttpRequest } from '../core/http/message.ts';
import type { Verdict } from '../core/verdict.ts';
import { policyOf } from './api-gateway-policy.ts';
import { decodedQueryOf, headersOf } from './lists.ts';

/** REQUEST authorizer of a REST API. The path is the one within the stage. */
export const requestFromRestRequest = (event: APIGatewayRequestAuthorizerEvent): HttpRequest => ({
  method: event.httpMethod,
  path: event.path,
  query: decodedQueryOf(event.multiValueQueryStringParameters, event.queryStringParameters),
  headers: headersOf(event.multiValueHeaders, event.headers),
  body: new Uint8Array(),
});

export const answerToRestRequest = (
  verdict: Verdict,
  event: APIGatewayRequestAuthorizerEvent,
): APIGatewayAuthorizerResult => policyOf(verdict, event.methodArn);
