import type { Row } from './event.ts';
import { readValue, type Value } from './expression.ts';
import { QueryError, type Reader } from './tokens.ts';

/** A column and how it is made of the rows of a group, which are in the order of their time. */
interface Statistic {
  readonly as: string;
  readonly of: (rows: readonly Row[]) => unknown;
}

/** `stats FUNCTION(FIELD) as NAME, … by FIELD, …`: a row for each group, in the order in which they are met. */
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
  if (summarize === undefined) throw new QueryError(`there is no function ${name} here`);
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
