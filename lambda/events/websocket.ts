import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { HttpRequest } from '../core/http/message.ts';
import type { Verdict } from '../core/verdict.ts';
import { policyOf } from './api-gateway-policy.ts';
import { decodedQueryOf, headersOf } from './lists.ts';

/**
 * REQUEST authorizer of a WebSocket API, which is asked on `$connect` only and whose policy then holds for the
 * connection. The event has neither method nor path: a route of the policy that is to match it has the
 * path `/$connect`.
 */
export const requestFromWebSocket = (event: APIGatewayRequestAuthorizerEvent): HttpRequest => ({
  method: 'GET',
  path: '/$connect',
  query: decodedQueryOf(event.multiValueQueryStringParameters, event.queryStringParameters),
  headers: headersOf(event.multiValueHeaders, event.headers),
  body: new Uint8Array(),
});

export const answerToWebSocket = (
  verdict: Verdict,
  event: APIGatewayRequestAuthorizerEvent,
): APIGatewayAuthorizerResult => policyOf(verdict, event.methodArn);
