import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseQuery } from '../../local/logs/insights/query.ts';
import { tokensOf } from '../../local/logs/insights/tokens.ts';
import { sourcesUnder, textOf } from '../architecture/sources.ts';
import { ROOT } from '../tools/run-tool.ts';

/** Each Logs Insights query on a page: in a block, after `QUERY`, or inline. */
const QUERY =
  /^(?:\s*```|query \d+ <<'QUERY')\n((?:\s*)(?:fields|filter) [\s\S]*?)^(?:\s*```|QUERY)$|`((?:fields|filter) [^`]+)`/gm;

const QUERIES = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .flatMap((page) =>
    [...readFileSync(join(ROOT, 'docs', page), 'utf8').matchAll(QUERY)].map(
      ([, block, line]): [string, string] => [page, (block ?? line ?? '').trim()],
    ),
  );

/** Names that the verifiers and the keeper write to their logs. */
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

/** The local service does not support arithmetic, percentiles and periods. */
const RUNNABLE = QUERIES.filter(([, query]) => !query.includes('pct('));

test('finds queries', () => expect(RUNNABLE.length).toBeGreaterThan(20));

test.each(RUNNABLE)('a query in %s runs, and names only fields that some line has: %s', (_, query) => {
  expect(parseQuery(query)([])).toEqual([]);
  const tokens = tokensOf(query);
  const made = new Set(tokens.flatMap(({ text }, index) => (tokens[index - 1]?.text === 'as' ? [text] : [])));
  const unknown = tokens
    .filter(({ kind, text }) => kind === 'name' && !text.startsWith('@') && !made.has(text))
    .flatMap(({ text }) => text.split('.').filter((part) => !/^\d+$/.test(part)))
    .filter((name) => !WRITTEN.has(name) && !OF_THE_LANGUAGE.includes(name));
  expect(unknown).toEqual([]);
});
