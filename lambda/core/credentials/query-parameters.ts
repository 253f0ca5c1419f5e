/** The values of each query parameter of this name, decoded; null for one whose escapes are malformed. */
export function queryValues(query: string, name: string): (string | null)[] {
  if (!mayHave(query, name)) return [];
  return query.split('&').flatMap((pair) => {
    const [key, value = ''] = parts(pair);
    return decoded(key) === name ? [decoded(value)] : [];
  });
}

/** The query without the parameters of these names, and otherwise byte for byte. */
export function withoutParameters(query: string, names: ReadonlySet<string>): string {
  if (names.size === 0 || query === '') return query;
  return query
    .split('&')
    .filter((pair) => !names.has(decoded(parts(pair)[0]) ?? ''))
    .join('&');
}

function parts(pair: string): [name: string, value?: string] {
  const at = pair.indexOf('=');
  return at === -1 ? [pair] : [pair.slice(0, at), pair.slice(at + 1)];
}

/** A query without the name's text and without escapes has no such parameter. */
const mayHave = (query: string, name: string): boolean => query.includes(name) || query.includes('%');

/** As forms encode (WHATWG URL §5.1). */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
