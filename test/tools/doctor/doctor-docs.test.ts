import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { REQUIRED_BOOTSTRAP } from '../../../tools/doctor/checks/account.ts';
import { CHECKS } from '../../../tools/doctor/checks.ts';

const actionsOf = (actions: readonly string[]): string => actions.map((action) => `\`${action}\``).join(', ');

test('the page about the doctor lists every check', () => {
  const rows = CHECKS.map(
    ({ id, title, about, actions }) => `| ${title}, \`${id}\` | ${about} | ${actionsOf(actions) || '–'} |`,
  );
  const page = readFileSync('docs/doctor.md', 'utf8');
  const [, table = ''] =
    /\| check \| looks at \| needs \|\n\|---\|---\|---\|\n([^\n]*(?:\n\|[^\n]*)*)/.exec(page) ?? [];
  expect(table.split('\n')).toEqual(rows);
});

test('the policy for operators allows every call that a command makes', () => {
  const [, section = ''] = readFileSync('docs/deploying.md', 'utf8').split('## Who may operate\n');
  const [, json = '{}'] = /```json\n([^`]*)```/.exec(section) ?? [];
  const { Statement } = JSON.parse(json) as {
    readonly Statement: readonly { readonly Action: string | string[] }[];
  };
  const allowed = Statement.flatMap(({ Action }) => Action);
  const calls = readdirSync('tools', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...readFileSync(join('tools', file), 'utf8').matchAll(/'([a-z]+:[A-Z][A-Za-z]+)'/g)])
    .map(([, action = '']) => action);
  expect(calls).toEqual(expect.arrayContaining(['logs:FilterLogEvents', 'ssm:PutParameter']));
  // GetCallerIdentity needs no permission.
  const needed = [...calls, ...CHECKS.flatMap(({ actions }) => actions)].filter(
    (action) => action !== 'sts:GetCallerIdentity',
  );
  expect(needed.filter((action) => !allowed.includes(action))).toEqual([]);
});

test('every place in the documentation that a remedy names exists', () => {
  const files = readdirSync('tools/doctor', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const text = files.map((file) => readFileSync(join('tools/doctor', file), 'utf8')).join('\n');
  const named = [
    ...text
      .replaceAll(/\$\{RUNBOOK\}/g, 'docs/runbook.md')
      .matchAll(/((?:docs\/[\w/-]+|README)\.md)(?:#([\w-]+))?/g),
  ];
  expect(named.length).toBeGreaterThan(20);
  for (const [whole, file = '', anchor] of named) {
    expect([whole, existsSync(file)]).toEqual([whole, true]);
    const anchors = [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-'),
    );
    if (anchor !== undefined) expect([whole, anchors.includes(anchor)]).toEqual([whole, true]);
  }
});

test('the required bootstrap version is the one that aws-cdk-lib needs', () => {
  const app = new App();
  new Stack(app, 'Empty');
  expect(app.synth().getStackByName('Empty').requiresBootstrapStackVersion).toBe(REQUIRED_BOOTSTRAP);
});
