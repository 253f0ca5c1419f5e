import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { tableUnder } from '../support/table-under.ts';

const URL_OF_PAGE = new URL('../../docs/security-model.md', import.meta.url);
const PAGE = readFileSync(URL_OF_PAGE, 'utf8');

const linksIn = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, link = '']) => link);

/** What three printed pages hold (A4, 10 points), apart from link targets and the picture. */
const MOST_WORDS = 1450;

describe('the security model', () => {
  test.each(['Who can write what', 'Threats'])('names under "%s" a test file for each row', (heading) => {
    const rows = tableUnder(PAGE, heading);
    expect(rows.length).toBeGreaterThan(5);
    for (const [subject, ...cells] of rows) {
      const tests = linksIn(cells.at(-1) ?? '');
      const absent = tests.filter((link) => !existsSync(new URL(link, URL_OF_PAGE)));
      expect({ subject, absent }).toEqual({ subject, absent: [] });
      expect({ subject, tests: tests.filter((link) => link.endsWith('.test.ts')) }).toEqual({
        subject,
        tests,
      });
      expect({ subject, tested: tests.length > 0 }).toEqual({ subject, tested: true });
    }
  });

  test('leaves out no test file of a threat', () => {
    const named = linksIn(PAGE);
    const files = readdirSync(new URL('../lambda/threats', import.meta.url));
    expect(files.filter((file) => !named.includes(`../test/lambda/threats/${file}`))).toEqual([]);
  });

  test('has a row for each boundary of its picture', () => {
    const picture = PAGE.split('```mermaid')[1]?.split('```')[0] ?? '';
    const drawn = [...picture.matchAll(/>\|(\d)/g)].map(([, number]) => number);
    const rows = tableUnder(PAGE, 'Trust boundaries').map(([number]) => number);
    expect([...new Set(drawn)].sort()).toEqual(rows);
  });

  test('fits on three printed pages', () => {
    const read = PAGE.replace(/```mermaid[\s\S]*?```/, '').replaceAll(/\]\([^)]*\)/g, ']');
    expect(read.split(/\s+/).length).toBeLessThanOrEqual(MOST_WORDS);
  });
});
