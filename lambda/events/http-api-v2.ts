import type { APIGatewayAuthorizerResult, APIGatewaySimpleAuthorizerWithContextResult } from 'aws-lambda';
import type { HttpApiResponse } from '../contract.ts';
import type { HeaderList } from '../core/http/message.ts';
import type { Question, Verdict } from '../core/verdict.ts';
import { isNameable, policyOf } from './api-gateway-policy.ts';
import { arn, parseArn } from './execute-api-arn.ts';
import { headersOf } from './lists.ts';
import { HTTP_API_V2, pathWithinApi } from './path-within-api.ts';
import { optionalText, REQUEST_IDS, type Shaped, singles, text, texts } from './shape.ts';

type SimpleResult = APIGatewaySimpleAuthorizerWithContextResult<Readonly<Record<string, string>>>;

/** Authorizer of an HTTP API with payload format 2.0. Header fields with the same name arrive joined by commas. */
export const HTTP_API_V2_REQUEST = {
  routeArn: arn,
  rawPath: text,
  rawQueryString: text,
  headers: singles,
  cookies: texts,
  requestContext: { domainName: optionalText, http: { method: text }, ...REQUEST_IDS },
};
type HttpApiV2Event = Shaped<typeof HTTP_API_V2_REQUEST>;

export function questionFromHttpApiV2(event: HttpApiV2Event, response: HttpApiResponse): Question {
  const { routeArn, rawPath, rawQueryString, headers, cookies, requestContext } = event;
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
      headers: withCookies(headersOf(undefined, headers), cookies),
      body: new Uint8Array(),
    },
    ids: requestContext,
    findPath: (basePaths) => pathWithinApi(call, basePaths),
    isNameable: response === 'simple' || isNameable(routeArn),
  };
}

/** Format 2.0 splits the Cookie field, and leaves it out of `headers`. */
const withCookies = (headers: HeaderList, cookies: readonly string[] | null | undefined): HeaderList =>
  !cookies || cookies.length === 0 || headers.some(([name]) => name === 'cookie')
    ? headers
    : [...headers, ['cookie', cookies.join('; ')]];

export function resultForHttpApiV2(
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
