import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startStack } from '../../local/stack.ts';
import { splitBash } from '../../tools/explain/paste/shell-words.ts';
import { startTestStack, type TestStack } from '../support/local-stack.ts';
import { eventually } from '../support/local-stack-fixtures.ts';
import { runTool } from '../tools/run-tool.ts';

let stack: TestStack;
let directory: string;

beforeAll(async () => {
  // Consecutive ports, so that init finds the parts.
  stack = await startTestStack({ port: undefined });
  directory = mkdtempSync(join(tmpdir(), 'init-'));
});
afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  await stack.close();
});

interface Printed {
  readonly policy: object;
  readonly steps: readonly { readonly commands: readonly string[] }[];
}

const wordsOf = (command: string): string[] => splitBash(command).words.map(({ text }) => text);

/** Runs the command that puts the policy. */
function put(command: string): void {
  const words = wordsOf(command);
  const optionOf = (option: string) => words[words.indexOf(option) + 1] ?? '';
  expect(words.slice(0, 5)).toEqual(['npm', 'run', 'policy', '--', 'put']);
  stack.setParameter('policy', readFileSync(words[5] ?? '', 'utf8'));
  for (const name of ['issuer', 'audience', 'jwks-uri']) stack.setParameter(name, optionOf(`--${name}`));
}

/** Runs commands one after the other in one shell, and returns what the last one prints. */
const inShell = async (...commands: string[]): Promise<string> =>
  (await promisify(execFile)('bash', ['-c', commands.join('\n')])).stdout;

test('after the commands that init prints for the laptop stack, its tokens pass on the paths that it names', async () => {
  const output = join(directory, 'policy.json');
  const port = new URL(stack.urls.loadBalancer).port;
  const args = [
    '--local',
    '--port',
    port,
    '--paths',
    '/api/orders/*',
    '--scopes',
    'orders:read',
    '--output',
    output,
    '--json',
  ];
  const { status, stdout, stderr } = await runTool('init', args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const [check, putting, token, call] = (JSON.parse(stdout) as Printed).steps.map(({ commands }) => commands);

  const checked = await runTool('check-config', wordsOf(check?.[0] ?? '').slice(4));
  expect(checked).toMatchObject({ status: 0, stderr: '' });

  const [command = ''] = call ?? [];
  put(putting?.[0] ?? '');
  const elsewhere = command.replace('/api/orders/anything', '/api/other');
  expect(elsewhere).not.toBe(command);
  const rejected = await eventually(
    () => inShell(...(token ?? []), elsewhere),
    (text) => text.includes('route_missing'),
  );
  expect(rejected).toMatch(/^HTTP\/1\.1 403 /);
  expect(await inShell(...(token ?? []), command)).toMatch(/^HTTP\/1\.1 200 /);
  const withoutScope = (token ?? []).map((line) => line.replace(/ --data-urlencode scope=\S+/, ''));
  expect(await inShell(...withoutScope, command)).toMatch(/^HTTP\/1\.1 403 [\s\S]*scope_missing/);
});

test('a laptop stack that was started with --issuer is named with its issuer', async () => {
  const issuer = 'https://login.example.com';
  const other = await startStack({ provider: { issuer, audience: ['orders'] }, keeper: false });
  try {
    const { port } = other.loadBalancer;
    const output = join(directory, 'other.json');
    const run = await runTool('init', ['--local', '--port', String(port), '--output', output]);
    expect(run.stderr).toContain(
      `started with --issuer or --port 0: name the issuer of your tokens, as in npm run init -- ${issuer} --local`,
    );
    expect(run.status).toBe(1);
  } finally {
    await other.close();
  }
});
