import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ROOT } from '../tools/run-tool.ts';

const PAGES = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** The lines of each block of commands, without those of a here-document. */
const COMMANDS = PAGES.flatMap((page) =>
  [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].flatMap(
    ([, block = '']) =>
      block
        .replaceAll(/<<'?(\w+)'?[\s\S]*?^\s*\1$/gm, '')
        .split('\n')
        .map((line): [page: string, line: string] => [page, line]),
  ),
);

test('no command to paste has a comment, which zsh passes to it as arguments', () => {
  expect(COMMANDS.length).toBeGreaterThan(200);
  expect(COMMANDS.filter(([, line]) => /(?:^|\s)#(?:\s|$)/.test(line))).toEqual([]);
});

/** What deploys options without a stage's file, and so resets all others of a deployed stack. */
const WITHOUT_STAGE = /npx cdk deploy(?: \\\n\s*)?(?: -c (?!stage=)| --revert-drift)/;

test('a page whose deploy leaves out the stage says where the other options belong', () => {
  const pages = PAGES.map((page) => [page, readFileSync(join(ROOT, page), 'utf8')] as const);
  const without = pages.filter(([, text]) => WITHOUT_STAGE.test(text));
  expect(without.map(([page]) => page)).toContain('docs/shapes/private-upstream.md');
  const said = /deploying\.md#(?:stages|two-environments-in-one-account)/;
  expect(without.filter(([, text]) => !said.test(text)).map(([page]) => page)).toEqual([]);
});
