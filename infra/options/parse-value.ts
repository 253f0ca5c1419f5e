import type { OptionSchema, Parse, Parsed } from './parse.ts';

/** Parses an option's value: text, or the JSON value of the option's own type. */
export function parseValue<T>(parse: Parse<T>, given: unknown): Parsed<T> {
  const text = textOf(parse.schema, given);
  if (text !== undefined) return parse(text);
  const rejected = parse(String(JSON.stringify(given)));
  return 'expected' in rejected ? rejected : { expected: 'a string in quotes' };
}

/** The text that the parser reads, or `undefined` for a value of a wrong type. */
function textOf(schema: OptionSchema, given: unknown): string | undefined {
  if (typeof given === 'string') return given;
  const types = typesOf(schema);
  if (typeof given === 'number') {
    return types.has('number') || types.has('integer') ? String(given) : undefined;
  }
  if (typeof given === 'boolean') return types.has('boolean') ? String(given) : undefined;
  if (!Array.isArray(given) || !types.has('array')) return undefined;
  if (schema.anyOf === undefined) return JSON.stringify(given);
  const isList =
    given.length > 0 && given.every((entry) => typeof entry === 'string' && !entry.includes(','));
  return isList ? given.join() : undefined;
}

/** The JSON types that a schema allows. */
function typesOf({ type = [], enum: values = [], anyOf = [] }: OptionSchema): ReadonlySet<string> {
  const named = typeof type === 'string' ? [type] : type;
  return new Set([
    ...named,
    ...values.map((value) => typeof value),
    ...anyOf.flatMap((one) => [...typesOf(one)]),
  ]);
}
