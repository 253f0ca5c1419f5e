import { describe, expect, test } from '@jest/globals';
import { rowOf } from '../../../local/logs/insights/event.ts';
import { parseQuery } from '../../../local/logs/insights/query.ts';
import { QueryError } from '../../../local/logs/insights/tokens.ts';

const LINES = [
  { message: 'decision', route: '/a', code: 'allowed', status: 200, ms: 5, request: { id: 'x' } },
  { message: 'decision', route: '/a', code: 'allowed', reported: 'token_missing', status: 200, ms: 7 },
  { message: 'decision', code: 'path_invalid', status: 400, ms: 1 },
  { message: 'keys loaded', provider: 'default', problems: ['one', 'two'] },
];
const ROWS = [
  ...LINES.map((line, index) => rowOf(index * 1000, `${JSON.stringify(line)}\n`)),
  rowOf(4000, 'REPORT RequestId: x'),
];
const run = (query: string) => parseQuery(query)(ROWS).map((row) => Object.fromEntries(row));

describe('a query', () => {
  test.each([
    ['filter message = "decision"', 3],
    ['filter message = "decision" and status != 200', 1],
    ['filter status >= 200 and status < 400', 2],
    ['filter code in ["allowed", "path_invalid"]', 3],
    ['filter message = "decision" and (route = "/b" or code = "path_invalid")', 1],
    ['filter route = "/a" or route = "/b" and code = "x"', 2],
    ['filter message like "keys"', 1],
    ['filter @message like /REPORT|keys \\w+/', 2],
    ['filter reported != "x"', 5],
    ['filter not reported = "token_missing"', 4],
    ['filter request.id = "x"', 1],
    ['filter message = "decision" | filter code = "allowed" | limit 1', 1],
  ])('%s finds %i lines', (query, expected) => {
    expect(run(query)).toHaveLength(expected);
  });

  test("shows a line's fields, list elements by index, and computed fields under their names", () => {
    expect(run('fields @timestamp, problems.1, coalesce(reported, code) as found | limit 2')).toEqual([
      { '@timestamp': '1970-01-01 00:00:00.000', found: 'allowed' },
      { '@timestamp': '1970-01-01 00:00:01.000', found: 'token_missing' },
    ]);
    expect(run('fields problems.1 | filter message = "keys loaded"')).toEqual([{ 'problems.1': 'two' }]);
  });

  test('groups and sorts, with the lines that lack a field as one group', () => {
    expect(
      run(
        'filter message = "decision" | stats count(*) as n, count(reported) as r, latest(ms) as last, earliest(ms) as first, sum(ms) as all by route | sort n desc',
      ),
    ).toEqual([
      { route: '/a', n: '2', r: '1', last: '7', first: '5', all: '12' },
      { n: '1', r: '0', last: '1', first: '1', all: '1' },
    ]);
    expect(run('fields ms | filter message = "decision" | sort ms asc')).toEqual([
      { ms: '1' },
      { ms: '5' },
      { ms: '7' },
    ]);
  });

  test.each([
    'unknown a',
    'filter',
    'filter a ~ 1',
    'filter a = ',
    'filter (a = 1',
    'filter a like /(/',
    'stats count(*)',
    'stats percentile(a) as p',
    'fields lower(a)',
    'filter a = 1 filter b = 2',
    `filter ${'('.repeat(20_000)}`,
    `filter ${'not '.repeat(20_000)}`,
  ])('is rejected if malformed or in an unsupported part of the language: %.30s', (query) => {
    expect(() => parseQuery(query)).toThrow(QueryError);
  });
});
