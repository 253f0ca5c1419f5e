import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { MCP_PATH, ordersPolicy } from '../../../local/mcp/orders-policy.ts';
import { policyOf } from '../../../local/ssm/policy-part.ts';
import { checkParameters } from '../../../tools/check-config/check.ts';

const ISSUER = 'http://localhost:8081';
const POLICY = ordersPolicy(ISSUER, `http://localhost:8080${MCP_PATH}`);

const checked = (policy: string) =>
  checkParameters(
    {
      issuer: ISSUER,
      audience: 'api.example.com',
      'jwks-uri': 'discover',
      upstream: 'http://localhost:8083',
      policy,
      revocations: '{}',
    },
    { listenerPaths: ['/api/*'] },
  );

test('the policy of the MCP server is valid; its only warning is that other paths accept any token', async () => {
  const { problems, warnings } = await checked(policyOf([POLICY]));
  expect(problems).toEqual([]);
  expect(warnings.map(({ kind }) => kind)).toEqual(['unmatched-for-less']);
});

test('it equals the policy in the page on MCP servers', () => {
  const page = readFileSync(new URL('../../../docs/shapes/mcp.md', import.meta.url), 'utf8');
  const shown = [...page.matchAll(/^```json\n(.*?)^```/gms)].map(([, block = '']) => JSON.parse(block));
  expect(shown).toContainEqual(
    ordersPolicy('https://login.example.com', `https://api.example.com${MCP_PATH}`),
  );
});

test('it can be merged with the policy of a service that signs headers', async () => {
  const instanceArn = 'arn:aws:ec2:us-east-1:123456789012:verified-access-instance/vai-1';
  const staff = {
    providers: { staff: { type: 'verified-access', instanceArn } },
    routes: [{ path: '/api/admin/*', providers: ['staff'] }],
  };
  const { problems } = await checked(policyOf([staff, POLICY]));
  expect(problems).toEqual([]);
  expect(JSON.parse(policyOf([staff]))).toEqual(staff);
});
