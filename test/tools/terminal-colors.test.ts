import { spawnSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { render } from '../../tools/explain/render.ts';
import { renderLogged } from '../../tools/explain/render-logged.ts';
import { colored, paintFor, plain } from '../../tools/terminal-colors.ts';
import { claimsOf, mint } from '../support/tokens.ts';
import { decisionLine, reportOn } from './explain-request-examples.ts';
import { ask, KEYS } from './explain-world.ts';
import { ROOT } from './run-tool.ts';

const terminal = { isTTY: true };

describe('colours are', () => {
  test.each<[string, { isTTY?: boolean }, Record<string, string>, boolean]>([
    ['on in a terminal', terminal, {}, true],
    ['off in a pipe', {}, {}, false],
    ['off with NO_COLOR', terminal, { NO_COLOR: '1' }, false],
    ['on with an empty NO_COLOR', terminal, { NO_COLOR: '' }, true],
    ['on in a pipe with FORCE_COLOR', {}, { FORCE_COLOR: '1' }, true],
    ['on with FORCE_COLOR, even with NO_COLOR', {}, { FORCE_COLOR: '', NO_COLOR: '1' }, true],
    ['off with FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, false],
    ['off with FORCE_COLOR=false', terminal, { FORCE_COLOR: 'false' }, false],
    ['off in a terminal that has none', terminal, { TERM: 'dumb' }, false],
  ])('%s', (_, output, env, on) => expect(paintFor(output, env)).toBe(on ? colored : plain));
});

test('colours change nothing but the colour', async () => {
  for (const question of [
    { token: mint(KEYS.issuer) },
    { token: mint(KEYS.issuer), offline: true },
    { token: mint(KEYS.issuer, claimsOf({ aud: 'x', sub: '\u001b[31mred' })) },
    { token: 'opaque' },
  ]) {
    const explanation = await ask(question);
    const painted = render(explanation, colored);
    expect(stripVTControlCharacters(painted)).toBe(render(explanation));
    const look = explanation.verdict.onlyIf ? 'note' : explanation.verdict.allowed ? 'good' : 'bad';
    expect(painted).toContain(`Verdict: ${colored(look, '?').split('?')[0]}`);
    expect(painted).not.toContain('\u001b[31mred');
  }
});

test('the output about the log has colours too, which change nothing else', () => {
  for (const [lines, look, word] of [
    [[decisionLine()], 'bad', 'Verdict   '],
    [[], 'bad', ''],
  ] as const) {
    const report = reportOn([...lines]);
    const painted = renderLogged(report, 'UTC', colored);
    expect(stripVTControlCharacters(painted)).toBe(renderLogged(report, 'UTC'));
    expect(painted).toContain(`${word}${colored(look, '?').split('?')[0]}`);
  }
  const hostile = reportOn([decisionLine({ reason: '\u001b[31mred' })]);
  expect(renderLogged(hostile, 'UTC', colored)).not.toContain('\u001b[31mred');
});

const hasScript = spawnSync('script', ['--version']).stdout?.toString().includes('util-linux') ?? false;
const inTerminal = hasScript ? test : test.skip;

inTerminal('in a real terminal the command writes colours (needs script of util-linux)', () => {
  const args = 'tools/explain.ts --token - --issuer none --policy test/tools/open-policy.json --offline';
  const command = `sh -c 'echo | "${process.execPath}" node_modules/tsx/dist/cli.mjs ${args}'`;
  const run = (env: NodeJS.ProcessEnv) =>
    spawnSync('script', ['-qec', command, '/dev/null'], {
      cwd: ROOT,
      env: { ...process.env, NODE_OPTIONS: '', INIT_CWD: ROOT, TERM: 'xterm', NO_COLOR: '', ...env },
    }).stdout.toString();
  expect(run({})).toContain('Verdict: \u001b[32mallowed');
  expect(run({ NO_COLOR: '1' })).toContain('Verdict: allowed');
});
