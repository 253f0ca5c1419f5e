import type { HttpApiResponse } from '../contract.ts';
import { type Parsed, parsed, problem } from '../core/config/parsed.ts';
import type { Question, Verdict } from '../core/verdict.ts';
import { APPSYNC, questionFromAppSync, resultForAppSync } from './appsync.ts';
import {
  HTTP_API_V1_REQUEST,
  questionFromHttpApiV1,
  resultForHttpApiV1,
  withRouteArn,
} from './http-api-v1.ts';
import { HTTP_API_V2_REQUEST, questionFromHttpApiV2, resultForHttpApiV2 } from './http-api-v2.ts';
import { questionFromRestRequest, REST_REQUEST, resultForRestRequest } from './rest-request.ts';
import { questionFromRestToken, REST_TOKEN, resultForRestToken } from './rest-token.ts';
import { isMembers, type Members, parseShape, type Shape, type Shaped } from './shape.ts';
import { questionFromWebSocket, resultForWebSocket, WEBSOCKET } from './websocket.ts';

/** The question in an event, and how to turn a verdict into the result that the event's API expects. */
export interface AuthorizerExchange {
  readonly question: Question;
  readonly toResult: (verdict: Verdict) => unknown;
}

/** Recognizes an event's API by the event's members. Returns all problems of the event if no API sends such events. */
export function exchangeOf(event: unknown, httpApiResponse: HttpApiResponse): Parsed<AuthorizerExchange> {
  if (!isMembers(event)) return problem('it must be an object');
  const { type, version, requestContext } = event;
  const context = isMembers(requestContext) ? requestContext : {};
  if (type === 'TOKEN') return exchange(REST_TOKEN, event, questionFromRestToken, resultForRestToken);
  if (type === 'REQUEST' && version === '2.0') {
    return exchange(
      HTTP_API_V2_REQUEST,
      event,
      (request) => questionFromHttpApiV2(request, httpApiResponse),
      (verdict, request) => resultForHttpApiV2(verdict, request, httpApiResponse),
    );
  }
  if (type === 'REQUEST' && version === '1.0') {
    return exchange(HTTP_API_V1_REQUEST, withRouteArn(event), questionFromHttpApiV1, resultForHttpApiV1);
  }
  if (type === 'REQUEST' && version === undefined) {
    return context.eventType === 'CONNECT'
      ? exchange(WEBSOCKET, event, questionFromWebSocket, resultForWebSocket)
      : exchange(REST_REQUEST, event, questionFromRestRequest, resultForRestRequest);
  }
  if (type === undefined && 'authorizationToken' in event) {
    return exchange(APPSYNC, event, questionFromAppSync, resultForAppSync);
  }
  return problem('no API sends events with this type and version');
}

function exchange<S extends Shape>(
  shape: S,
  event: Members,
  toQuestion: (event: Shaped<S>) => Question,
  toResult: (verdict: Verdict, event: Shaped<S>) => unknown,
): Parsed<AuthorizerExchange> {
  const shaped = parseShape(shape, event);
  if ('problems' in shaped) return shaped;
  const { value } = shaped;
  return parsed({ question: toQuestion(value), toResult: (verdict) => toResult(verdict, value) });
}
