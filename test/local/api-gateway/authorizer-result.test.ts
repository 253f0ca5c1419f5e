import { describe, expect, test } from '@jest/globals';
import { readAuthorizerResult } from '../../../local/api-gateway/authorizer-result.ts';
import type { FunctionOutcome } from '../../../local/lambda/function-pool.ts';

const ARN = 'arn:aws:execute-api:us-east-1:000000000000:api/stage/GET/api/x';
const respond = (result: unknown): FunctionOutcome => ({
  kind: 'response',
  body: Buffer.from(JSON.stringify(result)),
});
const fail = (errorMessage: string): FunctionOutcome => ({
  kind: 'function-error',
  type: 'Error',
  body: Buffer.from(JSON.stringify({ errorMessage })),
});
const policy = (...statements: [effect: string, resource: string | string[]][]) =>
  respond({
    principalId: 'p',
    policyDocument: {
      Statement: statements.map(([Effect, Resource]) => ({ Action: 'execute-api:Invoke', Effect, Resource })),
    },
  });
const statusOf = (kind: 'http' | 'rest', outcome: FunctionOutcome) => {
  const ruling = readAuthorizerResult(kind, outcome).rule(ARN);
  return ruling.kind === 'allow' ? 200 : ruling.status;
};

describe('the policy of a REST API', () => {
  test('treats a backslash as a plain character', () => {
    const { rule } = readAuthorizerResult('rest', policy(['Allow', `${ARN}\\\\`]));
    expect(rule(`${ARN}\\\\`).kind).toBe('allow');
    expect(rule(`${ARN}\\`).kind).toBe('reject');
  });

  test.each<[number, Parameters<typeof policy>]>([
    [200, [['Allow', ARN]]],
    [200, [['Allow', ['arn:other', 'arn:aws:execute-api:*:*:api/stage/*']]]],
    [200, [['Allow', ARN.replace('/x', '/?')]]],
    [403, [['Allow', ARN.replace('GET', 'POST')]]],
    [403, [['Deny', ARN]]],
    [
      403,
      [
        ['Allow', '*'],
        ['Deny', ARN],
      ],
    ],
    [403, []],
  ])('results in %i for %j', (status, statements) => {
    expect(statusOf('rest', policy(...statements))).toBe(status);
  });

  test('cannot escape a wildcard', () => {
    const arn = `${ARN}\\\\*`;
    const { rule } = readAuthorizerResult('rest', policy(['Allow', arn]));
    expect(rule(`${ARN}\\\\anything`)).toMatchObject({ kind: 'allow' });
    expect(rule(`${ARN}*`)).toMatchObject({ status: 403 });
  });
  test('is evaluated again for another method if it is cached', () => {
    const { rule, lasting } = readAuthorizerResult('rest', policy(['Allow', ARN]));
    expect(lasting).toBe(true);
    expect(rule(ARN)).toEqual({ kind: 'allow', context: { 'principal-id': 'p' } });
    expect(rule(ARN.replace('GET', 'DELETE'))).toMatchObject({ status: 403 });
  });
});

test.each<[number, 'http' | 'rest', FunctionOutcome]>([
  [200, 'http', respond({ isAuthorized: true })],
  [403, 'http', respond({ isAuthorized: false })],
  [500, 'http', respond({ isAuthorized: 'true' })],
  [500, 'http', respond(null)],
  [500, 'rest', respond({ isAuthorized: true })],
  [500, 'rest', respond({ principalId: 1, policyDocument: { Statement: [] } })],
  [500, 'http', respond({ isAuthorized: true, context: { list: [] } })],
  [401, 'rest', fail('Unauthorized')],
  [500, 'rest', fail('unauthorized')],
  [500, 'rest', { kind: 'timeout', seconds: 1 }],
])('a response of the authorizer is a %i of an %s API: %j', (status, kind, outcome) => {
  expect(statusOf(kind, outcome)).toBe(status);
});

test('errors are not cached', () => {
  expect(readAuthorizerResult('rest', fail('Unauthorized')).lasting).toBe(false);
});
