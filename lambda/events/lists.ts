import type { HeaderList } from '../core/http/message.ts';

type Singles = { readonly [name: string]: string | undefined } | null | undefined;
type Multiples = { readonly [name: string]: readonly string[] | undefined } | null | undefined;

/** The entries of an event's pair of maps: of the one with lists where there is one. */
export function entriesOf(multiples: Multiples, singles: Singles): [name: string, value: string][] {
  if (multiples) {
    return Object.entries(multiples).flatMap(([name, values]) =>
      (values ?? []).map((value): [string, string] => [name, value]),
    );
  }
  return Object.entries(singles ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
}

/** The same with names in lower case, as header fields. */
export const headersOf = (multiples: Multiples, singles: Singles): HeaderList =>
  entriesOf(multiples, singles).map(([name, value]) => [name.toLowerCase(), value]);

/** The same as a query, of an event whose names and values are as they were sent. */
export const queryOf = (multiples: Multiples, singles: Singles): string =>
  entriesOf(multiples, singles)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');

/** The same of an event that has them decoded, as API Gateway's REST and WebSocket APIs do. */
export const decodedQueryOf = (multiples: Multiples, singles: Singles): string =>
  entriesOf(multiples, singles)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');

const encode = (text: string): string => encodeURIComponent(text.toWellFormed());
