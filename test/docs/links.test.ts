import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'].concat(
  readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
);

/** Texts that look like a place in the code but are not. */
const MCP_METHODS = new Set(['tools/list', 'tools/call']);

/** GitHub's anchor for a heading. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading ?? ''));

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');

  test('has no broken links', () => {
    const broken: string[] = [];
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path);
      if (!existsSync(file)) broken.push(target);
      else if (anchor && !anchorsOf(readFileSync(file, 'utf8')).includes(anchor)) broken.push(target);
    }
    expect(broken).toEqual([]);
  });

  test('names only places in the code that exist', () => {
    const named = [...text.matchAll(/`((?:lambda|infra|local|tools|test|schema)\/[\w./-]*)`/g)].map(
      ([, path = '']) => path,
    );
    const places = named.filter((path) => !MCP_METHODS.has(path));
    expect(places.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(relative(ROOT, join(ROOT, page))).toBe(page);
  });
});
