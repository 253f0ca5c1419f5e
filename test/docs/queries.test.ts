import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseQuery } from '../../local/logs/insights/query.ts';
import { tokensOf } from '../../local/logs/insights/tokens.ts';
import { sourcesUnder, textOf } from '../architecture/sources.ts';
import { ROOT } from '../tools/run-tool.ts';

/** Each query of Logs Insights on a page, in a block of its own, after `QUERY` or in a line. */
const QUERY =
  /^(?:\s*```|query \d+ <<'QUERY')\n((?:\s*)(?:fields|filter) [\s\S]*?)^(?:\s*```|QUERY)$|`((?:fields|filter) [^`]+)`/gm;

const QUERIES = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .flatMap((page) =>
    [...readFileSync(join(ROOT, 'docs', page), 'utf8').matchAll(QUERY)].map(
      ([, block, line]): [string, string] => [page, (block ?? line ?? '').trim()],
    ),
  );

/** Names that the verifiers and the keeper write somewhere. */
const WRITTEN = new Set(
  sourcesUnder('lambda').flatMap((path) =>
    [...textOf(path).matchAll(/\b[A-Za-z]\w*\b/g)].map(([name]) => name),
  ),
);
const OF_THE_LANGUAGE = [
  'coalesce',
  'count',
  'earliest',
  'latest',
  'fields',
  'filter',
  'stats',
  'sort',
  'limit',
  'desc',
  'asc',
  'by',
  'like',
  'in',
];

/** Arithmetic, percentiles and periods are beyond the local service. */
const RUNNABLE = QUERIES.filter(([, query]) => !query.includes('pct('));

test('there are queries to look at', () => expect(RUNNABLE.length).toBeGreaterThan(20));

test.each(RUNNABLE)('a query of %s can be run, and names nothing that no line has: %s', (_, query) => {
  expect(parseQuery(query)([])).toEqual([]);
  const tokens = tokensOf(query);
  const made = new Set(tokens.flatMap(({ text }, index) => (tokens[index - 1]?.text === 'as' ? [text] : [])));
  const unknown = tokens
    .filter(({ kind, text }) => kind === 'name' && !text.startsWith('@') && !made.has(text))
    .flatMap(({ text }) => text.split('.').filter((part) => !/^\d+$/.test(part)))
    .filter((name) => !WRITTEN.has(name) && !OF_THE_LANGUAGE.includes(name));
  expect(unknown).toEqual([]);
});
