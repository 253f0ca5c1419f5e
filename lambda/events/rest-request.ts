import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import type { Question, Verdict } from '../core/verdict.ts';
import { isNameable, policyOf } from './api-gateway-policy.ts';
import { arn, parseArn } from './execute-api-arn.ts';
import { decodedQueryOf, headersOf } from './lists.ts';
import { type Api, pathWithinApi, REST_API } from './path-within-api.ts';
import { multiples, optionalText, REQUEST_IDS, type Shaped, singles, text } from './shape.ts';

/** What the events of REST APIs and of HTTP APIs with payload format 1.0 have in common, apart from the ARN. */
export const REQUEST = {
  httpMethod: text,
  path: text,
  headers: singles,
  multiValueHeaders: multiples,
  queryStringParameters: singles,
  multiValueQueryStringParameters: multiples,
  requestContext: { domainName: optionalText, ...REQUEST_IDS },
};

/** REQUEST authorizer of a REST API. */
export const REST_REQUEST = { ...REQUEST, methodArn: arn };
type RestRequestEvent = Shaped<typeof REST_REQUEST>;

export const questionFromRestRequest = (event: RestRequestEvent): Question =>
  questionFromRequest(event, event.methodArn, REST_API);

export const resultForRestRequest = (
  verdict: Verdict,
  { methodArn }: RestRequestEvent,
): APIGatewayAuthorizerResult => policyOf(verdict, methodArn);

export function questionFromRequest(
  event: Shaped<typeof REQUEST>,
  calledArn: string,
  api: Api,
  resourcePath?: string,
): Question {
  const { httpMethod, path, requestContext } = event;
  const call = {
    api,
    method: httpMethod,
    path,
    arn: parseArn(calledArn),
    domain: requestContext.domainName,
    resourcePath,
  };
  return {
    request: {
      method: httpMethod,
      path,
      query: decodedQueryOf(event.multiValueQueryStringParameters, event.queryStringParameters),
      headers: headersOf(event.multiValueHeaders, event.headers),
      body: new Uint8Array(),
    },
    ids: requestContext,
    findPath: (basePaths) => pathWithinApi(call, basePaths),
    isNameable: isNameable(calledArn),
  };
}
