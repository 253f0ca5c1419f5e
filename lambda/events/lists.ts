import type { HeaderList } from '../core/http/message.ts';

type Absent = null | undefined;
type Singles = { readonly [name: string]: string | Absent } | Absent;
type Multiples = { readonly [name: string]: readonly (string | Absent)[] | Absent } | Absent;

/** The entries of an event's pair of maps: of the one with lists where that has any. */
export function entriesOf(multiples: Multiples, singles: Singles): [name: string, value: string][] {
  const entries: [string, string][] = [];
  // Loops, because each closure here would be run for every header field of every request.
  if (multiples) {
    for (const [name, values] of Object.entries(multiples)) {
      for (const value of values ?? [])
        if (value !== null && value !== undefined) entries.push([name, value]);
    }
  }
  if (entries.length === 0) {
    for (const [name, value] of Object.entries(singles ?? {})) {
      if (value !== null && value !== undefined) entries.push([name, value]);
    }
  }
  return entries;
}

/** The same with names in lower case, as header fields. */
export function headersOf(multiples: Multiples, singles: Singles): HeaderList {
  const entries = entriesOf(multiples, singles);
  for (const entry of entries) entry[0] = entry[0].toLowerCase();
  return entries;
}

/** The same as a query, of an event whose names and values are as they were sent. */
export function queryOf(multiples: Multiples, singles: Singles): string {
  let query = '';
  for (const [name, value] of entriesOf(multiples, singles)) {
    query += `${query === '' ? '' : '&'}${name}=${value}`;
  }
  return query;
}

/** The same of an event that has them decoded, as API Gateway's REST and WebSocket APIs do. */
export const decodedQueryOf = (multiples: Multiples, singles: Singles): string =>
  entriesOf(multiples, singles)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');

const encode = (text: string): string => encodeURIComponent(text.toWellFormed());
