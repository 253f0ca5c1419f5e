import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import type { Question, Verdict } from '../core/verdict.ts';
import { policyOf } from './api-gateway-policy.ts';
import { arn } from './execute-api-arn.ts';
import { HTTP_API_V1 } from './path-within-api.ts';
import { questionFromRequest, REQUEST } from './rest-request.ts';
import { type Members, optionalText, type Shaped, singles } from './shape.ts';

/** Authorizer of an HTTP API with payload format 1.0: the event of a REST API with `version: "1.0"`. */
export const HTTP_API_V1_REQUEST = {
  ...REQUEST,
  routeArn: arn,
  resource: optionalText,
  pathParameters: singles,
};
type HttpApiV1Event = Shaped<typeof HTTP_API_V1_REQUEST>;

/** The documentation says `methodArn` in one place and `routeArn` in another. */
export const withRouteArn = (event: Members): Members => ({
  ...event,
  routeArn: event.methodArn ?? event.routeArn,
});

export const questionFromHttpApiV1 = (event: HttpApiV1Event): Question =>
  questionFromRequest(event, event.routeArn, HTTP_API_V1, resourcePath(event));

/** The path that a greedy route matched. It ends in everything that the route's variable stands for. */
function resourcePath({ resource, pathParameters }: HttpApiV1Event): string | undefined {
  const [, start, name] = /^(\/(?:[^{}]*\/)?)\{([^{}]+)\+\}$/.exec(resource ?? '') ?? [];
  const rest = name === undefined ? undefined : pathParameters?.[name];
  return start === undefined || typeof rest !== 'string' ? undefined : start + rest;
}

export const resultForHttpApiV1 = (
  verdict: Verdict,
  { routeArn }: HttpApiV1Event,
): APIGatewayAuthorizerResult => policyOf(verdict, routeArn);
