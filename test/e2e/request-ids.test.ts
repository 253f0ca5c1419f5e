import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { explainRequest } from '../../tools/explain/explain-request.ts';
import { startTestStack, type TestStack } from '../support/local-stack.ts';
import { eventually } from '../support/local-stack-fixtures.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ authorizer: 'rest' });
});
afterAll(() => stack.close());

/** What the command prints about a caller's id. */
const find = (id: string | null) =>
  eventually(
    () =>
      explainRequest(
        {
          kind: 'request',
          id: id ?? '',
          logGroups: [],
          stack: 'AlbJwtAuthorizer',
          sinceMs: 60_000,
          endpointUrl: stack.urls.ssm,
          region: 'us-east-1',
          json: false,
        },
        Date.now() + 1000,
      ),
    ({ decisions }) => decisions.length > 0,
  );

test('the id in a response finds the log line with the reason', async () => {
  const response = await stack.call('/api/x', 'no.real.token');
  const id = response.headers.get('x-request-id');
  expect(await response.json()).toMatchObject({ requestId: id, code: 'token_malformed' });
  const { decisions } = await find(id);
  expect(decisions).toHaveLength(1);
  expect(decisions[0]?.line.members).toMatchObject({
    code: 'token_malformed',
    requestId: id,
    path: '/api/x',
  });
});

test("a client's own trace Root finds the line, whose id is the load balancer's", async () => {
  const root = '1-67891233-abcdef012345678912345678';
  const response = await stack.call('/api/x', undefined, {
    headers: { 'x-request-id': 'of the client', 'x-amzn-trace-id': `Root=${root}` },
  });
  const id = response.headers.get('x-request-id');
  expect(id).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  expect(id).not.toBe(root);
  const { decisions } = await find(root);
  expect(decisions.map(({ line }) => [line.knownAs, line.members?.requestId])).toEqual([[['traceId'], id]]);
});

test.each(['x-amzn-requestid', 'x-amz-apigw-id'])("so does an API's %s", async (name) => {
  const response = await fetch(`${stack.urls.api}/api/x`);
  expect(response.status).toBe(401);
  const { decisions } = await find(response.headers.get(name));
  expect(decisions).toHaveLength(1);
  expect(decisions[0]?.line.members).toMatchObject({ code: 'token_missing' });
});
