import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { HttpRequest } from '../core/http/message.ts';
import type { Verdict } from '../core/verdict.ts';
import { policyOf } from './api-gateway-policy.ts';
import { requestFromRestRequest } from './rest-request.ts';

/**
 * Authorizer of an HTTP API with payload format 1.0: the event of a REST API with `version: "1.0"`, and
 * `routeArn` in its documentation where `methodArn` is in its events.
 */
export type HttpApiV1Event = APIGatewayRequestAuthorizerEvent & {
  readonly version: '1.0';
  readonly routeArn?: string;
};

export const requestFromHttpApiV1 = (event: HttpApiV1Event): HttpRequest =>
  requestFromRestRequest({ ...event, methodArn: arnOf(event) });

export const answerToHttpApiV1 = (verdict: Verdict, event: HttpApiV1Event): APIGatewayAuthorizerResult =>
  policyOf(verdict, arnOf(event));

const arnOf = ({ methodArn, routeArn = '' }: HttpApiV1Event): string => methodArn ?? routeArn;
