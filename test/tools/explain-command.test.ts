import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Ssm } from '../../local/ssm/server.ts';
import { createKey } from '../support/keys.ts';
import { temporaryDirectory } from '../support/local-stack-fixtures.ts';
import type { RecordingUpstream } from '../support/recording-upstream.ts';
import { AUDIENCE, claimsOf, ISSUER, mint, NOW } from '../support/tokens.ts';
import { runTool } from './run-tool.ts';
import { startKeyEndpoint, startParameters } from './tool-fixtures.ts';

jest.setTimeout(60_000);

const key = createKey('ES256', 'key-1');
const token = mint(key, claimsOf());
const explainToken = (input: string, ...args: string[]) =>
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

describe('the status is', () => {
  test('0 where the request goes on', async () => {
    const { status, stdout, stderr } = await explainToken(`Bearer ${token}\n`, ...given);
    expect(stderr).toBe('');
    expect(stdout).toContain('Verdict: allowed\n');
    expect(stdout).toContain('  x-jwt-subject: client-1\n');
    expect(status).toBe(0);
  });
  test('1 where it does not', async () => {
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
  test('1 where the configuration is not valid, and its problems are told', async () => {
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
    verified: true,
    claims: { sub: 'client-1' },
    verdict: { allowed: true, status: 200 },
  });
  expect(status).toBe(0);
});

test('nothing is fetched offline, and nothing but that fails', async () => {
  const before = endpoint.received.length;
  const { status, stdout } = await explainToken(token, ...given, '--offline');
  expect(stdout).toContain('not fetched, because of --offline');
  expect(stdout.match(/^FAIL/gm)).toHaveLength(1);
  expect({ status, fetched: endpoint.received.length - before }).toEqual({ status: 1, fetched: 0 });
});

describe('arguments', () => {
  test.each([
    [['--token', token], 'A token on the command line stays in the shell'],
    [[`--token=${token}`], 'A token on the command line stays in the shell'],
    [['--token', 'opaque'], '--token takes only -'],
    [['--token', '-', '--header', `Authorization: Bearer ${token}`], 'A token on the command line'],
    [['--token', '-', '--header', 'Authorization: Bearer opaque'], '--header takes no credentials'],
    [['--token', '-', 'opaque'], 'There is an argument without a name'],
    [[], '--token - is missing. Pipe it in: pbpaste | npm run explain -- --token -'],
    [['--token', '-', '--request', 'https://x/api'], '--request takes a method in upper case and a path'],
    [['--token', '-', '--carrier', 'cookie'], '--carrier takes HEADER, cookie:NAME, query:NAME'],
    [['--token', '-', '--policy', 'x.json'], '--policy goes with --issuer and --audience'],
    [['--token', '-', '--issuer', 'https://a.example'], '--issuer goes with --audience, unless it is "none"'],
    [['--token', '-', '--path', '/app', '--issuer', 'x'], 'take one'],
    [['--token', '-', '--now', 'noon'], '--now takes a time such as'],
    [['--token', '-', '--requst', 'x'], 'did you mean --request?'],
  ])('%#: %s', async (args, message) => {
    const { status, stdout, stderr } = await runTool('explain', args);
    const last = stderr.split('\n\n').at(-1);
    expect(last).toContain(message);
    expect(stderr).not.toContain(token.slice(0, 20));
    expect(last).not.toContain('opaque');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
  test('--help tells them all', async () => {
    const { status, stdout } = await runTool('explain', ['--help']);
    for (const name of ['--token -', '--request', '--path', '--policy', '--offline', '--json']) {
      expect(stdout).toContain(name);
    }
    expect(status).toBe(0);
  });
});
