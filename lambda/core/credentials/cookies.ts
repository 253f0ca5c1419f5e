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
  /** As `alike` returns them. */
  readonly withheld: ReadonlySet<string>;
  /** These are forwarded anyway, in exactly this spelling. */
  readonly kept: ReadonlySet<string>;
}

/**
 * The header fields without the cookies that some server takes for ones with these names. A Cookie field that has no
 * others is dropped.
 */
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

/** Name and value. A pair without `=` is a name alone, as some servers read it. */
function parts(pair: string): [name: string, value: string] {
  const at = pair.indexOf('=');
  return at === -1 ? [pair.trim(), ''] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
}

/**
 * The names that some server finds in a pair. Some skip a `=` in front of the name (CVE-2023-23934). For some, a
 * cookie also ends at a comma (RFC 2109 §4.3.4), or at white space, as in Python's http.cookies.
 */
function namesIn(pair: string): string[] {
  const [first = '', ...others] = pair.trim().split(/[,\s]+/);
  return [first, ...others.filter((part) => part.includes('='))].map((part) => {
    const name = parts(part.replace(/^=+/, ''))[0];
    return unescaped(name) ?? name;
  });
}
