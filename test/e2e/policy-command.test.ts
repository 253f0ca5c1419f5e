import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestStack, type TestStack } from '../support/local-stack.ts';
import { temporaryDirectory } from '../support/local-stack-fixtures.ts';
import { runTool } from '../tools/run-tool.ts';

let stack: TestStack;
let directory: ReturnType<typeof temporaryDirectory>;
let token: string;

beforeAll(async () => {
  stack = await startTestStack();
  directory = temporaryDirectory();
  token = await stack.token();
});
afterAll(async () => {
  directory.remove();
  await stack.close();
});

/** Runs the command as an operator would: it finds the parameters and the keeper in the stack's outputs. */
async function policy(args: readonly string[], input = '') {
  const run = await runTool('policy', [...args, '--endpoint-url', stack.urls.ssm], { input });
  expect(run.stdout + run.stderr).not.toContain(token);
  return run;
}
const statusOf = async (path: string) => (await stack.call(path, token)).status;
const hasKeeper = () => stack.keeper !== undefined;

test('put, revoke, restore and rollback are in force once the command says so', async () => {
  expect(await statusOf('/api/reports/1')).toBe(200);
  const file = join(directory.path, 'policy.json');
  writeFileSync(
    file,
    JSON.stringify({ unmatched: 'deny', routes: [{ path: '/api/orders/*', scopes: ['read'] }] }),
  );

  const put = await policy(['put', file, '--yes']);
  expect(put).toMatchObject({ status: 0, stderr: '' });
  expect(put.stdout).toContain('In force since');
  if (hasKeeper()) expect(put.stdout).toContain('The keeper has read it and accepts it.');
  expect([await statusOf('/api/reports/1'), await statusOf('/api/orders/1')]).toEqual([403, 200]);

  const revoke = await policy(['revoke', '--token', '-', '--yes'], token);
  expect(revoke).toMatchObject({ status: 0 });
  expect(await statusOf('/api/orders/1')).toBe(401);

  const status = await policy(['status', file]);
  expect(status.stdout).toMatch(/Last change: revocations 1 to 2/);
  expect(status.status).toBe(0);

  expect((await policy(['rollback', '--yes'])).status).toBe(0);
  expect(await statusOf('/api/orders/1')).toBe(200);
  expect((await policy(['rollback', '--to', 'policy=1', '--yes'])).status).toBe(0);
  expect(await statusOf('/api/reports/1')).toBe(200);
  expect((await policy(['status', file])).status).toBe(1);
});

test('an upstream that leads back to the load balancer is rejected by put, and seen by check-config once it is there', async () => {
  const { upstream } = stack.urls;
  const own = new URL(stack.urls.loadBalancer);
  const change = ['put', '--upstream', `http://127.0.0.1:${own.port}`, '--yes'];
  const id = `upstream:upstream-loop:127.0.0.1:${own.port}`;
  const rejected = await policy(change);
  expect(rejected.status).toBe(1);
  expect(rejected.stdout).toContain(`--accept '${id}'`);

  const place = ['--path', '/alb-jwt-authorizer', '--endpoint-url', stack.urls.ssm];
  expect((await runTool('check-config', place)).stdout).not.toContain('itself');
  stack.setParameter('upstream', own.origin);
  const checked = await runTool('check-config', [...place, '--strict']);
  expect(checked.stdout).toContain(`--accept 'upstream:upstream-loop:${own.host}'`);
  expect(checked.status).toBe(1);
  expect((await policy(['put', '--upstream', upstream, '--yes'])).status).toBe(0);
});

test('reports what the keeper rejects, with the version that stays in force', async () => {
  if (!hasKeeper()) return;
  stack.setParameter('policy', '{"routes":');
  const { status, stdout } = await policy(['status']);
  expect(status).toBe(1);
  expect(stdout).toMatch(/rejected: \/alb-jwt-authorizer\/policy: .*JSON/);
  expect(stdout).toMatch(/policy {6}version \d+, rejected, so not in force \(\d+ is\)/);
  expect(await statusOf('/api/reports/1')).toBe(200);
});
