/** One plain request and one plain response, whatever event they came in. */

/** Header fields in order, with lower-case names. A field sent twice is two entries: lists are never joined. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

export interface HttpRequest {
  readonly method: string;
  /** The path as it came, percent-encoding included; always the bytes that the upstream gets. */
  readonly path: string;
  /** The query as it came, without `?` and still encoded; empty where there is none. */
  readonly query: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  /** Where it is no ordinary request: where its token may be depends on that. */
  readonly via?: 'websocket' | 'appsync';
  /** Whether it may have had header fields that are not here, because the event has the credential alone. */
  readonly hidesHeaders?: true;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
}

/** The value of a header field that has no second one; null where it has. `name` is lower-case. */
export function soleValue(headers: HeaderList, name: string): string | null | undefined {
  let found: string | undefined;
  for (const [key, value] of headers) {
    if (key !== name) continue;
    if (found !== undefined) return null;
    found = value;
  }
  return found;
}

/** Every value of a header field, in order. `name` is lower-case. */
export function headerValues(headers: HeaderList, name: string): string[] {
  const values: string[] = [];
  for (const [key, value] of headers) if (key === name) values.push(value);
  return values;
}
