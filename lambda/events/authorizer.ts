import type {
  APIGatewayRequestAuthorizerEvent,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewayTokenAuthorizerEvent,
} from 'aws-lambda';
import type { HttpApiResponse } from '../contract.ts';
import type { HttpRequest } from '../core/http/message.ts';
import type { Verdict } from '../core/verdict.ts';
import { type AppSyncEvent, answerToAppSync, requestFromAppSync } from './appsync.ts';
import { answerToHttpApiV1, type HttpApiV1Event, requestFromHttpApiV1 } from './http-api-v1.ts';
import { answerToHttpApiV2, requestFromHttpApiV2 } from './http-api-v2.ts';
import { answerToRestRequest, requestFromRestRequest } from './rest-request.ts';
import { answerToRestToken, requestFromRestToken } from './rest-token.ts';
import { answerToWebSocket, requestFromWebSocket } from './websocket.ts';

/** An event as a request, and the way back from a verdict to what that event's API expects. */
export interface AuthorizerExchange {
  readonly request: HttpRequest;
  readonly answer: (verdict: Verdict) => unknown;
}

/** Tells by its shape which API an event is from; undefined where it is from none of them. */
export function exchangeOf(event: unknown, httpApiResponse: HttpApiResponse): AuthorizerExchange | undefined {
  if (typeof event !== 'object' || event === null) return undefined;
  const { type, version, requestContext, authorizationToken } = event as Readonly<Record<string, unknown>>;
  const context = (requestContext ?? {}) as Readonly<Record<string, unknown>>;

  if (type === 'TOKEN') {
    const token = event as APIGatewayTokenAuthorizerEvent;
    return exchange(token, requestFromRestToken, answerToRestToken);
  }
  if (type === 'REQUEST' && version === '2.0') {
    const request = event as APIGatewayRequestAuthorizerEventV2;
    return exchange(request, requestFromHttpApiV2, (verdict) =>
      answerToHttpApiV2(verdict, request, httpApiResponse),
    );
  }
  if (type === 'REQUEST' && version === '1.0') {
    return exchange(event as HttpApiV1Event, requestFromHttpApiV1, answerToHttpApiV1);
  }
  if (type === 'REQUEST' && context.eventType === 'CONNECT') {
    return exchange(event as APIGatewayRequestAuthorizerEvent, requestFromWebSocket, answerToWebSocket);
  }
  if (type === 'REQUEST') {
    return exchange(event as APIGatewayRequestAuthorizerEvent, requestFromRestRequest, answerToRestRequest);
  }
  if (typeof authorizationToken === 'string' && typeof context.apiId === 'string') {
    return exchange(event as AppSyncEvent, requestFromAppSync, answerToAppSync);
  }
  return undefined;
}

const exchange = <E>(
  event: E,
  request: (event: E) => HttpRequest,
  answer: (verdict: Verdict, event: E) => unknown,
): AuthorizerExchange => ({ request: request(event), answer: (verdict) => answer(verdict, event) });
