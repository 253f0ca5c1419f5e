import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import type { Question, Verdict } from '../core/verdict.ts';
import { isNameable, policyOf } from './api-gateway-policy.ts';
import { arn, parseArn } from './execute-api-arn.ts';
import { decodePath, encodePath } from './path-spelling.ts';
import { type Shaped, text } from './shape.ts';

/** TOKEN authorizer of a REST API: the event has only the token and the ARN of the method. */
export const REST_TOKEN = { methodArn: arn, authorizationToken: text };
type RestTokenEvent = Shaped<typeof REST_TOKEN>;

/**
 * AWS does not document whether the path in the ARN is encoded or decoded, so the decision must hold for both. The path
 * is encoded here as if it had been decoded. If it was not, its real meaning is one of its readings, and a path whose
 * readings match different routes is rejected.
 */
export function questionFromRestToken({ methodArn, authorizationToken }: RestTokenEvent): Question {
  const { named } = parseArn(methodArn);
  // A path with braces could be the key of a resource.
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

export const resultForRestToken = (
  verdict: Verdict,
  { methodArn }: RestTokenEvent,
): APIGatewayAuthorizerResult => policyOf(verdict, methodArn);
