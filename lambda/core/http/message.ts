/** One plain request and one plain response, for every kind of event. */

/**
 * Header fields in order, with lower-case names. A field that is sent twice has two entries: values are never joined.
 */
export type HeaderList = readonly (readonly [name: string, value: string])[];

export interface HttpRequest {
  readonly method: string;
  /** The path as it came, still percent-encoded. The upstream always gets exactly these bytes. */
  readonly path: string;
  /** The query as it came, without `?` and still encoded; empty if there is none. */
  readonly query: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  /** Set if this is not an ordinary request. It determines where its token may be. */
  readonly via?: 'websocket' | 'appsync';
  /**
   * Set if the request may have had header fields that are not here, because the event contains only the credential.
   */
  readonly hidesHeaders?: true;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
}

/** The value of a header field that appears once; null if it appears more than once. `name` is lower-case. */
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
