import type { HttpApiResponse } from '../contract.ts';
import { type Parsed, parsed, problem } from '../core/config/parsed.ts';
import type { Question, Verdict } from '../core/verdict.ts';
import { APPSYNC, answerToAppSync, askedByAppSync } from './appsync.ts';
import { answerToHttpApiV1, askedByHttpApiV1, HTTP_API_V1_REQUEST, withRouteArn } from './http-api-v1.ts';
import { answerToHttpApiV2, askedByHttpApiV2, HTTP_API_V2_REQUEST } from './http-api-v2.ts';
import { answerToRestRequest, askedByRestRequest, REST_REQUEST } from './rest-request.ts';
import { answerToRestToken, askedByRestToken, REST_TOKEN } from './rest-token.ts';
import { isMembers, type Members, parseShape, type Shape, type Shaped } from './shape.ts';
import { answerToWebSocket, askedByWebSocket, WEBSOCKET } from './websocket.ts';

/** The question in an event, and how to turn a verdict into the answer that the event's API expects. */
export interface AuthorizerExchange {
  readonly question: Question;
  readonly answer: (verdict: Verdict) => unknown;
}

/**
 * Recognizes by its members which API an event is from; returns all of its problems if no API sends such an event.
 */
export function exchangeOf(event: unknown, httpApiResponse: HttpApiResponse): Parsed<AuthorizerExchange> {
  if (!isMembers(event)) return problem('it must be an object');
  const { type, version, requestContext } = event;
  const context = isMembers(requestContext) ? requestContext : {};
  if (type === 'TOKEN') return exchange(REST_TOKEN, event, askedByRestToken, answerToRestToken);
  if (type === 'REQUEST' && version === '2.0') {
    return exchange(
      HTTP_API_V2_REQUEST,
      event,
      (request) => askedByHttpApiV2(request, httpApiResponse),
      (verdict, request) => answerToHttpApiV2(verdict, request, httpApiResponse),
    );
  }
  if (type === 'REQUEST' && version === '1.0') {
    return exchange(HTTP_API_V1_REQUEST, withRouteArn(event), askedByHttpApiV1, answerToHttpApiV1);
  }
  if (type === 'REQUEST' && version === undefined) {
    return context.eventType === 'CONNECT'
      ? exchange(WEBSOCKET, event, askedByWebSocket, answerToWebSocket)
      : exchange(REST_REQUEST, event, askedByRestRequest, answerToRestRequest);
  }
  if (type === undefined && 'authorizationToken' in event) {
    return exchange(APPSYNC, event, askedByAppSync, answerToAppSync);
  }
  return problem('no API sends events with this type and version');
}

function exchange<S extends Shape>(
  shape: S,
  event: Members,
  ask: (event: Shaped<S>) => Question,
  answer: (verdict: Verdict, event: Shaped<S>) => unknown,
): Parsed<AuthorizerExchange> {
  const shaped = parseShape(shape, event);
  if ('problems' in shaped) return shaped;
  const { value } = shaped;
  return parsed({ question: ask(value), answer: (verdict) => answer(verdict, value) });
}
