/** A line's fields in a query: its members, with dotted names for nested ones, and `@timestamp` and `@message`. */
export type Row = Readonly<Record<string, unknown>>;

/** Discovers the fields of a line as Logs Insights does; a line that is not a JSON object has no members. */
export function rowOf(timestamp: number, message: string): Row {
  const text = message.trimEnd();
  return { ...flattened(parsed(text)), '@timestamp': timestamp, '@message': text };
}

function parsed(text: string): unknown {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function flattened(value: unknown, prefix = ''): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return prefix === '' ? {} : { [prefix]: value };
  return Object.assign(
    {},
    ...Object.entries(value).map(([name, inner]) =>
      flattened(inner, prefix === '' ? name : `${prefix}.${name}`),
    ),
  );
}
