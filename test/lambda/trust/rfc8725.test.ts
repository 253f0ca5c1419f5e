import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const DOCUMENT = new URL('../../../docs/rfc8725.md', import.meta.url);
const text = readFileSync(DOCUMENT, 'utf8');
const rows = text.split('\n').filter((line) => /^\| 3\./.test(line));
const linksOf = (part: string): string[] => [...part.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);

test('every file that the document links to exists', () => {
  for (const link of linksOf(text)) {
    expect({ link, exists: existsSync(new URL(link, DOCUMENT)) }).toEqual({ link, exists: true });
  }
});

test('each rule of section 3 has its row, with code and tests', () => {
  expect(rows.map((row) => row.split('|')[1]?.trim())).toEqual(
    Array.from({ length: 12 }, (_, index) => `3.${index + 1}`),
  );
  for (const row of rows) {
    const [, , , , code = '', tests = ''] = row.split('|');
    expect(linksOf(code).some((link) => link.startsWith('../lambda/'))).toBe(true);
    expect(linksOf(tests).every((link) => /^\.\.\/test\/.+\.test\.ts$/.test(link))).toBe(true);
    expect(linksOf(tests).length).toBeGreaterThan(0);
  }
});
