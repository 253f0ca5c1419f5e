/** Duplicate members of a JSON text. JSON.parse silently takes the last. */
interface Duplicates {
  readonly kind: 'json';
  readonly duplicates: readonly (readonly string[])[];
}

/** Where things are in a JSON text, by their dotted paths as the problems of a policy name them. */
interface Places extends Duplicates {
  /** Values. */
  readonly places: ReadonlyMap<string, Span>;
  /** The names of members. */
  readonly names: ReadonlyMap<string, Span>;
}

/** Where a text stops being JSON. */
export interface SyntaxFault {
  readonly kind: 'error';
  readonly offset: number;
  /** The punctuation that could be there, if no value can. */
  readonly missing: ',' | ':' | undefined;
}

type Unreadable =
  | SyntaxFault
  /** Nested too deeply to examine. */
  | { readonly kind: 'unknown' };

export type JsonPlaces = Places | Unreadable;

/** From one offset up to, but not including, another, in UTF-16 code units, as editors count. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A path as messages name it. */
export const dotted = (path: readonly string[]): string =>
  path.map((name) => (name === '' ? '""' : name)).join('.');

const SPACE = /[ \t\n\r]*/y;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

const MAX_DEPTH = 200;

class NotJson extends Error {
  readonly fault: SyntaxFault;
  constructor(offset: number, missing?: ',' | ':') {
    super();
    this.fault = { kind: 'error', offset, missing };
  }
}
class TooDeep extends Error {}

/** Reads a text by the grammar of RFC 8259. JSON.parse does not report a position in some versions of Node.js. */
export function findPlaces(text: string): JsonPlaces {
  const places = new Map<string, Span>();
  const names = new Map<string, Span>();
  const found = read(text, (path, start, end, isName) => {
    (isName ? names : places).set(dotted(path), { start, end });
  });
  return found.kind === 'json' ? { ...found, places, names } : found;
}

/**
 * The same without the places: in a text made for that purpose, their paths can take far more memory than the text.
 */
export const findDuplicates = (text: string): Duplicates | Unreadable => read(text, () => {});

/** The most duplicate members that are reported. */
const MAX_DUPLICATES = 20;

function read(
  text: string,
  onFound: (path: readonly string[], start: number, end: number, isName: boolean) => void,
): Duplicates | Unreadable {
  const duplicates: string[][] = [];
  const path: string[] = [];
  let at = 0;

  const take = (token: RegExp): string | undefined => {
    token.lastIndex = at;
    const found = token.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const punctuation = (wanted: ',' | ':', closing = ''): string => {
    take(SPACE);
    const character = text.charAt(at);
    if (character === '' || (character !== wanted && character !== closing)) throw new NotJson(at, wanted);
    at += 1;
    return character;
  };
  const expectString = (): string => {
    take(SPACE);
    const end = text.charAt(at) === '"' ? endOfString(text, at) : undefined;
    const found = end === undefined ? undefined : stringIn(text.slice(at, end));
    if (end === undefined || found === undefined) throw new NotJson(at);
    at = end;
    return found;
  };

  function value(): void {
    if (path.length > MAX_DEPTH) throw new TooDeep();
    take(SPACE);
    const start = at;
    const first = text.charAt(at);
    if (first === '{') members();
    else if (first === '[') elements();
    else if (first === '"') expectString();
    else if (take(SCALAR) === undefined) throw new NotJson(at);
    onFound(path, start, at, false);
  }

  function within(name: string, span?: Span): void {
    path.push(name);
    if (span !== undefined) onFound(path, span.start, span.end, true);
    value();
    path.pop();
  }

  function members(): void {
    at += 1;
    if (closes('}')) return;
    const names = new Set<string>();
    do {
      take(SPACE);
      const start = at;
      const name = expectString();
      const end = at;
      if (names.has(name) && duplicates.length < MAX_DUPLICATES) duplicates.push([...path, name]);
      names.add(name);
      punctuation(':');
      within(name, { start, end });
    } while (punctuation(',', '}') === ',');
  }

  function elements(): void {
    at += 1;
    if (closes(']')) return;
    let index = 0;
    do within(String(index++));
    while (punctuation(',', ']') === ',');
  }

  function closes(character: string): boolean {
    take(SPACE);
    if (text.charAt(at) !== character) return false;
    at += 1;
    return true;
  }

  try {
    value();
    take(SPACE);
    return at === text.length ? { kind: 'json', duplicates } : new NotJson(at).fault;
  } catch (error) {
    if (error instanceof NotJson) return error.fault;
    if (error instanceof TooDeep) return { kind: 'unknown' };
    throw error;
  }
}

/** The offset after the quote that ends a string. A loop, because a regular expression overflows the stack on long strings. */
function endOfString(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') return at + 1;
    if (character === '\\') at += 1;
  }
  return undefined;
}

/** Undefined if a character lacks its backslash, or a backslash its character. */
function stringIn(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted);
  } catch {
    return undefined;
  }
}

/** How much white space there is before the JSON. */
export const indentOf = (text: string): number => text.length - text.trimStart().length;

/** `LINE:COLUMN` of an offset, both from 1, as editors count: they do not show a byte order mark. */
export function lineAndColumn(text: string, offset: number): string {
  const lines = text
    .slice(0, offset)
    .replace(/^\uFEFF/, '')
    .split('\n');
  return `${lines.length}:${(lines.at(-1) ?? '').length + 1}`;
}

/**
 * The place that a message is about, by how it begins: the value that it names, or else the one that lacks a member.
 * Undefined for a message that names no value.
 */
export function placeOf(message: string, places: ReadonlyMap<string, Span>): Span | undefined {
  const ends = [...message.matchAll(/: |\.| /g)].map(({ index }) => index).reverse();
  const end = ends.find((one) => one > 0 && places.has(message.slice(0, one)));
  return end === undefined ? undefined : places.get(message.slice(0, end));
}
