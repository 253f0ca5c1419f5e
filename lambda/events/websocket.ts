import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import type { Question, Verdict } from '../core/verdict.ts';
import { isNameable, policyOf } from './api-gateway-policy.ts';
import { arn } from './execute-api-arn.ts';
import { decodedQueryOf, headersOf } from './lists.ts';
import { multiples, REQUEST_IDS, type Shaped, singles } from './shape.ts';

/**
 * REQUEST authorizer of a WebSocket API. It is called only on `$connect`, and its policy then holds for the whole
 * connection. The event has neither method nor path: routes match it by the path `/$connect`.
 */
export const WEBSOCKET = {
  methodArn: arn,
  headers: singles,
  multiValueHeaders: multiples,
  queryStringParameters: singles,
  multiValueQueryStringParameters: multiples,
  requestContext: REQUEST_IDS,
};
type WebSocketEvent = Shaped<typeof WEBSOCKET>;

const PATH = '/$connect';

export const questionFromWebSocket = (event: WebSocketEvent): Question => ({
  request: {
    method: 'GET',
    path: PATH,
    query: decodedQueryOf(event.multiValueQueryStringParameters, event.queryStringParameters),
    headers: headersOf(event.multiValueHeaders, event.headers),
    body: new Uint8Array(),
    via: 'websocket',
  },
  ids: event.requestContext,
  findPath: () => ({ paths: [PATH] }),
  isNameable: isNameable(event.methodArn),
});

export const resultForWebSocket = (
  verdict: Verdict,
  { methodArn }: WebSocketEvent,
): APIGatewayAuthorizerResult => policyOf(verdict, methodArn);
