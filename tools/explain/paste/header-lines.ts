import type { Pasted } from './pasted.ts';

const REQUEST_LINE = /^([A-Z][A-Z-]*) (\/\S*) HTTP\/\d(?:\.\d)?\s*$/;

/** A field as a line of a request or of a browser's list of headers, or as a member of an object in JSON or JavaScript. */
const FIELD = /^\s*(["']?)(:?[A-Za-z][A-Za-z0-9-]*)\1\s*:(?!\/\/)\s*(.*)$/s;

/** Words before a colon that are not field names. */
const NO_FIELDS = /^(?:bearer|token|jwt|access[-_]?token|id[-_]?token|https?|data|urn)$/i;

const KNOWN = /^(?:authorization|cookie|x-amzn-oidc-data|x-amzn-ava-user-context)$/;

/** Reads lines of header fields, with or without the request line in front of them; undefined if the text has none. */
export function parseHeaderLines(text: string): Pasted | undefined {
  const lines = text.split(/\r?\n/);
  const [, method, target] = REQUEST_LINE.exec(lines[0] ?? '') ?? [];
  const fields: [name: string, value: string][] = [];
  for (const line of method === undefined ? lines : lines.slice(1)) {
    if (line.trim() === '' && method !== undefined) break;
    const [, , name, value = ''] = FIELD.exec(line) ?? [];
    const last = fields.at(-1);
    if (name !== undefined && !NO_FIELDS.test(name)) fields.push([name.toLowerCase(), value]);
    // A long value that was broken into lines.
    else if (last !== undefined) last[1] += line.trim();
    else return undefined;
  }
  const [only = ''] = fields.length === 1 && method === undefined ? (fields[0] ?? []) : ['-'];
  if (!/^(?:authorization|cookie|host|origin|referer)$|-/.test(only)) return undefined;
  const pseudo = (name: string) => fields.find(([one]) => one === name)?.[1];
  const whole = target ?? pseudo(':path');
  const at = whole?.indexOf('?') ?? -1;
  const headers = fields
    .filter(([name]) => !name.startsWith(':'))
    .map(([name, value]): [string, string] => [name, unquoted(value)]);
  // Other names are not repeated: there may be a secret before the colon.
  const [sole] = headers.length === 1 ? headers.map(([name]) => name).filter((name) => KNOWN.test(name)) : [];
  return {
    kind: 'request',
    notes: [
      whole === undefined
        ? sole === undefined
          ? 'header fields were pasted, and are sent as pasted'
          : `the header field ${sole} was pasted, and is sent as pasted`
        : 'method, path and headers are those of the pasted request',
    ],
    request: {
      method: method ?? pseudo(':method'),
      path: at === -1 ? whole : whole?.slice(0, at),
      query: whole === undefined ? undefined : at === -1 ? '' : whole.slice(at + 1),
      headers,
    },
  };
}

/** Without the quotes and commas of a line of code. */
const unquoted = (value: string): string =>
  value
    .trim()
    .replace(/^(["'`])([\s\S]*)\1[,;]?$/, '$2')
    .replace(/^([^"'`]*)["'`][,;]?$/, '$1')
    .trim();
