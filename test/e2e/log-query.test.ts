import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AWS_CLI, unconfiguredEnvironment } from '../support/aws-cli.ts';
import { startTestStack, type TestStack } from '../support/local-stack.ts';

const PAGE = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

(AWS_CLI ? test : test.skip)('the shell function of the operations page runs a query', async () => {
  for (const token of [undefined, undefined, await stack.token()]) await stack.call('/api/anything', token);
  const commands = /<!-- shell: query -->\n```sh\n([\s\S]*?)^```$/m.exec(PAGE)?.[1] ?? '';
  const aws = `aws() { command aws "$@" --endpoint-url ${stack.urls.ssm} --region us-east-1 --no-sign-request; }`;
  const { stdout } = await promisify(execFile)('bash', ['-c', `${aws}\n${commands}`], {
    env: unconfiguredEnvironment(),
  });
  expect(stdout.trim().split('\n').toSorted()).toEqual([
    'outcome=allowed\trequests=1',
    'outcome=rejected\trequests=2',
  ]);
});
