import { type HeaderList, headerValues } from '../http/message.ts';

/** The values of each cookie of this name (RFC 6265 §4.2.1), without the quotes that may stand around one. */
export function cookieValues(headers: HeaderList, name: string): string[] {
  const values: string[] = [];
  for (const field of headerValues(headers, 'cookie')) {
    for (const pair of field.split(';')) {
      const [key, value] = parts(pair);
      if (key === name) values.push(value.replace(/^"(.*)"$/, '$1'));
    }
  }
  return values;
}

/** The same header fields without the cookies of these names; a field that has no others goes as a whole. */
export function withoutCookies(headers: HeaderList, names: ReadonlySet<string>): HeaderList {
  if (names.size === 0) return headers;
  return headers.flatMap((field): HeaderList => {
    if (field[0] !== 'cookie') return [field];
    const pairs = field[1].split(';');
    const kept = pairs.filter((pair) => !names.has(parts(pair)[0]));
    if (kept.length === pairs.length) return [field];
    return kept.length === 0 ? [] : [['cookie', kept.join(';').trim()]];
  });
}

/** Name and value; what has no `=` is a name alone, as some servers read it. */
function parts(pair: string): [name: string, value: string] {
  const at = pair.indexOf('=');
  return at === -1 ? [pair.trim(), ''] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
}
