import type { Row } from './event.ts';
import { readValue, type Value } from './expression.ts';
import { QueryError, type Reader } from './tokens.ts';

/** A column, and how to compute it from the rows of a group, which are in order of time. */
interface Statistic {
  readonly as: string;
  readonly of: (rows: readonly Row[]) => unknown;
}

/** `stats FUNCTION(FIELD) as NAME, … by FIELD, …`: one row per group, in the order of their first rows. */
export function readStatistics(reader: Reader): (rows: readonly Row[]) => Row[] {
  const statistics = reader.list(() => readStatistic(reader));
  const names = reader.took('by') ? reader.list(() => reader.name('a field to group by')) : [];
  return (rows) => {
    const groups = new Map<string, Row[]>();
    for (const row of rows) {
      const key = JSON.stringify(names.map((name) => row[name] ?? null));
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [row]);
      else group.push(row);
    }
    return [...groups.values()].map((group) =>
      Object.fromEntries([
        ...names.map((name) => [name, group[0]?.[name]] as const),
        ...statistics.map(({ as, of }) => [as, of(group)] as const),
      ]),
    );
  };
}

function readStatistic(reader: Reader): Statistic {
  const name = reader.name('a function');
  reader.expect('(');
  const value: Value | undefined = name === 'count' && reader.took('*') ? undefined : readValue(reader);
  reader.expect(')');
  const summarize = FUNCTIONS[name];
  if (summarize === undefined) throw new QueryError(`unknown function ${name}`);
  reader.expect('as');
  return {
    as: reader.name('the name of a column'),
    of: (rows) => summarize(value === undefined ? rows : rows.map(value).filter((one) => one !== undefined)),
  };
}

const FUNCTIONS: Readonly<Record<string, (values: readonly unknown[]) => unknown>> = {
  count: (values) => values.length,
  sum: (values) => values.reduce<number>((sum, value) => sum + Number(value), 0),
  min: (values) => Math.min(...values.map(Number)),
  max: (values) => Math.max(...values.map(Number)),
  earliest: (values) => values[0],
  latest: (values) => values.at(-1),
};
