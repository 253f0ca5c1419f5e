import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startAwsEndpoint } from '../../../local/aws-api/endpoint.ts';
import type { LoopbackServer } from '../../../local/loopback-server.ts';

let server: LoopbackServer;
beforeAll(async () => {
  server = await startAwsEndpoint({
    name: 'AWS',
    port: 0,
    services: [
      { target: 'Echo', execute: (operation, input) => ({ ok: true, output: { operation, input } }) },
    ],
    queries: [{ version: '2010-05-15', execute: (action) => ({ ok: true, output: { action } }) }],
    log: () => {},
  });
});
afterAll(() => server.close());

const post = async (headers: Record<string, string>, body: string) => {
  const response = await fetch(server.origin, { method: 'POST', headers, body });
  return response.text();
};
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

test('treats a request with X-Amz-Target as JSON, although curl -d declares a form', async () => {
  const response = await post({ ...FORM, 'X-Amz-Target': 'Echo.Put' }, '{"Name":"a"}');
  expect(JSON.parse(response)).toEqual({ operation: 'Put', input: { Name: 'a' } });
});

test('treats a form without X-Amz-Target as a query API call', async () => {
  expect(await post(FORM, 'Action=DescribeStacks&Version=2010-05-15')).toContain('<DescribeStacksResponse');
  expect(await post(FORM, 'Action=DescribeStacks')).toContain('InvalidAction');
});
