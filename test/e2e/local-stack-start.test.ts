import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
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
const functionPid = (text: string) => Number(/process (\d+) started/.exec(text)?.[1]);

describe('the printed commands', () => {
  let cliInstalled = false;
  beforeAll(async () => {
    cliInstalled = await run('bash', ['-c', 'aws --version']).then(() => true, () => false); // biome-ignore format: one line
  });

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
    expect(commands).toHaveLength(11);
    let script = '';
    const statuses: (string | undefined)[] = [];
    for (const command of commands) {
      if (command.startsWith('aws ') && !cliInstalled) {
        await putWithSdk(command);
        continue;
      }
      // One shell would keep the token; so do assignments put before each command.
      if (/^\w+=/.test(command)) script = `${command}\n`;
      const { stdout } = await run('bash', ['-c', `${script}${command}`], { env: shellEnvironment() });
      if (command.includes('curl -i')) statuses.push(/^HTTP\/1\.1 (\d+)/.exec(stdout)?.[1]);
    }
    expect(statuses).toEqual(['401', '200', '401', '200', '200', '200', '401', '200']);

    const pid = functionPid(output());
    expect(isAlive(pid)).toBe(true);
    started.kill('SIGINT');
    const [code] = await once(started, 'exit');
    expect(code).toBe(0);
    expect(isAlive(pid)).toBe(false);
  }, 120_000);
});

test('nothing outlives a start that is killed', async () => {
  const { output, child: started } = start('--port', '0');
  const url = /http:\/\/localhost:\d+\/api\/anything/.exec(await ready(output))?.[0] ?? '';
  expect((await fetch(url)).status).toBe(401);
  const pid = await eventually(() => functionPid(output()), (seen) => isAlive(seen)); // biome-ignore format: one line
  // tsx runs the start in a child of its own.
  const { stdout } = await run('pgrep', ['-P', String(started.pid)]);
  process.kill(Number(stdout.trim().split('\n')[0]), 'SIGKILL');
  await eventually(() => isAlive(pid), (alive) => !alive); // biome-ignore format: one line
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
    'There are --port N, --as SERVICE, --authorizer KIND, --cold, --no-keeper and --help.',
  );
});

/** As on a machine where nothing of AWS is configured. */
function shellEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^AWS_|_proxy$/i.test(name));
  return { ...Object.fromEntries(kept), AWS_EC2_METADATA_DISABLED: 'true' };
}

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
