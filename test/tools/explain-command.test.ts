import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Ssm } from '../../local/ssm/server.ts';
import { ArgumentError } from '../../tools/arguments.ts';
import { parseExplainArguments } from '../../tools/explain/arguments.ts';
import { createKey } from '../support/keys.ts';
import { temporaryDirectory } from '../support/local-stack-fixtures.ts';
import type { RecordingUpstream } from '../support/recording-upstream.ts';
import { AUDIENCE, claimsOf, ISSUER, mint, NOW } from '../support/tokens.ts';
import { ROOT, runTool } from './run-tool.ts';
import { startKeyEndpoint, startParameters } from './tool-fixtures.ts';

const key = createKey('ES256', 'key-1');
const token = mint(key, claimsOf());
const explainToken = (input: string | Buffer, ...args: string[]) =>
  runTool('explain', ['--token', '-', ...args], { input });

let directory: ReturnType<typeof temporaryDirectory>;
let policy: string;
let endpoint: RecordingUpstream;
let ssm: Ssm;
let given: string[];
beforeAll(async () => {
  directory = temporaryDirectory();
  policy = join(directory.path, 'policy.json');
  writeFileSync(policy, JSON.stringify({ routes: [{ path: '/api/orders/*', scopes: ['orders:write'] }] }));
  endpoint = await startKeyEndpoint(key);
  const jwksUri = `${endpoint.origin}/jwks`;
  given = ['--issuer', ISSUER, '--audience', AUDIENCE, '--jwks-uri', jwksUri, '--now', String(NOW)];
  ssm = await startParameters({ issuer: ISSUER, audience: AUDIENCE, 'jwks-uri': jwksUri });
});
afterAll(async () => {
  await ssm.close();
  await endpoint.close();
  directory.remove();
});

test('--body gives the body of the request and makes it a POST; an authorizer does not get the body', async () => {
  const [mcp, body] = [join(directory.path, 'mcp.json'), join(directory.path, 'message.json')];
  writeFileSync(mcp, JSON.stringify({ routes: [{ path: '/api/*', mcp: { method: 'tools/list' } }] }));
  writeFileSync(body, JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }));
  const options = [...given, '--policy', mcp, '--header', 'Content-Type: application/json'];
  const { status, stdout } = await explainToken(token, ...options, '--body', body);
  expect(stdout).toContain('Request  POST /api/\n');
  expect(stdout).toContain('"tools/list" matches routes.0 (/api/* for tools/list)');
  expect(status).toBe(0);
  const authorizer = await explainToken(token, ...options, '--body', body, '--authorizer');
  expect(authorizer.stdout).toContain('routes.0.mcp: depends on the body, which an authorizer does not get');
  expect(authorizer.status).toBe(1);
  const missing = await explainToken(token, ...options, '--body', `${body}.none`);
  expect(missing.stderr).toContain(`${body}.none cannot be read: it does not exist.`);
  expect(missing.status).toBe(2);
});

describe('the status is', () => {
  test('0 if the request is let through', async () => {
    const { status, stdout, stderr } = await explainToken(`Bearer ${token}\n`, ...given);
    expect(stderr).toBe('');
    expect(stdout).toContain('Verdict: allowed\n');
    expect(stdout).toContain('  x-jwt-subject: client-1\n');
    expect(status).toBe(0);
  });
  test('1 if it is not', async () => {
    const { status, stdout } = await explainToken(
      token,
      ...given,
      '--policy',
      policy,
      '--request',
      'GET /api/orders/1',
    );
    expect(stdout).toContain('Verdict: 403 scope_missing: The token lacks a required scope');
    expect(status).toBe(1);
  });
  test('1 if the configuration is not valid, with its problems', async () => {
    const { status, stdout } = await explainToken(token, '--issuer', 'https://x.invalid', '--audience', 'a');
    expect(stdout).toContain('error: issuer: is still a placeholder');
    expect(status).toBe(1);
  });
});

test('the configuration may be the live one', async () => {
  const live = ['--path', '/app', '--endpoint-url', ssm.origin, '--now', '2026-09-21T14:13:20Z', '--json'];
  const { status, stdout, stderr } = await explainToken(token, ...live);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({
    signature: 'verified',
    claims: { sub: 'client-1' },
    verdict: { allowed: true, status: 200 },
  });
  expect(status).toBe(0);
});

describe('the paste may include the request', () => {
  const curl = `curl 'https://api.example.com/api/orders/1' \\\n  -H 'authorization: Bearer ${token}'\n`;
  test('as a curl command', async () => {
    const { status, stdout } = await explainToken(curl, ...given, '--policy', policy);
    expect(stdout).toContain('Request  GET /api/orders/1\n');
    expect(stdout).toContain('Note     method, path and headers are those of the curl command\n');
    expect(stdout).toContain('Verdict: 403 scope_missing');
    expect(status).toBe(1);
  });
  test('and an argument overrides it', async () => {
    const { stdout } = await explainToken(curl, ...given, '--policy', policy, '--request', 'GET /v2/x');
    expect(stdout).toContain('Request  GET /v2/x\n');
    expect(stdout).toContain('Verdict: 404 from the load balancer: ');
  });
  test('and a paste that cannot be read is a one-line error without the token', async () => {
    const { status, stderr, stdout } = await explainToken(`${curl.slice(0, -20)}`, ...given);
    expect(stderr).toMatch(/^The curl command ends within quotes: [^\n]+\nSee npm run explain -- --help\n$/);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
});

test('takes the access token from a token response, or the requested one', async () => {
  const response = JSON.stringify({ access_token: token, id_token: mint(key, claimsOf({ aud: 'web' })) });
  const access = await explainToken(response, ...given);
  expect(access.stdout).toContain(
    'the access_token of the token response was taken (--take id_token takes another)',
  );
  expect(access.status).toBe(0);
  const { stdout } = await explainToken(response, ...given, '--take', 'id_token');
  expect(stdout).toContain('Verdict: 401 audience_mismatch');
  const { stderr } = await explainToken(response, ...given, '--take', 'refresh_token');
  expect(stderr).toContain('The token response has no refresh_token: it has access_token and id_token.');
});

test('reads a file that PowerShell has written', async () => {
  const { stdout } = await explainToken(Buffer.from(`\ufeff${token}\r\n`, 'utf16le'), ...given);
  expect(stdout).toContain('Verdict: allowed\n');
});

test('explains a request without a token without standard input', async () => {
  const { status, stdout } = await runTool('explain', [
    '--token',
    'none',
    '--request',
    'GET /api/x',
    ...given,
  ]);
  expect({ status, stdout }).toEqual({
    status: 1,
    stdout: expect.stringContaining('Verdict: 401 token_missing'),
  });
  expect(stdout).not.toContain('Note');
});

test('says that the input is empty', async () => {
  const { status, stdout } = await explainToken('', ...given);
  expect(stdout).toContain('Note     nothing was pasted, so the request has no token: copy one first');
  expect(stdout).toContain('Verdict: 401 token_missing');
  expect(status).toBe(1);
});

describe('an error comes last, in one line:', () => {
  test('no parameters under the prefix', async () => {
    const { status, stderr, stdout } = await explainToken(
      token,
      '--path',
      '/nowhere',
      '--endpoint-url',
      ssm.origin,
      '--region',
      'eu-central-1',
    );
    expect(stderr).toMatch(
      /^There are no parameters under \/nowhere in eu-central-1\. Check --path [^\n]+\n$/,
    );
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  });
  test('no region', async () => {
    const env = { HOME: directory.path, AWS_CONFIG_FILE: '/dev/null' };
    const { stderr } = await runTool('explain', ['--token', '-'], { input: token, env });
    expect(stderr).toBe(
      'The parameters under /alb-jwt-authorizer could not be read: no region is set. Give --region, or set AWS_REGION.\n',
    );
  });
});

test("resolves a path from the user's working directory, wherever npm runs the command", async () => {
  const { stdout } = await new Promise<{ stdout: string }>((resolve) => {
    const args = ['--prefix', ROOT, 'run', '--silent', 'explain', '--', '--token', '-', ...given];
    const { INIT_CWD: _, ...env } = process.env;
    const child = execFile(
      'npm',
      [...args, '--policy', 'policy.json', '--offline', '--request', 'GET /api/orders/1'],
      { cwd: directory.path, env: { ...env, NODE_OPTIONS: '' } },
      (_error, out) => resolve({ stdout: out }),
    );
    child.stdin?.end(token);
  });
  expect(stdout).toContain('Verdict: 403 scope_missing');
});

describe('offline it fetches nothing, and the status is', () => {
  const offline = async (...args: string[]) => {
    const before = endpoint.received.length;
    const run = await explainToken(token, ...given, '--offline', ...args);
    return { ...run, fetched: endpoint.received.length - before };
  };
  test('3 if everything depends on the signature', async () => {
    const { status, stdout, fetched } = await offline();
    expect(stdout).toContain('Verdict: would be let through, if the signature is good\n');
    expect(stdout).not.toContain('FAIL');
    expect({ status, fetched }).toEqual({ status: 3, fetched: 0 });
  });
  test('1 if the request is rejected whatever the signature is', async () => {
    const { status, stdout, fetched } = await offline('--policy', policy, '--request', 'GET /api/orders/1');
    expect(stdout).toContain('Verdict: 403 scope_missing');
    expect({ status, fetched }).toEqual({ status: 1, fetched: 0 });
  });
});

describe('arguments', () => {
  test.each([
    [['--token', token], 'A token on the command line stays in the shell'],
    [[`--token=${token}`], 'A token on the command line stays in the shell'],
    [['--token', 'opaque'], '--token takes only -, for standard input, or none'],
    [['--token', '-', '--header', `Authorization: Bearer ${token}`], 'A token on the command line'],
    [['--token', '-', '--header', 'Authorization: Bearer opaque'], '--header takes no credentials'],
    [['--token', '-', 'opaque'], 'There is an argument without an option'],
    [[], '--token - is missing. Pipe it in: pbpaste | npm run explain -- --token -'],
    [['--token', '-', '--request', 'https://x/api'], '--request takes a method in upper case and a path'],
    [['--token', '-', '--carrier', 'cookie'], '--carrier takes HEADER, cookie:NAME, query:NAME'],
    [['--token', '-', '--policy', 'x.json'], '--policy needs --issuer and --audience'],
    [['--token', '-', '--issuer', 'https://a.example'], '--issuer needs --audience, unless it is "none"'],
    [['--token', '-', '--path', '/app', '--issuer', 'x'], 'use one or the other'],
    [['--token', '-', '--now', 'noon'], '--now takes a time such as'],
    [['--token', '-', '--requst', 'x'], 'did you mean --request?'],
    [['--token', '-', '--take', 'x'], '--take takes access_token, id_token, refresh_token.'],
    [['--token', '-', '--paths', 'api'], '--paths takes paths such as /api/*'],
    [
      ['--token', '-', '--authorizer', '--paths', '/x'],
      '--authorizer says that there is none: give one or the other',
    ],
  ])('%#: %s', (args, message) => {
    let error: unknown;
    try {
      parseExplainArguments(args, {});
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ArgumentError);
    const text = String(error);
    expect(text).toContain(message);
    expect(text).not.toMatch(/opaque|\n/);
    expect(text).not.toContain(token.slice(0, 20));
  });
  test.each([
    [['--token', token], 'A token on the command line stays in the shell'],
    [['--token', '-', '--endpoint-url', 'localhost:8082'], 'has no scheme: write http://localhost:8082.'],
  ])('end the command with one line and a pointer to the help: %#', async (args, message) => {
    const { status, stdout, stderr } = await runTool('explain', args);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^[^\n]+\nSee npm run explain -- --help\n$/);
    expect(stderr).not.toContain(token.slice(0, 20));
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
  test('--help lists them all', async () => {
    const { status, stdout } = await runTool('explain', ['--help']);
    for (const name of ['--token -', '--request', '--path', '--policy', '--offline', '--json']) {
      expect(stdout).toContain(name);
    }
    expect(status).toBe(0);
  });
});
