import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { METRICS } from '../../../lambda/contract.ts';
import { CODES, type Code } from '../../../lambda/core/codes.ts';
import { alarmOf } from '../../../tools/code-accounts/codes-page.ts';
import { templateOf } from '../synth.ts';

const RUNBOOK = 'docs/runbook.md';

/** The link that GitHub gives a heading. */
const slugOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^a-z0-9_ -]/g, '')
    .replaceAll(' ', '-');

describe('the runbook', () => {
  let text: string;
  let entries: { title: string; body: string }[];
  beforeAll(() => {
    text = readFileSync(RUNBOOK, 'utf8');
    entries = text
      .split(/^## /m)
      .slice(1)
      .map((entry) => ({ title: entry.split('\n', 1)[0] ?? '', body: entry }));
  });

  it('mentions every code that a caller can get', () => {
    for (const code of Object.keys(CODES)) expect(text).toContain(`\`${code}\``);
  });

  it('mentions every metric', () => {
    for (const name of Object.values(METRICS)) expect(text).toContain(`\`${name}\``);
  });

  it('has the entry that each alarm links to', () => {
    const slugs = entries.map(({ title }) => slugOf(title));
    const alarms = Object.values(templateOf().findResources('AWS::CloudWatch::Alarm'));
    for (const { Properties } of alarms) {
      const [, anchor] = /Runbook: docs\/runbook\.md#(\S+)$/.exec(Properties.AlarmDescription) ?? [];
      expect(slugs).toContain(anchor);
    }
  });

  it('has the same alarms in the page of codes as in the template', () => {
    const alarms = Object.entries(templateOf().findResources('AWS::CloudWatch::Alarm'));
    for (const code of Object.keys(CODES) as Code[]) {
      const counting = alarms.filter(
        ([id, { Properties }]) =>
          !id.includes('RejectionRate') && JSON.stringify(Properties).includes(`"${code}"`),
      );
      const alarm = alarmOf(code);
      const named = alarm === undefined || alarm === 'RejectionRate' ? [] : [expect.stringContaining(alarm)];
      expect([code, counting.map(([id]) => id)]).toEqual([code, named]);
    }
  });

  it('names the code, the metric, a query and a command in every entry', () => {
    for (const { body } of entries) {
      for (const part of ['**Log code**', '**Metric**', '**Query**', '**Run**']) expect(body).toContain(part);
    }
  });

  it('has no dead link', () => {
    const slugs = entries.map(({ title }) => slugOf(title));
    for (const [, target = ''] of text.matchAll(/\]\(([^)]+)\)/g)) {
      if (target.startsWith('#')) expect(slugs).toContain(target.slice(1));
      else
        expect([target, existsSync(join(dirname(RUNBOOK), target.replace(/#.*/, '')))]).toEqual([
          target,
          true,
        ]);
    }
  });
});
