import { alike, unescaped } from './alike.ts';

/** The values of each query parameter of this name, decoded; null for one whose escapes are malformed. */
export function queryValues(query: string, name: string): (string | null)[] {
  if (!mayHave(query, name)) return [];
  return query.split('&').flatMap((pair) => {
    const [key, value = ''] = parts(pair);
    return decoded(key) === name ? [decoded(value)] : [];
  });
}

/** Whether a query has a parameter that some server takes for one with this name. */
export function hasAlike(query: string, name: string): boolean {
  const names = new Set([alike(name)]);
  return query.split(SEPARATORS).some((pair) => isAlike(pair, names));
}

/**
 * The query without the parameters that some server takes for ones with these names, which are given as `alike`
 * returns them. The rest stays byte for byte.
 */
export function withoutParameters(query: string, names: ReadonlySet<string>): string {
  if (names.size === 0 || query === '') return query;
  return query
    .split('&')
    .flatMap((pair) => {
      const pairs = pair.split(';');
      const kept = pairs.filter((one) => !isAlike(one, names));
      return kept.length === 0 ? [] : [kept.join(';')];
    })
    .join('&');
}

/** HTML 4.01 §B.2.2 asks servers to treat `;` like `&`, and some do. */
const SEPARATORS = /[&;]/;

function isAlike(pair: string, names: ReadonlySet<string>): boolean {
  const [key] = parts(pair);
  return names.has(alike(decoded(key) ?? key));
}

function parts(pair: string): [name: string, value?: string] {
  const at = pair.indexOf('=');
  return at === -1 ? [pair] : [pair.slice(0, at), pair.slice(at + 1)];
}

/** A query without the name's text and without escapes has no such parameter. */
const mayHave = (query: string, name: string): boolean => query.includes(name) || query.includes('%');

/** As forms encode text (WHATWG URL §5.1). */
const decoded = (text: string): string | null => unescaped(text.replaceAll('+', ' '));
