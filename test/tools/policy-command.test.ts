import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Ssm } from '../../local/ssm/server.ts';
import { ArgumentError } from '../../tools/arguments.ts';
import { runOf } from '../../tools/policy/run.ts';
import { freePort } from '../support/free-port.ts';
import { createKey } from '../support/keys.ts';
import { temporaryDirectory } from '../support/local-stack-fixtures.ts';
import { HAS_TERMINAL } from '../support/started-stack.ts';
import { claimsOf, ISSUER, mint } from '../support/tokens.ts';
import { ROOT, runTool } from './run-tool.ts';
import { startParameters } from './tool-fixtures.ts';

const POLICY = JSON.stringify({ unmatched: 'deny', routes: [{ path: '/api/x', scopes: ['a'] }] });
const token = mint(createKey('ES256', 'key-1'), claimsOf({ jti: 'the-jti' }));

let directory: ReturnType<typeof temporaryDirectory>;
let file: string;
let ssm: Ssm;
beforeAll(() => {
  directory = temporaryDirectory();
  file = join(directory.path, 'policy.json');
  writeFileSync(file, POLICY);
});
beforeEach(async () => {
  ssm = await startParameters({ issuer: ISSUER, audience: 'api.example.com' });
});
afterEach(() => ssm.close());
afterAll(() => directory.remove());

const place = () => ['--path', '/app', '--endpoint-url', ssm.origin];
const policy = (args: readonly string[], input = '') => runTool('policy', [...args, ...place()], { input });
const stored = (name: string): string => {
  const { Parameter } = ssm.execute('GetParameter', { Name: `/app/${name}` }) as {
    Parameter: { Value: string };
  };
  return Parameter.Value;
};

describe('a command line', () => {
  test.each<[readonly string[], RegExp]>([
    [[], /^Name a subcommand first: diff, put/],
    [['rolback'], /did you mean rollback\?/],
    [['put'], /^Name a policy FILE/],
    [['revoke', '--issuer', ISSUER], /^Say what to revoke/],
    [['revoke', '--jti', '1', '--issued-before', 'now'], /^Combine --issued-before only with --sub/],
    [['revoke', '--token', '-', '--jti', '1'], /^--token - says what to revoke/],
    [['revoke', '--token', '-', '--by', 'aud'], /^--by takes jti, sub, client_id/],
    [
      ['revoke', '--issued-before', '2026-01-01'],
      /^--issued-before is in the future, 2026-01-01 00:00:00 UTC/,
    ],
    [['revoke', '--issued-before', '2026-02-30'], /^--issued-before takes a time/],
    [['unrevoke', '--issued-before', 'now'], /^To unrevoke, give --issued-before the exact time/],
    [['rollback', '--to', 'yesterday'], /^--to/],
    [['put', '--if-version', 'policy', '--issuer', 'x'], /^--if-version takes NAME=VERSION/],
    [['status', '--local', '--port', '65534'], /^--port takes a whole number from 1 to 65533/],
    [
      ['put', '--issuer', 'x', '--if-version', 'policy=1', '--if-version', 'policy=2'],
      /^--if-version names a parameter twice/,
    ],
  ])('with an error gets a message that says what would be valid: %j', (args, message) => {
    expect(() => runOf(args, 0)).toThrow(message);
    expect(() => runOf(args, 0)).toThrow(ArgumentError);
  });

  test.each([
    ['revoke', '--token', token],
    ['revoke', '--jti', token],
    ['revoke', token],
    ['revoke', 'opaque-token-1234567890'],
    ['revoke', '--token', 'opaque-token-1234567890'],
  ])('with a token on it is rejected without repeating the token: %#', (...args) => {
    expect(() => runOf(args, 0)).toThrow(ArgumentError);
    expect(() => runOf(args, 0)).not.toThrow(/eyJ|opaque-token/);
  });

  test.each([[[]], [['--path', '/app']]])(
    'for a stack of npm start that is not running blames the port, not an option that is not there: %j',
    async (more) => {
      const port = (await freePort()) - 2;
      const { status, stderr } = await runTool('policy', [
        'status',
        '--local',
        '--port',
        String(port),
        ...more,
      ]);
      expect(stderr).toBe(
        `There is no stack to work on: no stack of npm start responds at http://localhost:${port + 2}. Run npm start in another terminal, and give the --port that it prints, if it prints one.\n`,
      );
      expect(status).toBe(1);
    },
  );

  test('with an error has status 2, and the error says where to find help', async () => {
    const { status, stdout, stderr } = await policy(['revoke', '--token', token]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^A token on the command line .*\nSee npm run policy -- --help\n$/s);
  });

  test('that writes needs --yes if nobody can be asked', async () => {
    const { status, stderr } = await policy(['put', file]);
    expect(status).toBe(2);
    expect(stderr).toContain('There is no terminal to ask on, so nothing was written. Add --yes');
    expect(stored('policy')).toBe('{}');
  });
});

describe('with --json standard output has one document', () => {
  const json = async (args: readonly string[], input = '') => {
    const { status, stdout, stderr } = await policy([...args, '--json'], input);
    return { status, stderr, document: JSON.parse(stdout) };
  };

  test('for each subcommand, and everything else goes to standard error', async () => {
    expect(await json(['diff', file])).toMatchObject({
      status: 0,
      document: { command: 'diff', ok: true, order: ['policy'] },
    });
    expect(await json(['put', file, '--yes', '--no-wait'])).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('Put policy: version 2, replacing 1.'),
      document: { written: [{ name: 'policy', version: 2 }], force: { state: 'pending' } },
    });
    expect(await json(['revoke', '--jti', 'a', '--yes', '--no-wait'])).toMatchObject({
      document: { command: 'revoke', added: [`${ISSUER}: jti a`] },
    });
    expect(await json(['unrevoke', '--jti', 'a', '--yes', '--no-wait'])).toMatchObject({
      document: { removed: [`${ISSUER}: jti a`] },
    });
    expect(await json(['status', file])).toMatchObject({ status: 0, document: { differs: [] } });
    expect(await json(['rollback', '--to', 'policy=1', '--yes', '--no-wait'])).toMatchObject({ status: 0 });
    expect(await json(['status', file])).toMatchObject({ status: 1, document: { differs: ['policy'] } });
  });

  test('even for a rejection and a failure', async () => {
    writeFileSync(join(directory.path, 'bad.json'), '{"routes":1}');
    expect(await json(['put', join(directory.path, 'bad.json'), '--yes'])).toMatchObject({
      status: 1,
      document: { ok: false, problems: [expect.stringMatching(/^policy: routes/)] },
    });
    ssm.setFault('throttle', { operations: ['PutParameter'] });
    expect(await json(['put', file, '--yes'])).toMatchObject({
      status: 1,
      document: { ok: false, written: [], left: ['policy'], stop: { kind: 'failed' } },
      stderr: expect.stringContaining('/app/policy could not be put: there were too many calls.'),
    });
    ssm.setFault('throttle');
    expect(await json(['status'])).toMatchObject({
      status: 1,
      document: { ok: false, error: expect.stringContaining('The parameters under /app could not be read') },
    });
  });
});

const WAITING = 'Nothing can observe all verifiers';

test('a CI job that is terminated says what was put, as one document', async () => {
  const args = ['tools/policy.ts', 'put', file, '--yes', '--json', ...place()];
  const child = spawn(process.execPath, args, { cwd: ROOT, env: { ...process.env, NODE_OPTIONS: '' } });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    text.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    const isNew = !text.err.includes(WAITING);
    text.err += chunk;
    // Only once: a second signal ends the command without output.
    if (isNew && text.err.includes(WAITING)) child.kill('SIGTERM');
  });
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
  expect(JSON.parse(text.out)).toMatchObject({ written: [{ name: 'policy' }], force: { state: 'pending' } });
});

test('repeats a put whose first attempt got no response', async () => {
  ssm.setFault('hang', { operations: ['PutParameter'], times: 1 });
  expect((await policy(['put', file, '--yes', '--no-wait'])).status).toBe(0);
  expect(stored('policy')).toBe(POLICY);
});

test('revokes a token from standard input and never prints it', async () => {
  const args = ['revoke', '--token', '-', '--yes', '--no-wait'];
  const { status, stdout, stderr } = await policy(args, `Authorization: Bearer ${token}\n`);
  expect(status).toBe(0);
  expect(JSON.parse(stored('revocations'))).toEqual({ [ISSUER]: { jti: ['the-jti'] } });
  const [header = '', claims = '', signature = ''] = token.split('.');
  for (const part of [header, claims, signature]) expect(stdout + stderr).not.toContain(part);
});

test('explains that a place has no parameters', async () => {
  const { status, stderr } = await runTool('policy', [
    'status',
    '--path',
    '/none',
    '--endpoint-url',
    ssm.origin,
  ]);
  expect(status).toBe(1);
  expect(stderr).toContain(
    `There are no parameters under /none at ${ssm.origin}: check --path and the address.`,
  );
});

(HAS_TERMINAL ? describe : describe.skip)('on a terminal', () => {
  /** Runs the command on a terminal, and types keys once a question or another text appears. */
  function onTerminal(args: readonly string[], waitFor: string, keys: string, before = '') {
    const words = [process.execPath, 'tools/policy.ts', ...args, ...place()];
    const line = `${before}${words.map((word) => `'${word}'`).join(' ')}`;
    const env = { ...process.env, TERM: 'xterm', NODE_OPTIONS: '', NO_COLOR: '1', FORCE_COLOR: undefined };
    const child = spawn('script', ['-qfec', line, '/dev/null'], { cwd: ROOT, env });
    let text = '';
    let answered = false;
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (answered || !text.includes(waitFor)) return;
      answered = true;
      child.stdin.write(keys);
    });
    return new Promise<{ status: number | null; text: string }>((resolve) => {
      child.on('close', (status) => resolve({ status, text }));
    });
  }
  const QUESTION = '[y/N] ';

  test.each([
    ['Enter alone', '\r', 1, 'Nothing was written.'],
    ['another letter', 'n\r', 1, 'Nothing was written.'],
    ['the end of input', '\u0004', 1, 'Nothing was written.'],
    ['Ctrl-C', '\u0003', 130, 'Interrupted: nothing was written.'],
  ])('%s at the question writes nothing', async (_, keys, wanted, said) => {
    const { status, text } = await onTerminal(['put', file], QUESTION, keys);
    expect(text).toContain(said);
    expect(status).toBe(wanted);
    expect(stored('policy')).toBe('{}');
  });

  test('y puts it, and Ctrl-C during the wait says when it will be in force', async () => {
    const first = await onTerminal(['put', file, '--no-wait'], QUESTION, 'y\r');
    expect([first.status, stored('policy')]).toEqual([0, POLICY]);
    const { status, text } = await onTerminal(
      ['rollback', '--yes'],
      'Nothing can observe all verifiers',
      '\u0003',
    );
    expect(text).toMatch(/It is put, and will be in force within \d+ seconds/);
    expect([status, stored('policy')]).toEqual([130, '{}']);
  });

  test('does not ask if the question would go to a file', async () => {
    const words = [process.execPath, 'tools/policy.ts', 'put', file, ...place()];
    const line = `${words.map((word) => `'${word}'`).join(' ')} 2>'${join(directory.path, 'errors')}'`;
    const env = { ...process.env, NODE_OPTIONS: '' };
    const child = spawn('script', ['-qfec', line, '/dev/null'], { cwd: ROOT, env });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(2);
    expect(readFileSync(join(directory.path, 'errors'), 'utf8')).toContain('There is no terminal to ask on');
  });

  test('asks a person even if the token is on standard input', async () => {
    const pasted = join(directory.path, 'token.txt');
    writeFileSync(pasted, token);
    const args = ['revoke', '--token', '-', '--no-wait'];
    const { status } = await onTerminal(args, QUESTION, 'yes\r', `cat '${pasted}' | `);
    expect(status).toBe(0);
    expect(JSON.parse(stored('revocations'))).toEqual({ [ISSUER]: { jti: ['the-jti'] } });
  });
});
