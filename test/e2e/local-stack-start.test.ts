import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, describe, expect, test } from '@jest/globals';
import { AWS_CLI, unconfiguredEnvironment } from '../support/aws-cli.ts';
import { eventually, isAlive } from '../support/local-stack-fixtures.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TSX = fileURLToPath(new URL('../../node_modules/tsx/dist/cli.mjs', import.meta.url));
const run = promisify(execFile);

let child: ChildProcess | undefined;
let blocker: Server | undefined;
afterEach(async () => {
  blocker?.close();
  blocker = undefined;
  if (child && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGINT');
    await once(child, 'exit');
  }
  child = undefined;
});

function start(...args: string[]) {
  const started = spawn(process.execPath, [TSX, 'local/start.ts', ...args], { cwd: ROOT });
  child = started;
  let output = '';
  started.stdout.on('data', (chunk) => {
    output += chunk;
  });
  started.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const ended = once(started, 'close').then(([code]) => ({ code: code as number | null, output }));
  return { child: started, output: () => output, ended };
}

const ready = (output: () => string) => eventually(output, (text) => text.includes('Ctrl-C ends'), 60_000);
const pidsOf = (text: string, part: 'keeper' | 'lambda') =>
  [...text.matchAll(new RegExp(`^${part} .* process (\\d+) started`, 'gm'))].map(([, pid]) => Number(pid));

describe('the printed commands', () => {
  test('work as printed, in their order', async () => {
    const { output, child: started } = start(
      '--port',
      '0',
      '--as',
      'verified-access',
      '--authorizer',
      'http',
    );
    const printed = await ready(output);
    const commands = printed.split('\n').flatMap((line) => /^ {4}(\S.*)$/.exec(line)?.[1] ?? []);
    expect(commands).toHaveLength(14);
    let script = '';
    const statuses: (string | undefined)[] = [];
    let snapshot = '';
    let invocation = '';
    let explanation = '';
    for (const command of commands) {
      if (command.startsWith('aws ') && !AWS_CLI) {
        if (command.includes('put-parameter')) await putWithSdk(command);
        continue;
      }
      // One shell would keep the token; so do assignments put before each command.
      if (/^\w+=/.test(command)) script = `${command}\n`;
      // /dev/stdout can be opened where it is a terminal, a file or a pipe, but not the socket that Node.js gives.
      const { stdout } = await run('bash', ['-c', `${script}{ ${command}\n} | cat`], {
        env: unconfiguredEnvironment(),
      });
      if (command.startsWith('aws s3 cp')) snapshot = stdout;
      if (command.startsWith('aws lambda invoke')) invocation = stdout;
      if (command.startsWith('npm run --silent explain')) explanation = stdout;
      if (command.includes('curl -i')) statuses.push(/^HTTP\/1\.1 (\d+)/.exec(stdout)?.[1]);
    }
    expect(statuses).toEqual(['401', '200', '401', '200', '200', '200', '401', '200']);

    expect(explanation).toContain('Verdict   401 token_missing: A bearer token is required\n');

    if (AWS_CLI) {
      expect(invocation).toContain('"StatusCode": 200');
      // A function that does not know these events yet has written nothing.
      if (!output().includes('keeper failed')) expect(JSON.parse(snapshot)).toBeInstanceOf(Object);
    }

    const pids = [...pidsOf(output(), 'lambda'), ...pidsOf(output(), 'keeper')];
    expect(pids.length).toBeGreaterThanOrEqual(2);
    expect(pids.filter(isAlive)).toEqual(pids);
    started.kill('SIGINT');
    const [code] = await once(started, 'exit');
    expect(code).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
  }, 120_000);
});

test('without the keeper nothing is said of it, and a cold start answers each request', async () => {
  const { output } = start('--port', '0', '--no-keeper', '--cold');
  const printed = await ready(output);
  expect(printed).not.toMatch(/keeper|aws s3|aws lambda/);
  const url = /http:\/\/localhost:\d+\/api\/anything/.exec(printed)?.[0] ?? '';
  for (let i = 0; i < 2; i++) expect((await fetch(url)).status).toBe(401);
  await eventually(() => pidsOf(output(), 'lambda'), (started) => started.length === 2); // biome-ignore format: one line
}, 90_000);

test('nothing outlives a start that is killed', async () => {
  const { output, child: started } = start('--port', '0');
  const url = /http:\/\/localhost:\d+\/api\/anything/.exec(await ready(output))?.[0] ?? '';
  expect((await fetch(url)).status).toBe(401);
  const pids = await eventually(
    () => [...pidsOf(output(), 'lambda'), ...pidsOf(output(), 'keeper')],
    (seen) => seen.length === 2 && seen.every(isAlive),
  );
  // tsx runs the start in a child of its own.
  const { stdout } = await run('pgrep', ['-P', String(started.pid)]);
  process.kill(Number(stdout.trim().split('\n')[0]), 'SIGKILL');
  await eventually(() => pids.filter(isAlive), (alive) => alive.length === 0); // biome-ignore format: one line
}, 90_000);

test('a taken port ends the start at once, and names the port, the part and what to do', async () => {
  const server = createServer();
  blocker = server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const taken = (server.address() as { port: number }).port;
  const { code, output } = await start('--port', String(taken)).ended;
  expect(code).toBe(1);
  expect(output).toContain(`Port ${taken}, wanted by the load balancer, is in use by another process.`);
  expect(output).toContain('npm start -- --port');
}, 30_000);

test('arguments that are not there are refused', async () => {
  const { code, output } = await start('--prot', '1').ended;
  expect(code).toBe(2);
  expect(output).toContain(
    'There are --port N, --as SERVICE, --authorizer KIND, --cold, --no-keeper, -c NAME=VALUE and --help.',
  );
});

async function putWithSdk(command: string): Promise<void> {
  const option = (name: string) => new RegExp(`--${name} (\\S+)`).exec(command)?.[1] ?? '';
  const client = new SSMClient({
    endpoint: option('endpoint-url'),
    region: option('region'),
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await client.send(
    new PutParameterCommand({
      Name: option('name'),
      Type: 'StringList',
      Value: option('value'),
      Overwrite: true,
    }),
  );
  client.destroy();
}
