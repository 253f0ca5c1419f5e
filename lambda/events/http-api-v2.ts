import type {
  APIGatewayAuthorizerResult,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerWithContextResult,
} from 'aws-lambda';
import type { HttpApiResponse } from '../contract.ts';
import type { HttpRequest } from '../core/http/message.ts';
import type { Verdict } from '../core/verdict.ts';
import { policyOf } from './api-gateway-policy.ts';
import { headersOf } from './lists.ts';
import { pathOfArn } from './path-of-arn.ts';

type SimpleResult = APIGatewaySimpleAuthorizerWithContextResult<Readonly<Record<string, string>>>;

/**
 * Authorizer of an HTTP API with payload format 2.0. Equal header fields come joined by commas. The raw path
 * begins with the stage's name unless that is `$default`, and with the mapping of a custom domain. Whether the
 * ARN always has the path of the request is not documented; where it has not, only the stage is known to go.
 */
export function requestFromHttpApiV2(event: APIGatewayRequestAuthorizerEventV2): HttpRequest {
  const { stage, http } = event.requestContext;
  const prefix = `/${stage}`;
  const staged = stage !== '$default' && event.rawPath.startsWith(`${prefix}/`);
  return {
    method: http.method,
    path:
      pathOfArn(event.rawPath, event.routeArn) ||
      (staged ? event.rawPath.slice(prefix.length) : event.rawPath),
    query: event.rawQueryString,
    headers: headersOf(undefined, event.headers),
    body: new Uint8Array(),
  };
}

export function answerToHttpApiV2(
  verdict: Verdict,
  event: APIGatewayRequestAuthorizerEventV2,
  response: HttpApiResponse,
): APIGatewayAuthorizerResult | SimpleResult {
  if (response === 'iam' || verdict.kind === 'unauthorized' || verdict.kind === 'unavailable') {
    return policyOf(verdict, event.routeArn);
  }
  return verdict.kind === 'allow'
    ? { isAuthorized: true, context: verdict.context }
    : { isAuthorized: false, context: { code: verdict.code } };
}
