import type { APIGatewayAuthorizerResult, APIGatewaySimpleAuthorizerWithContextResult } from 'aws-lambda';
import type { HttpApiResponse } from '../contract.ts';
import type { Question, Verdict } from '../core/verdict.ts';
import { isNameable, policyOf } from './api-gateway-policy.ts';
import { arn, parseArn } from './execute-api-arn.ts';
import { headersOf } from './lists.ts';
import { HTTP_API_V2, pathWithinApi } from './path-within-api.ts';
import { optionalText, type Shaped, singles, text } from './shape.ts';

type SimpleResult = APIGatewaySimpleAuthorizerWithContextResult<Readonly<Record<string, string>>>;

/** Authorizer of an HTTP API with payload format 2.0. Equal header fields come joined by commas. */
export const HTTP_API_V2_REQUEST = {
  routeArn: arn,
  rawPath: text,
  rawQueryString: text,
  headers: singles,
  requestContext: { domainName: optionalText, http: { method: text } },
};
type HttpApiV2Event = Shaped<typeof HTTP_API_V2_REQUEST>;

export function askedByHttpApiV2(event: HttpApiV2Event, response: HttpApiResponse): Question {
  const { routeArn, rawPath, rawQueryString, headers, requestContext } = event;
  const { method } = requestContext.http;
  const call = {
    api: HTTP_API_V2,
    method,
    path: rawPath,
    arn: parseArn(routeArn),
    domain: requestContext.domainName,
  };
  return {
    request: {
      method,
      path: rawPath,
      query: rawQueryString,
      headers: headersOf(undefined, headers),
      body: new Uint8Array(),
    },
    findPath: (basePaths) => pathWithinApi(call, basePaths),
    isNameable: response === 'simple' || isNameable(routeArn),
  };
}

export function answerToHttpApiV2(
  verdict: Verdict,
  { routeArn }: HttpApiV2Event,
  response: HttpApiResponse,
): APIGatewayAuthorizerResult | SimpleResult {
  if (response === 'iam' || verdict.kind === 'unauthorized' || verdict.kind === 'unavailable') {
    return policyOf(verdict, routeArn);
  }
  return verdict.kind === 'allow'
    ? { isAuthorized: true, context: verdict.context }
    : { isAuthorized: false, context: { code: verdict.code } };
}
