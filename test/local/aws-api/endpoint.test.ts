import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startAwsEndpoint } from '../../../local/aws-api/endpoint.ts';
import type { LoopbackServer } from '../../../local/loopback-server.ts';

let endpoint: LoopbackServer;
beforeAll(async () => {
  endpoint = await startAwsEndpoint({
    name: 'AWS',
    port: 0,
    services: [
      { target: 'AmazonSSM', execute: (operation, input) => ({ ok: true, output: { operation, input } }) },
    ],
    queries: [{ version: '2010-05-15', execute: (action) => ({ ok: true, output: { action } }) }],
    log: () => {},
  });
});
afterAll(() => endpoint.close());

const FORM = 'application/x-www-form-urlencoded';
const call = async (body: string, headers: Record<string, string>) => {
  const response = await fetch(endpoint.origin, { method: 'POST', body, headers });
  return [response.status, await response.text()];
};

test.each(['application/x-amz-json-1.1', FORM])(
  'a target makes it JSON, with Content-Type %s',
  async (type) => {
    const headers = { 'x-amz-target': 'AmazonSSM.PutParameter', 'content-type': type };
    expect(await call('{"Name":"/a"}', headers)).toEqual([
      200,
      '{"operation":"PutParameter","input":{"Name":"/a"}}',
    ]);
  },
);

test('a form without a target is a query', async () => {
  const [status, xml] = await call('Action=DescribeStacks&Version=2010-05-15', { 'content-type': FORM });
  expect([status, xml]).toEqual([200, expect.stringContaining('<action>DescribeStacks</action>')]);
});
