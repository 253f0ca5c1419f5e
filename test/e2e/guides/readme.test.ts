import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DEMO } from '../../../local/identity/authorization-server.ts';
import { testAssembly } from '../../support/assembly.ts';
import { AWS_CLI, unconfiguredEnvironment } from '../../support/aws-cli.ts';
import { statusesIn } from '../../support/guide.ts';
import { eventually, temporaryDirectory } from '../../support/local-stack-fixtures.ts';
import { endStarted, runStart, type StartedStack } from '../../support/started-stack.ts';
import { ROOT, runTool, type ToolRun } from '../../tools/run-tool.ts';

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The blocks of commands, in their order, without the indentation of a list. */
const BLOCKS = [...README.matchAll(/^( *)```sh\n([\s\S]*?)^ *```$/gm)].map(([, indent = '', text = '']) =>
  text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
);

/** The commands within sentences. */
const INLINE = [...README.matchAll(/`((?:npm|npx|aws|curl) [^`]+)`/g)].map(([, command = '']) => command);

/** How the README's `aws ssm put-parameter` reaches the local endpoint where there is no AWS CLI. */
const PUT = `curl -sf -H 'X-Amz-Target: AmazonSSM.PutParameter' -d "$4" "$SSM"`;
const PRELUDE = `aws() { ${AWS_CLI ? 'command aws "$@" --endpoint-url "$SSM" --region us-east-1 --no-sign-request' : PUT}; }`;

let directory: ReturnType<typeof temporaryDirectory>;
let stack: StartedStack;

beforeAll(async () => {
  directory = temporaryDirectory();
  // What `npm start` runs; local-stack-start.test.ts checks that it does.
  stack = runStart(['--port', '0'], { TMPDIR: directory.path });
  await stack.printed('Ctrl-C stops');
});
afterAll(async () => {
  await endStarted();
  directory.remove();
});

const ssm = () => stack.url('Parameters \\(SSM\\)');

/** The README's text with the stack's addresses and client in place of its capitals. */
const local = (text: string) =>
  Object.entries({
    'https://YOUR-ISSUER/oauth': stack.url('Authorization server'),
    'https://YOUR-ISSUER': stack.url('Authorization server'),
    'https://YOUR-HOST': stack.url('Load balancer'),
    'https://YOUR-UPSTREAM': stack.url('Upstream'),
    'YOUR-AUDIENCE': DEMO.audience,
    'CLIENT_ID:CLIENT_SECRET': `${DEMO.clientId}:${DEMO.clientSecret}`,
  }).reduce((changed, [from, to]) => changed.replaceAll(from, to), text);

/** Runs commands in one shell, as a person would who copies them; returns what they print. */
const inShell = (commands: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const script = ['set -e', PRELUDE, ...commands.map(local)].join('\n');
    const env = { ...unconfiguredEnvironment(), SSM: ssm() };
    execFile('bash', ['-c', script], { cwd: directory.path, env }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
  });

/** Runs the tool of an inline command, with `value` for its placeholder and `more` arguments. */
const tool = (command: string, value: string, more: readonly string[] = []): Promise<ToolRun> => {
  const [, , name, , ...args] = command.split(' ');
  const given = args.map((arg) => (/^[A-Z]+$/.test(arg) ? value : local(arg)));
  return runTool(name as 'doctor', [...given, ...more], { env: { INIT_CWD: directory.path } });
};

/** Commands of the CDK CLI that act on an account: `npm run test:deploy` runs them against a local AWS API. */
const CDK = /^npx cdk (bootstrap|deploy|destroy)(?: -c stage=(\w+))?$/;

/** Writes the README's policy to a file and names it. */
function policyFile(): string {
  const file = join(directory.path, 'policy.json');
  writeFileSync(file, README.split('```json\n')[1]?.split('```')[0] ?? '');
  return file;
}

test('has no commands but those that the next tests run', () => {
  const commands = BLOCKS.flatMap((block) => block.match(/^[A-Za-z].*/gm) ?? []);
  expect(commands.map((command) => command.split(/[ =]/).slice(0, 2).join(' '))).toEqual([
    ...['npm ci', 'npm start', 'npm ci', 'npx cdk', 'aws ssm', 'aws ssm'],
    ...['TOKEN $(curl', 'curl -i', 'curl -i', 'aws ssm'],
  ]);
});

test('leads from the parameters to a token, a call with it, and the upstream', async () => {
  const deployed = BLOCKS.findIndex((block) => block.startsWith('aws ssm'));
  const [parameters = '', token = '', call = '', upstream = ''] = BLOCKS.slice(deployed);
  const initial = (name: string, value: string) =>
    `aws ssm put-parameter --cli-input-json '{"Name":"/alb-jwt-authorizer/${name}","Value":"${value}","Overwrite":true}'`;
  await inShell([initial('upstream', 'whoami'), initial('audience', 'another')]);
  const called = () => inShell([token, call]);
  const before = await eventually(called, (output) => output.includes('audience_mismatch'));
  expect(statusesIn(before)).toEqual([401, 401]);

  await inShell([parameters]);
  const whoami = await eventually(called, (output) => output.includes('"client_id"'));
  expect(statusesIn(whoami)).toEqual([401, 200]);
  expect(whoami).toContain(`"subject":"${DEMO.clientId}"`);

  await inShell([upstream]);
  const echoed = await eventually(called, (output) => output.includes('x-jwt-subject'));
  expect(statusesIn(echoed)).toEqual([401, 200]);
});

/** How the tests run each inline command. */
const RUN: Readonly<Record<string, (command: string) => Promise<unknown>>> = {
  'npm run init -- https://YOUR-ISSUER': async (command) => {
    const file = join(directory.path, 'written.json');
    const run = await tool(command, '', ['--audience', DEMO.audience, '--output', file]);
    expect({ ...run, stdout: '' }).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ unmatched: 'deny' });
    for (const step of ['npm run policy -- put', 'TOKEN=', 'curl -i']) expect(run.stdout).toContain(step);
  },
  'npm run doctor': async (command) => {
    const port = new URL(ssm()).port;
    // The ports of this stack are not in a row, as the doctor expects them without other arguments.
    const { status, stdout } = await tool(command, '', ['--local', '--port', String(Number(port) - 2)]);
    expect({ status, stdout }).toEqual({ status: 0, stdout });
  },
  'npm run check-config -- FILE': async (command) => {
    expect(await tool(command, policyFile())).toMatchObject({ status: 0, stderr: '' });
  },
  'npm run policy -- put FILE': async (command) => {
    const put = (...more: string[]) =>
      tool(command, policyFile(), ['--endpoint-url', ssm(), '--yes', ...more]);
    // The README says that its open route has to be accepted.
    const rejected = await put();
    expect(rejected).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('Correct what you did not intend'),
    });
    const [, accepted = ''] = /--accept '(.*)'/.exec(rejected.stdout) ?? [];
    const run = await put('--accept', accepted);
    expect(run).toEqual({ ...run, status: 0 });
    expect(run.stdout).toContain('In force');
  },
  'npm run explain -- --request-id ID': async (command) => {
    const response = await fetch(`${stack.url('Load balancer')}/api/orders/1`);
    const logGroup = /--log-group (\S+)/.exec(stack.output())?.[1] ?? '';
    const id = response.headers.get('x-request-id') ?? '';
    const { stdout } = await tool(command, id, ['--endpoint-url', ssm(), '--log-group', logGroup]);
    expect(stdout).toContain('token_missing');
  },
  // Whoever reads this has run it.
  'npm test': () => Promise.resolve(),
};

test('runs each command within a sentence', async () => {
  const commands = [...new Set(INLINE.filter((command) => !CDK.test(command)))];
  expect(commands.toSorted()).toEqual(Object.keys(RUN).toSorted());
  for (const [command, run] of Object.entries(RUN)) await run(command);
});

test('deploys and destroys with commands that the CDK CLI has, and stages that can be synthesized', async () => {
  const all = [...BLOCKS.flatMap((block) => block.trim().split(' && ')), ...INLINE];
  const commands = all.flatMap((command) => {
    const [, verb, stage] = CDK.exec(command) ?? [];
    return verb === undefined ? [] : [{ verb, stage }];
  });
  expect(new Set(commands.map(({ verb }) => verb))).toEqual(new Set(['bootstrap', 'deploy', 'destroy']));
  expect(new Set(commands.flatMap(({ stage }) => stage ?? []))).toEqual(new Set(['production', 'trial']));
  for (const { stage } of commands) {
    if (stage === undefined) continue;
    expect(existsSync(join(await testAssembly({ stage }), 'manifest.json'))).toBe(true);
  }
});
