/** The longest line in characters; longer values are spread over several lines. */
const WIDTH = 44;

/** JSON as people write it: short values stay on one line. */
export function layOut(value: unknown, indent = ''): string {
  const short = inline(value);
  if (short.length + indent.length <= WIDTH || typeof value !== 'object' || value === null) return short;
  const deeper = `${indent}  `;
  const spread = (parts: readonly string[], open: string, close: string) =>
    `${open}\n${parts.map((part) => deeper + part).join(',\n')}\n${indent}${close}`;
  return Array.isArray(value)
    ? spread(
        value.map((element) => layOut(element, deeper)),
        '[',
        ']',
      )
    : spread(
        Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${layOut(member, deeper)}`),
        '{',
        '}',
      );
}

function inline(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${inline(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
