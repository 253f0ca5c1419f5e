import type { Row } from './event.ts';
import { readCondition, readValue } from './expression.ts';
import { readStatistics } from './statistics.ts';
import { createReader, QueryError, type Reader, tokensOf } from './tokens.ts';

/** The rows so far, and the columns to show. */
interface Table {
  readonly rows: readonly Row[];
  readonly columns: readonly string[];
}

type Step = (table: Table) => Table;

/** How many rows a query returns without a `limit`. */
const DEFAULT_LIMIT = 10_000;

/** How many brackets a query may have, since all of them may be nested. */
const MAX_NESTED = 100;

/**
 * Parses the subset of the CloudWatch Logs Insights language that the documentation uses: `fields`, `filter`, `stats`, `sort`
 * and `limit`. The returned function gives the columns of each line or group, as texts.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 *
 * @throws QueryError
 */
export function parseQuery(query: string): (rows: readonly Row[]) => [field: string, value: string][][] {
  const tokens = tokensOf(query);
  if (tokens.filter(({ text }) => text === '(' || text === 'not').length > MAX_NESTED) {
    throw new QueryError(`more than ${MAX_NESTED} brackets`);
  }
  const reader = createReader(tokens);
  const steps: Step[] = [];
  do steps.push(readStep(reader));
  while (reader.took('|'));
  if (!reader.atEnd()) throw new QueryError(`not understood: ${reader.take('a command').text}`);
  return (rows) => {
    const start: Table = { rows, columns: ['@timestamp', '@message'] };
    const { rows: found, columns } = steps.reduce((table, step) => step(table), start);
    return found.slice(0, DEFAULT_LIMIT).map((row) =>
      columns.flatMap((column): [string, string][] => {
        const value = row[column];
        if (value === undefined || value === null) return [];
        return [[column, column === '@timestamp' ? timeText(Number(value)) : String(value)]];
      }),
    );
  };
}

function readStep(reader: Reader): Step {
  const command = reader.name('a command');
  switch (command) {
    case 'fields': {
      const made = reader.list(() => readField(reader));
      return ({ rows }) => ({
        rows: rows.map((row) => ({
          ...row,
          ...Object.fromEntries(made.map(({ as, of }) => [as, of(row)])),
        })),
        columns: made.map(({ as }) => as),
      });
    }
    case 'filter': {
      const holds = readCondition(reader);
      return ({ rows, columns }) => ({ rows: rows.filter(holds), columns });
    }
    case 'stats': {
      const group = readStatistics(reader);
      return ({ rows }) => {
        const groups = group(rows);
        return { rows: groups, columns: [...new Set(groups.flatMap((row) => Object.keys(row)))] };
      };
    }
    case 'sort': {
      const name = reader.name('a field to sort by');
      const sign = reader.took('desc') ? -1 : 1;
      if (sign === 1) reader.took('asc');
      return ({ rows, columns }) => ({
        rows: rows.toSorted((one, other) => sign * ordered(one[name], other[name])),
        columns,
      });
    }
    case 'limit': {
      const count = Number(reader.take('a number').text);
      return ({ rows, columns }) => ({ rows: rows.slice(0, count), columns });
    }
    default:
      throw new QueryError(`unknown command ${command}`);
  }
}

function readField(reader: Reader) {
  const value = readValue(reader);
  return { as: reader.took('as') ? reader.name('the name of a column') : reader.lastName(), of: value };
}

function ordered(one: unknown, other: unknown): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  const [left, right] = [String(one ?? ''), String(other ?? '')];
  return left < right ? -1 : Number(left > right);
}

/** As Logs Insights shows it, in UTC. */
const timeText = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
