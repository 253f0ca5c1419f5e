import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import type { Question, Verdict } from '../core/verdict.ts';
import { isNameable, policyOf } from './api-gateway-policy.ts';
import { arn, parseArn } from './execute-api-arn.ts';
import { decodePath, encodePath } from './path-spelling.ts';
import { type Shaped, text } from './shape.ts';

/** TOKEN authorizer of a REST API: all there is are the token and the ARN of the method. */
export const REST_TOKEN = { methodArn: arn, authorizationToken: text };
type RestTokenEvent = Shaped<typeof REST_TOKEN>;

/**
 * Whether the ARN has the path encoded or decoded is not documented, so the path must be good for either. It is encoded
 * here as one that has been decoded: then what it says if it has not been is one of its readings, and a path whose
 * readings take different routes is refused.
 */
export function askedByRestToken({ methodArn, authorizationToken }: RestTokenEvent): Question {
  const { named } = parseArn(methodArn);
  // With braces it could be the key of a resource, not a path.
  const isPath = named !== undefined && !named.path.includes('{') && decodePath(named.path) !== undefined;
  const path = isPath ? encodePath(named.path) : undefined;
  return {
    request: {
      method: named?.method ?? '',
      path: named?.path ?? '',
      query: '',
      headers: [['authorization', authorizationToken]],
      body: new Uint8Array(),
      hidesHeaders: true,
    },
    findPath: () =>
      path === undefined ? { unknown: 'the ARN does not contain the path' } : { paths: [path] },
    isNameable: isNameable(methodArn),
  };
}

export const answerToRestToken = (
  verdict: Verdict,
  { methodArn }: RestTokenEvent,
): APIGatewayAuthorizerResult => policyOf(verdict, methodArn);
