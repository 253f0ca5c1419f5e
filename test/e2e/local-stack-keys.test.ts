import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { temporaryDirectory } from '../support/local-stack-fixtures.ts';
import { endStarted, HAS_TERMINAL, runStartOnTerminal, type StartedStack } from '../support/started-stack.ts';

if (!HAS_TERMINAL)
  console.warn('Keys are not tested: there is no util-linux "script" to make a terminal with.');

(HAS_TERMINAL ? describe : describe.skip)('on a terminal', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let stack: StartedStack;
  let screen: string;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are colours
  const plain = (text: string) => text.replaceAll(/\u001b\[\d+m/g, '').replaceAll('\r', '');
  /** What a key prints, once that contains a text. */
  const after = async (key: string, wanted: string): Promise<string> => {
    const before = stack.output().length;
    stack.press(key);
    const escaped = wanted.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const output = await stack.printed(new RegExp(`^[^]{${before}}[^]*${escaped}`));
    return plain(output.slice(before));
  };
  const tokenStatus = async () => (await fetch(`${url('Authorization server')}/jwks`)).status;
  const url = (what: string) => new RegExp(`${what} +(http\\S+)`).exec(screen)?.[1] ?? '';

  beforeAll(async () => {
    directory = temporaryDirectory();
    stack = runStartOnTerminal(
      ['--port', '0'],
      { TMPDIR: directory.path },
      `stty -a > ${join(directory.path, 'stty')}`,
    );
    screen = plain(await stack.printed(/q\S* quit/));
  });
  afterAll(async () => {
    await endStarted();
    directory.remove();
  });

  test('the first screen fits one screen, with the first steps and the keys for the rest', () => {
    const lines = screen.split('\n');
    expect(lines.length).toBeLessThanOrEqual(26);
    expect(screen).toContain('Get a token');
    expect(screen).toMatch(/t token +r rotate keys +o outage +e explain +p playground +h help +q quit/);
  });

  test('a request is in colour', async () => {
    expect((await fetch(`${url('Load balancer')}/api/anything`)).status).toBe(401);
    expect(await stack.printed('token_missing')).toContain('\u001b[33m401\u001b[39m  GET /api/anything');
  });

  test('e explains the last rejection', async () => {
    expect(await after('e', 'The line')).toContain('Verdict   401 token_missing');
  });

  test('t gets a token and prints a call with it, which passes', async () => {
    const printed = await after('t', '/api/anything\r\n');
    expect(printed).toContain(
      `curl -i -H "Authorization: Bearer <token>" ${url('Load balancer')}/api/anything`,
    );
  });

  test('r makes the authorization server sign with new keys', async () => {
    const keys = async () => ((await (await fetch(`${url('Authorization server')}/jwks`)).json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid); // biome-ignore format: one line
    const before = await keys();
    await after('r', 'signs with new keys');
    expect((await keys()).filter((kid) => before.includes(kid))).toEqual([]);
  });

  test('o takes the authorization server down and brings it back', async () => {
    await after('o', 'returns 503 until');
    expect(await tokenStatus()).toBe(503);
    expect(await after('t', 'returned 503')).toContain('if it is in an outage, press o.');
    await after('o', 'is back');
    expect(await tokenStatus()).toBe(200);
  });

  test('h lists the keys and every further command', async () => {
    const printed = await after('h', '--help lists the options.');
    for (const text of ['begin or end an outage', 'Run the keeper by hand', 'aws ssm put-parameter']) {
      expect(printed).toContain(text);
    }
  });

  test('q ends it like Ctrl-C and restores the terminal', async () => {
    stack.press('q');
    expect(await stack.ended).toBe(0);
    expect(readFileSync(join(directory.path, 'stty'), 'utf8')).toMatch(/ icanon .*[^-]echo /s);
  });
});

(HAS_TERMINAL ? test : test.skip)(
  'Ctrl-C ends it on a terminal with the usual status, and NO_COLOR is respected',
  async () => {
    const stack = runStartOnTerminal(['--port', '0', '--no-keeper'], { NO_COLOR: '1' });
    expect(await stack.printed('quit')).not.toContain('\u001b');
    stack.press('\u0003');
    expect(await stack.ended).toBe(0);
  },
);
