import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const DOCS = fileURLToPath(new URL('../../docs', import.meta.url));
const INDEX = readFileSync(join(DOCS, 'README.md'), 'utf8');

const linked = [...INDEX.matchAll(/\]\(([^)#]+\.md)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);

describe('the index of the docs', () => {
  test('links to every page', () => {
    const pages = readdirSync(DOCS, { recursive: true, encoding: 'utf8' })
      .map((name) => name.replaceAll('\\', '/'))
      .filter((name) => name.endsWith('.md') && name !== 'README.md');
    expect(pages.filter((page) => !linked.includes(page))).toEqual([]);
  });

  test('is one click from the README', () => {
    const readme = readFileSync(join(DOCS, '../README.md'), 'utf8');
    expect(readme).toContain(`](${posix.join('docs', 'README.md')})`);
  });
});
