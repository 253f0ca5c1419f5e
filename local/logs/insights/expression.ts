import type { Row } from './event.ts';
import { QueryError, type Reader } from './tokens.ts';

export type Value = (row: Row) => unknown;
export type Condition = (row: Row) => boolean;

/** A field, a constant, or `coalesce` of several values. */
export function readValue(reader: Reader): Value {
  const { kind, text } = reader.take('a field');
  if (kind === 'number') return () => Number(text);
  if (kind === 'text') return () => text;
  if (kind !== 'name') throw new QueryError(`a field is missing before ${text}`);
  if (!reader.took('(')) return (row) => row[text];
  if (text !== 'coalesce') throw new QueryError(`unknown function ${text}`);
  const values = reader.list(() => readValue(reader));
  reader.expect(')');
  return (row) => values.map((value) => value(row)).find((value) => value !== undefined);
}

/** Comparisons joined by `and` and `or`. A missing field only satisfies `!=` and `not`. */
export function readCondition(reader: Reader): Condition {
  const any = [readAll(reader)];
  while (reader.took('or')) any.push(readAll(reader));
  return (row) => any.some((holds) => holds(row));
}

function readAll(reader: Reader): Condition {
  const all = [readOne(reader)];
  while (reader.took('and')) all.push(readOne(reader));
  return (row) => all.every((holds) => holds(row));
}

function readOne(reader: Reader): Condition {
  if (reader.took('not')) {
    const inner = readOne(reader);
    return (row) => !inner(row);
  }
  if (reader.took('(')) {
    const inner = readCondition(reader);
    reader.expect(')');
    return inner;
  }
  return readComparison(readValue(reader), reader);
}

function readComparison(left: Value, reader: Reader): Condition {
  const operator = reader.take('an operator').text;
  switch (operator) {
    case 'in': {
      reader.expect('[');
      const values = reader.list(() => readValue(reader));
      reader.expect(']');
      return (row) => values.some((value) => isEqual(left(row), value(row)));
    }
    case 'like': {
      const { kind, text } = reader.take('a pattern');
      const pattern = kind === 'regex' ? regexOf(text) : undefined;
      return (row) => {
        const value = left(row);
        if (value === undefined) return false;
        return pattern === undefined ? String(value).includes(text) : pattern.test(String(value));
      };
    }
    default: {
      const compares = OPERATORS[operator];
      if (compares === undefined) throw new QueryError(`unknown operator ${operator}`);
      const right = readValue(reader);
      return (row) => compares(left(row), right(row));
    }
  }
}

function regexOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new QueryError(`not a regular expression: ${text}`);
  }
}

const isEqual = (one: unknown, other: unknown): boolean =>
  one !== undefined && other !== undefined && String(one) === String(other);

const OPERATORS: Readonly<Record<string, (one: unknown, other: unknown) => boolean>> = {
  '=': isEqual,
  '!=': (one, other) => !isEqual(one, other),
  '<': (one, other) => Number(one) < Number(other),
  '<=': (one, other) => Number(one) <= Number(other),
  '>': (one, other) => Number(one) > Number(other),
  '>=': (one, other) => Number(one) >= Number(other),
};
