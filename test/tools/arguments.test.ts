import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ArgumentError, accountOf, CommandFailure } from '../../tools/arguments.ts';
import { tokensIn, withoutTokens } from '../../tools/harmless.ts';
import { userPath } from '../../tools/user-path.ts';
import { createKey } from '../support/keys.ts';
import { mint } from '../support/tokens.ts';
import { ROOT } from './run-tool.ts';

const HELP = 'Usage: pbpaste | npm run explain -- --token -\n\n  --token -  the token';

describe('a command ends with', () => {
  test('what is wrong with an argument and where to find help, but not the help itself', () => {
    expect(accountOf(new ArgumentError('--now takes a time.'), HELP)).toBe(
      '--now takes a time.\nSee npm run explain -- --help',
    );
  });
  test('one line if it cannot do what it was asked to do', () => {
    expect(accountOf(new CommandFailure('The log could not be read: x.'), HELP)).toBe(
      'The log could not be read: x.',
    );
  });
  test('one line about an unexpected error, and how to see where it is', () => {
    const line = accountOf(new TypeError('x is not a function\nat y'), HELP);
    expect(line).toBe(
      'Unexpected TypeError: x is not a function (this is a bug; DEBUG=1 prints where it is)',
    );
  });
  test('no token, even if a parser quotes what it could not parse', () => {
    const token = mint(createKey('ES256', 'key-1'));
    expect(accountOf(new SyntaxError(`Unexpected token in ${token}`), HELP)).toContain('token in <token> (');
  });
});

test('an error is harmless to a terminal, whatever a service or a file name says', () => {
  for (const Kind of [ArgumentError, CommandFailure, TypeError]) {
    expect(accountOf(new Kind('a\u001b]0;x\u0007\u202eb'), HELP)).toContain('a\\u001b]0;x\\u0007\\u202eb');
  }
});

test('recognizes a token with padding', () => {
  const token = `${Buffer.from('{"alg":"ES256"}').toString('base64')}=.e30=.c2ln==`;
  expect(withoutTokens(`/x/${token}?`)).toBe('/x/<token>?');
  expect(tokensIn(`token=${token}&x`)).toEqual([token]);
});

test('distinguishes tokens from host names', () => {
  const host = 'eyewear-shopping-mall.example.com';
  const token = mint(createKey('ES256', 'key-1'));
  const text = `/x/${token}/y at ${host}, ${token.slice(0, 60)} and ${token.slice(0, -9)}…`;
  expect(withoutTokens(text)).toBe(
    `/x/<token>/y at ${host}, ${token.slice(0, 60).includes('.') ? '<token>' : token.slice(0, 60)} and <token>…`,
  );
  expect(tokensIn(text)).toEqual([token, token.slice(0, -9)]);
});

describe('resolves a path in an argument from where', () => {
  const from = (directory: string | undefined): string => {
    const before = process.env.INIT_CWD;
    if (directory === undefined) delete process.env.INIT_CWD;
    else process.env.INIT_CWD = directory;
    try {
      return userPath('policies/p.json');
    } finally {
      if (before === undefined) delete process.env.INIT_CWD;
      else process.env.INIT_CWD = before;
    }
  };
  test('npm was called', () => expect(from('/home/jo')).toBe('/home/jo/policies/p.json'));
  test('the command is called, without npm', () => {
    expect(from(undefined)).toBe(join(process.cwd(), 'policies/p.json'));
  });
  test('its root is, if the path is absolute', () => expect(userPath('/etc/p.json')).toBe('/etc/p.json'));
});

test('a command whose reader has gone does not mention it and keeps its status', () => {
  const script = `
    import { runCommand } from './tools/arguments.ts';
    const closed = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    await runCommand({ help: '', run: async () => { process.stdout.emit('error', closed); return 3; } });`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  expect([status, stderr.toString()]).toEqual([3, '']);
});
