import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { callCommand } from '../../local/instructions.ts';
import { startTestStack, type TestStack } from '../support/local-stack.ts';

const PATHS = '/v2/*,/orders/*,/health,/reports/*';

describe('the load balancer with other paths and hosts', () => {
  let stack: TestStack;
  let token: string;
  beforeAll(async () => {
    stack = await startTestStack({ context: { paths: PATHS, hosts: 'api.example.com,*.example.org' } });
    token = await stack.token();
  });
  afterAll(() => stack.close());

  // With node:http, because fetch sets its own Host.
  const call = (path: string, host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { host, authorization: `Bearer ${token}`, connection: 'close' };
      get(`${stack.urls.loadBalancer}${path}`, { headers }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      }).on('error', reject);
    });

  test('has several rules, because five values are not enough', () => {
    const { rules } = stack.deployment.listener;
    expect(rules.length).toBeGreaterThan(1);
    expect(new Set(rules.map(({ priority }) => priority)).size).toBe(rules.length);
  });

  test.each([
    ['/v2/anything', 'api.example.com'],
    ['/v2', 'api.example.com'],
    ['/orders/1', 'API.example.com'],
    ['/orders', 'eu.example.org:8080'],
    ['/health', 'api.example.com'],
    ['/reports/a/b', 'us.eu.example.org'],
  ])('forwards %s on %s to the function', async (path, host) => {
    expect(await call(path, host)).toBe(200);
  });

  test.each([
    ['/api/anything', 'api.example.com'],
    ['/V2/anything', 'api.example.com'],
    ['/health/x', 'api.example.com'],
    ['/v2/anything', 'example.org'],
    ['/v2/anything', 'api.example.com.example.net'],
    ['/v2/anything', 'localhost'],
  ])('does not forward %s on %s', async (path, host) => {
    expect(await call(path, host)).toBe(404);
  });

  test('is called in the printed commands with a path and a host of its rules', () => {
    expect(callCommand(stack)).toBe(
      `curl -i -H "Host: anything.example.org" ${stack.urls.loadBalancer}/v2/anything`,
    );
  });
});

test('rules on an existing listener work, and other requests get a 404', async () => {
  const stack = await startTestStack({
    context: {
      listenerArn:
        'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shared/0123456789abcdef/fedcba9876543210',
      listenerSecurityGroupId: 'sg-0123456789abcdef0',
      paths: '/v2/*',
    },
  });
  try {
    expect((await stack.call('/v2/anything', await stack.token())).status).toBe(200);
    expect((await stack.call('/api/anything')).status).toBe(404);
  } finally {
    await stack.close();
  }
});
