import type { HeaderList } from '../core/http/message.ts';

type Absent = null | undefined;
type Singles = { readonly [name: string]: string | Absent } | Absent;
type Multiples = { readonly [name: string]: readonly (string | Absent)[] | Absent } | Absent;

/** The entries of an event's pair of maps: from the map with lists if it has any, else from the other. */
export function entriesOf(multiples: Multiples, singles: Singles): [name: string, value: string][] {
  const entries: [string, string][] = [];
  // Loops, because a closure here would run for every header field of every request.
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

/** The same as header fields, with names in lower case. */
export function headersOf(multiples: Multiples, singles: Singles): HeaderList {
  const entries = entriesOf(multiples, singles);
  for (const entry of entries) entry[0] = entry[0].toLowerCase();
  return entries;
}

/** The same as a query, for events whose names and values are as they were sent. */
export function queryOf(multiples: Multiples, singles: Singles): string {
  let query = '';
  for (const [name, value] of entriesOf(multiples, singles)) {
    query += `${query === '' ? '' : '&'}${name}=${value}`;
  }
  return query;
}

/** The same for events that contain them decoded, as those of API Gateway's REST and WebSocket APIs do. */
export const decodedQueryOf = (multiples: Multiples, singles: Singles): string =>
  entriesOf(multiples, singles)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');

const encode = (text: string): string => encodeURIComponent(text.toWellFormed());
