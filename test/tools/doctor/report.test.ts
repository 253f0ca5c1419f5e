import { stripVTControlCharacters } from 'node:util';
import { expect, test } from '@jest/globals';
import { ok, problem, skipped, warning } from '../../../tools/doctor/check.ts';
import { exitStatus, reportJson, resultLines, summaryLine } from '../../../tools/doctor/report.ts';
import type { Result } from '../../../tools/doctor/run-checks.ts';
import { colored, plain } from '../../../tools/terminal-colors.ts';

const RESULTS: readonly Result[] = [
  {
    check: { id: 'one', title: 'One' },
    findings: [ok('good'), problem('bad\u001b[2J\nand more', 'Mend it.')],
  },
  { check: { id: 'two', title: 'Two' }, findings: [warning('odd', 'Look at it.')] },
  {
    check: { id: 'three', title: 'Three' },
    findings: [skipped('not there'), skipped('denied', 'Allow it.')],
  },
];

test('each finding is a line with its remedy below it', () => {
  expect(RESULTS.flatMap((result) => resultLines(result, plain))).toEqual([
    'ok       One            good',
    'PROBLEM  One            bad\\u001b[2J\\nand more',
    '                        > Mend it.',
    'WARNING  Two            odd',
    '                        > Look at it.',
    'skipped  Three          not there',
    'skipped  Three          denied',
    '                        > Allow it.',
  ]);
});

test('colours change only the colour, and no finding can add one', () => {
  for (const result of RESULTS) {
    const painted = resultLines(result, colored);
    expect(painted.map((line) => stripVTControlCharacters(line))).toEqual(resultLines(result, plain));
    expect(painted.join('')).not.toContain('\u001b[2J');
  }
});

test('the last line counts the problems and says where to start', () => {
  const last = (results: readonly Result[], strict = false) => summaryLine(results, strict, plain);
  expect(last(RESULTS)).toBe('1 problem, 1 warning; 2 skipped');
  const two = [...RESULTS, ...RESULTS.slice(0, 1)];
  expect(last(two)).toBe('2 problems, 1 warning; 2 skipped: start with the first problem, since others may follow from it'); // biome-ignore format: one line
  expect(last(RESULTS.slice(1, 2))).toBe('1 warning');
});

test('good news in the last line does not vouch for the upstream, which no check reaches', () => {
  const last = (results: readonly Result[]) => summaryLine(results, true, plain);
  expect(last(RESULTS.slice(2))).toBe(
    'No problem was found; 2 skipped. The doctor does not check the upstream.',
  );
  expect(last([])).toBe('Nothing is wrong. The doctor does not check the upstream.');
});

test('the status is 1 for a problem, and with --strict for a warning, whatever is skipped', () => {
  const statuses = (from: number) => [false, true].map((strict) => exitStatus(RESULTS.slice(from), strict));
  expect([statuses(0), statuses(1), statuses(2)]).toEqual([[1, 1], [0, 1], [0, 0]]); // biome-ignore format: one line
});

test('the report for programs has every finding, with the worst status of each check', () => {
  expect(reportJson(RESULTS, false)).toEqual({
    ok: false,
    problems: 1,
    warnings: 1,
    skipped: 2,
    checks: [
      {
        id: 'one',
        title: 'One',
        status: 'problem',
        findings: [
          { status: 'ok', detail: 'good' },
          { status: 'problem', detail: 'bad\\u001b[2J\\nand more', remedy: 'Mend it.' },
        ],
      },
      {
        id: 'two',
        title: 'Two',
        status: 'warning',
        findings: [{ status: 'warning', detail: 'odd', remedy: 'Look at it.' }],
      },
      {
        id: 'three',
        title: 'Three',
        status: 'skipped',
        findings: [
          { status: 'skipped', detail: 'not there' },
          { status: 'skipped', detail: 'denied', remedy: 'Allow it.' },
        ],
      },
    ],
  });
});
