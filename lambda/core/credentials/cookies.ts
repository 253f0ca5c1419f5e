import { type HeaderList, headerValues } from '../http/message.ts';
import { alike, unescaped } from './alike.ts';

/** The values of each cookie of this name (RFC 6265 §4.2.1), without the quotes that may enclose one. */
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

export interface CookieNames {
  /** As `alike` has them. */
  readonly withheld: ReadonlySet<string>;
  /** These go on all the same, in exactly this spelling. */
  readonly kept: ReadonlySet<string>;
}

/** The same header fields without the cookies that some server takes for ones of these names; a field that has no others goes as a whole. */
export function withoutCookies(headers: HeaderList, { withheld, kept }: CookieNames): HeaderList {
  if (withheld.size === 0) return headers;
  const goesOn = (pair: string): boolean =>
    kept.has(parts(pair)[0]) || !namesIn(pair).some((name) => withheld.has(alike(name)));
  return headers.flatMap((field): HeaderList => {
    if (field[0] !== 'cookie') return [field];
    const pairs = field[1].split(';');
    const left = pairs.filter(goesOn);
    if (left.length === pairs.length) return [field];
    return left.length === 0 ? [] : [['cookie', left.join(';').trim()]];
  });
}

/** Name and value; what has no `=` is a name alone, as some servers read it. */
function parts(pair: string): [name: string, value: string] {
  const at = pair.indexOf('=');
  return at === -1 ? [pair.trim(), ''] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
}

/**
 * The names that some server finds in a pair. A `=` in front of one is skipped by some (CVE-2023-23934), and cookies end at a
 * comma, too (RFC 2109 §4.3.4), or at white space, as Python's http.cookies reads them.
 */
function namesIn(pair: string): string[] {
  const [first = '', ...others] = pair.trim().split(/[,\s]+/);
  return [first, ...others.filter((part) => part.includes('='))].map((part) => {
    const name = parts(part.replace(/^=+/, ''))[0];
    return unescaped(name) ?? name;
  });
}
