/** What a query sees of a line: its members by name, with dots to the inner ones, and `@timestamp` and `@message`. */
export type Row = Readonly<Record<string, unknown>>;

/** A line as Logs Insights discovers its fields; one that is no JSON object has none of its own. */
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
