import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestStack, type TestStack } from '../support/local-stack.ts';
import { eventually } from '../support/local-stack-fixtures.ts';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const POLICY = README.split('```json\n')[1]?.split('```')[0] ?? '';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
  stack.setParameter('policy', JSON.stringify(JSON.parse(POLICY)));
  const status = async () => (await stack.call('/api/unmatched', await stack.token())).status;
  await eventually(status, (seen) => seen === 403);
});
afterAll(() => stack.close());

test.each([
  ['GET', '/api/public/x', undefined, 200, undefined],
  ['GET', '/api/orders/1', undefined, 401, 'token_missing'],
  ['GET', '/api/orders/1', 'orders:read', 200, undefined],
  ['GET', '/api/orders/1', 'orders:write', 403, 'scope_missing'],
  ['POST', '/api/orders/1', 'orders:read', 403, 'scope_missing'],
  ['POST', '/api/orders/1', 'orders:write', 200, undefined],
  ['DELETE', '/api/orders/1', 'orders:read orders:write', 200, undefined],
  ['GET', '/api/admin/x', 'admin', 403, 'signed_header_missing'],
  ['GET', '/api/unmatched', 'orders:read', 403, 'route_missing'],
])(
  "under the README's policy, %s %s with the scopes %s is %i %s",
  async (method, path, scope, status, code) => {
    const token = scope === undefined ? undefined : await stack.token({ scope });
    const response = await stack.call(path, token, { method });
    expect(response.status).toBe(status);
    if (code !== undefined) expect(await response.json()).toMatchObject({ code });
  },
);
