import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { splitBash } from '../../../tools/explain/paste/shell-words.ts';
import { createKey, jwksOf } from '../../support/keys.ts';
import { eventually } from '../../support/local-stack-fixtures.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../../support/recording-upstream.ts';
import { HAS_TERMINAL } from '../../support/started-stack.ts';
import { ROOT, runTool } from '../run-tool.ts';
import { folder } from './init-world.ts';

const keys = jwksOf(createKey('ES256', 'one'));
const MB = 1024 * 1024;

let issuer: RecordingUpstream;
let place = folder();

beforeAll(async () => {
  issuer = await startRecordingUpstream(({ target }, response) => {
    response.setHeader('content-type', 'application/json');
    const named = (path: string) => ({
      issuer: `${issuer.origin}${path}`,
      jwks_uri: `${issuer.origin}/jwks`,
    });
    const [, path = ''] = /^(.*)\/\.well-known\/openid-configuration$/.exec(target) ?? [];
    if (target === '/jwks') response.end(JSON.stringify(keys));
    else if (path === '/silent') return;
    else if (path === '/moved') response.writeHead(302, { location: `${issuer.origin}/secret` }).end();
    else if (path === '/huge') response.end(JSON.stringify({ ...named(path), x: 'x'.repeat(4 * MB) }));
    else if (path === '/evil') {
      const evil = '\u001b[31m\u202e\n::error::x';
      response.end(JSON.stringify({ ...named(path), issuer: evil, ['__proto__']: { jwks_uri: evil } }));
    } else if (target.endsWith('openid-configuration')) response.end(JSON.stringify(named(path)));
    else response.writeHead(404).end();
  });
});
beforeEach(() => {
  place.remove();
  place = folder();
});
afterAll(async () => {
  place.remove();
  await issuer.close();
});

const init = (...args: string[]) => runTool('init', ['--output', place.file(), ...args]);

describe('npm run init', () => {
  test('writes the policy, and says what was found and what to do', async () => {
    const { status, stdout, stderr } = await init(issuer.origin, '--audience', 'orders');
    expect(stderr).toBe('');
    for (const text of [
      `keys        ${issuer.origin}/jwks\n`,
      'everything else is denied',
      'has been written.',
      '\nCheck it\n',
      '\nPut it',
    ]) {
      expect(stdout).toContain(text);
    }
    expect(stdout).not.toContain('\u001b');
    expect(JSON.parse(readFileSync(place.file(), 'utf8'))).toMatchObject({ unmatched: 'deny' });
    expect(status).toBe(0);
  });
  test.each(['/api/*', '/v2/*,/api/orders/??'])(
    'writes what check-config accepts with the arguments that init prints, for %s',
    async (paths) => {
      const { stdout } = await init(issuer.origin, '--audience', 'orders', '--paths', paths, '--json');
      const report = JSON.parse(stdout) as { steps: { commands: string[] }[] };
      const words = splitBash(report.steps[0]?.commands[0] ?? '').words.map(({ text }) => text);
      expect(words).toEqual(expect.arrayContaining(['--strict', '--probe']));
      const checked = await runTool('check-config', words.slice(4));
      expect(checked.stdout).not.toMatch(/warning|error/);
      expect(checked.status).toBe(0);
    },
  );
  test('prints all of it as JSON', async () => {
    const { stdout } = await init(issuer.origin, '--audience', 'orders', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      provider: 'other',
      discovery: { metadata: { issuer: issuer.origin } },
      keys: { entries: [{ kid: 'one', kty: 'EC' }] },
      parameters: { issuer: issuer.origin, audience: 'orders', 'jwks-uri': 'discover' },
      policy: { unmatched: 'deny' },
      file: place.file(),
    });
  });
  test('is in colour on request', async () => {
    const { stdout } = await runTool('init', [issuer.origin, '--audience', 'a', '--output', place.file()], {
      env: { FORCE_COLOR: '1' },
    });
    expect(stdout).toContain('\u001b[1mCheck it\u001b[22m');
  });
  test.each([
    ['a redirect', '/moved', /responded with status 302/],
    ['megabytes', '/huge', /huge\/\.well-known\/openid-configuration: /],
    ['control characters', '/evil', /names another issuer, \\u001b\[31m\\u202e\\n::error::x/],
  ])('does not follow an issuer that responds with %s, and writes nothing', async (_what, path, message) => {
    const before = issuer.received.length;
    const { status, stdout, stderr } = await init(`${issuer.origin}${path}`, '--audience', 'orders');
    expect(stderr).toMatch(message);
    expect(`${stdout}${stderr}`).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]|^::/mu);
    expect(stderr.length).toBeLessThan(2000);
    expect(issuer.received.slice(before).map(({ target }) => target)).not.toContain('/secret');
    expect({ status, names: place.names() }).toEqual({ status: 1, names: [] });
  });
  test.each([
    [[], 'Name the ISSUER: the exact "iss" of the tokens.'],
    [['https://a.example'], '--audience LIST'],
    [['https://a.example', '--audiense', 'x'], 'did you mean --audience?'],
    [['https://a.example', '--claim', 'x'], '--claim takes the name of a claim and its value'],
    [['https://a.example', '--port', '1'], '--port needs --local.'],
    [['https://a.example', '--path', 'Orders/'], '--path takes a prefix such as /alb-jwt-authorizer'],
    [['https://a.example', '--output', ''], '--output takes the name of a file'],
    [['https://a.example', '--output', '-'], '--output takes the name of a file'],
    [['--local', '--port', 'x'], '--port takes a whole number'],
    [['https://a.example', '--provider', 'okto'], 'did you mean okta?'],
    [['https://a .example', '--audience', 'x'], 'ISSUER has white space in it.'],
  ])('%j: %s', async (args, message) => {
    const { status, stdout, stderr } = await init(...args);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/\nSee npm run init -- --help\n$/);
    expect({ status, stdout, names: place.names() }).toEqual({ status: 2, stdout: '', names: [] });
  });
  test('--help lists every option', async () => {
    const { status, stdout } = await runTool('init', ['--help']);
    for (const name of ['--provider', '--claim', '--jwks-uri', '--offline', '--local', '--force', '--json']) {
      expect(stdout).toContain(`  ${name}`);
    }
    expect(status).toBe(0);
  });
});

(HAS_TERMINAL ? describe : describe.skip)('on a terminal', () => {
  function onTerminal(...args: string[]) {
    const words = [process.execPath, 'tools/init.ts', ...args, '--output', place.file()];
    const command = words.map((word) => `'${word}'`).join(' ');
    const child = spawn('script', ['-qfec', command, '/dev/null'], {
      cwd: ROOT,
      env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', TERM: 'xterm' },
    });
    let shown = '';
    child.stdout.on('data', (chunk) => {
      shown += chunk;
    });
    return {
      type: (text: string) => void child.stdin.write(text),
      sees: (text: string) =>
        eventually(
          () => shown,
          (all) => all.includes(text),
        ),
      ended: once(child, 'close').then(([status]) => status as number),
    };
  }

  test('asks, reads the answers and writes', async () => {
    const { type, sees, ended } = onTerminal(issuer.origin);
    await sees('Audience:');
    type('YOUR-API\r');
    await sees('which stands for nothing here');
    type('orders\r');
    await sees('Scopes:');
    type('orders:read\r');
    await sees('Paths:');
    type('\r');
    await sees('Upstream:');
    type('\r');
    expect(await ended).toBe(0);
    expect(JSON.parse(readFileSync(place.file(), 'utf8'))).toMatchObject({
      routes: [{ path: '/api/*', scopes: ['orders:read'] }],
    });
  });
  test('ends with 130 after Ctrl-C while it waits for the issuer, and writes nothing', async () => {
    const { type, sees, ended } = onTerminal(`${issuer.origin}/silent`, '--audience', 'orders');
    await eventually(
      () => issuer.received.map(({ target }) => target),
      (targets) => targets.some((target) => target.startsWith('/silent/')),
    );
    type('\u0003');
    await sees('Interrupted: nothing has been written.');
    expect(await ended).toBe(130);
    expect(place.names()).toEqual([]);
  });
  test('ends with 130 after Ctrl-C at a question, and writes nothing', async () => {
    const { type, sees, ended } = onTerminal(issuer.origin);
    await sees('Audience:');
    type('orders\r');
    await sees('Scopes:');
    type('\u0003');
    await sees('Interrupted: nothing has been written.');
    expect(await ended).toBe(130);
    expect(existsSync(place.file())).toBe(false);
  });
});
