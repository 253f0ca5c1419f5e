import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startAuthorizationServer } from '../../local/identity/authorization-server.ts';
import { startUpstream } from '../../local/upstream.ts';
import { AWS_CLI } from '../support/aws-cli.ts';
import { eventually, isAlive, temporaryDirectory } from '../support/local-stack-fixtures.ts';
import { commandsIn, runAll, statusesOf } from '../support/printed-commands.ts';
import { endStarted, runStart, type StartedStack } from '../support/started-stack.ts';

/** Where the stacks that a test starts put their assemblies. */
let temporary: ReturnType<typeof temporaryDirectory>;
const opened: { close(): unknown }[] = [];
beforeEach(() => {
  temporary = temporaryDirectory();
});
afterEach(async () => {
  await endStarted();
  expect(readdirSync(temporary.path).filter((name) => name.startsWith('alb-'))).toEqual([]);
  temporary.remove();
  for (const one of opened.splice(0)) await one.close();
});

const start = (...args: string[]) => runStart(args, { TMPDIR: temporary.path });
const ready = ({ printed }: StartedStack) => printed('Ctrl-C stops');
const pidsOf = (text: string, part: 'keeper' | 'lambda') =>
  [...text.matchAll(new RegExp(`^${part} .* process (\\d+) started`, 'gm'))].map(([, pid]) => Number(pid));
describe('the printed commands', () => {
  test('work as printed, in order, with only curl', async () => {
    const stack = start('--port', '0', '--as', 'verified-access', '--authorizer', 'http', '--verbose');
    const commands = commandsIn(await ready(stack));
    expect(commands).toHaveLength(17);
    const results = await runAll(commands);
    expect(statusesOf(results)).toEqual(['401', '200', '401', '200', '200', '200', '401', '200']);

    const printed = (part: string) => results.find(([command]) => command.includes(part))?.[1] ?? '';
    expect(printed('explain')).toContain('Verdict   401 token_missing: A bearer token is required\n');
    expect(JSON.parse(printed('/snapshots/'))).toMatchObject({ parametersReadAt: expect.any(Number) });
    expect(JSON.parse(printed('/invocations'))).toMatchObject({ refused: [] });
    if (AWS_CLI) expect(JSON.parse(printed('aws ssm'))).toMatchObject({ Version: 5 });
    expect(commands.filter((command) => /^(?:aws|npm) /.test(command))).toHaveLength(2);

    expect(stack.output()).toMatch(/^parameter {2}audience = other$/m);
    expect(stack.output()).toMatch(/^config {2}in force: audience$/m);

    const pids = [...pidsOf(stack.output(), 'lambda'), ...pidsOf(stack.output(), 'keeper')];
    expect(pids.length).toBeGreaterThanOrEqual(2);
    expect(pids.filter(isAlive)).toEqual(pids);
    stack.child.kill('SIGINT');
    expect(await stack.ended).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  test('lead through MCP, from a 401 to a tool that needs more scope', async () => {
    const stack = start('--port', '0', '--mcp', '--no-keeper', '--as', 'alb-oidc');
    const printed = await ready(stack);
    const url = stack.url('MCP server');
    expect(url).toBe(`${stack.url('Load balancer')}/api/mcp`);
    const results = await runAll(commandsIn(printed));
    expect(statusesOf(results)).toEqual([
      '401',
      '200',
      '403',
      '200',
      '401',
      '200',
      '401',
      '200',
      '200',
      '200',
    ]);

    const [denied, resource, server, , listed, rejected, , deleted] = results.map(([, text]) => text);
    const challenge = `scope="orders:read", resource_metadata="${new URL(url).origin}/.well-known/oauth-protected-resource/api/mcp"`;
    expect(denied).toContain(challenge);
    expect(JSON.parse(resource ?? '')).toMatchObject({ resource: url });
    expect(JSON.parse(server ?? '')).toMatchObject({ issuer: stack.url('Authorization server') });
    expect(listed).toContain(String.raw`\"x-jwt-client-id\":\"demo-client\"`);
    expect(rejected).toContain('error="insufficient_scope", scope="orders:read orders:write"');
    expect(deleted).toContain(String.raw`\"deleted\":\"1\"`);
  });

  test('work with your own application and provider', async () => {
    const seen: string[] = [];
    const issuer = await startAuthorizationServer({ port: 0, onServed: () => {}, log: () => {} });
    const application = await startUpstream({ port: 0, onServed: ({ path }) => seen.push(path) });
    opened.push(issuer, application);
    const stack = start(
      ...['--port', '0', '--issuer', issuer.origin, '--audience', 'x,api.example.com'],
      ...['--upstream', `${application.origin}/base`],
    );
    const printed = await ready(stack);
    expect(printed).toContain(`of ${issuer.origin}, for x or api.example.com`);
    expect(printed).not.toMatch(/demo-client|outage/);
    const response = await fetch(`${issuer.origin}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('demo-client:demo-secret').toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token: token } = (await response.json()) as { access_token: string };
    expect(statusesOf(await runAll(commandsIn(printed), token))).toEqual(['401', '200', '401', '200']);
    expect(new Set(seen)).toEqual(new Set(['/base/api/anything']));
  });
});

test('prints one line per request, with the decision, and neither metrics nor JSON', async () => {
  const stack = start('--port', '0', '--authorizer', 'rest');
  await ready(stack);
  await fetch(`${stack.url('Load balancer')}/api/one?secret=1`);
  await fetch(`${stack.url('API')}/api/two`);
  await fetch(`${stack.url('Load balancer')}/elsewhere`);
  const printed = await stack.printed('/elsewhere');
  expect(printed).toMatch(
    /^401 {2}GET \/api\/one {2}token_missing {2}no credential in authorization {2}\d+ ms/m,
  );
  expect(printed).toMatch(/^401 {2}GET \/api\/two at the API {2}token_missing {2}no credential/m);
  expect(printed).toMatch(/^404 {2}GET \/elsewhere {2}the function was not called {2}\d+ ms$/m);
  expect(printed).not.toMatch(/secret=|_aws|Invoke Error|threw|^\{/m);
});

test('with --no-keeper --cold, prints nothing about the keeper and serves each request with a cold start', async () => {
  const stack = start('--port', '0', '--no-keeper', '--cold', '--verbose');
  const printed = await ready(stack);
  expect(printed).not.toMatch(/keeper|snapshot|invocations/);
  for (let i = 0; i < 2; i++) {
    expect((await fetch(`${stack.url('Load balancer')}/api/anything`)).status).toBe(401);
  }
  await eventually(() => pidsOf(stack.output(), 'lambda'), (started) => started.length >= 2); // biome-ignore format: one line
});

test('two stacks that start at the same instant in one clone take separate ports, work, and say how commands find them', async () => {
  const stacks = [start(), start()];
  const screens = await Promise.all(stacks.map(ready));
  const urls = stacks.map(({ url }) => url('Load balancer'));
  expect(new Set(urls).size).toBe(2);
  for (const [index, url] of urls.entries()) {
    expect((await fetch(`${url}/api/anything`)).status).toBe(401);
    const printed = await stacks[index]?.printed('token_missing');
    const { port } = new URL(url);
    const isFirst = port === '8080';
    if (!isFirst) expect(printed).toContain(`the load balancer listens on ${port}.`);
    const advice = /\(commands: --local --port (\d+)\)/.exec(screens[index] ?? '');
    expect(advice?.[1]).toBe(isFirst ? undefined : port);
  }
});

test('leaves no process when it is killed', async () => {
  const stack = start('--port', '0', '--verbose');
  await ready(stack);
  expect((await fetch(`${stack.url('Load balancer')}/api/anything`)).status).toBe(401);
  const pids = await eventually(
    () => [...pidsOf(stack.output(), 'lambda'), ...pidsOf(stack.output(), 'keeper')],
    (seen) => seen.length >= 2 && seen.every(isAlive),
  );
  stack.child.kill('SIGKILL');
  await eventually(() => pids.filter(isAlive), (alive) => alive.length === 0); // biome-ignore format: one line
  await stack.ended;
  // The killed process could not remove it.
  const [left = ''] = readdirSync(temporary.path);
  expect(left).toMatch(/^alb-jwt-authorizer-/);
  temporary.remove();
  temporary = temporaryDirectory();
});

test('Ctrl-C during the start ends it at once, silently and completely', async () => {
  const stack = start('--port', '0');
  await stack.printed('Synthesizing');
  await eventually(() => readdirSync(temporary.path), (names) => names.length > 0); // biome-ignore format: one line
  stack.child.kill('SIGINT');
  expect(await stack.ended).toBe(130);
  expect(stack.errors()).toBe('');
});

describe('the last line says what is wrong and what to do, after', () => {
  const lastOf = ({ errors }: StartedStack) => errors().trimEnd().split('\n').at(-1);

  test('a taken port in --port', async () => {
    const server: Server = createServer();
    opened.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const taken = (server.address() as { port: number }).port;
    const stack = start('--port', String(taken));
    expect(await stack.ended).toBe(1);
    expect(stack.errors()).toMatch(
      new RegExp(
        `^Port ${taken}, which the load balancer needs, is in use by another process\\. .*leave out --port.*\\n$`,
      ),
    );
  });

  test('an unknown option', async () => {
    const stack = start('--prt', '1');
    expect(await stack.ended).toBe(2);
    expect(stack.errors()).toMatch(/^[^\n]*--prt\b[^\n]* did you mean --port\?\n$/);
    expect(stack.output()).toBe('');
  });

  test("no listener rule for the MCP server's path", async () => {
    const stack = start('--port', '0', '--mcp', '-c', 'paths=/v2/*');
    expect(await stack.ended).toBe(1);
    expect(stack.errors()).toMatch(
      /^No listener rule matches http:\/\/localhost:\d+\/api\/mcp, which --mcp needs .*\.\n$/,
    );
  });

  test("an option that the app rejects, following the app's own message", async () => {
    const stack = start('--port', '0', '-c', 'pahts=/v2/*');
    expect(await stack.ended).toBe(1);
    expect(stack.errors()).toContain('pahts');
    expect(lastOf(stack)).toMatch(/^The CDK app could not be synthesized .*: fix the errors above\.$/);
  });
});

test('npm starts it with a command that works in every shell', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(scripts.start).toBe('node --import tsx local/start.ts');
  // cmd.exe does not know these, or knows them as something else.
  expect(Object.values(scripts).filter((script) => /^(?:exec|env|\.|[A-Z_]+=)|[;|$`]/.test(script))).toEqual(
    [],
  );
});
