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
