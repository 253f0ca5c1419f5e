/** Duplicate members of a JSON text. JSON.parse silently takes the last. */
export interface Duplicates {
  readonly kind: 'json';
  readonly duplicates: readonly (readonly string[])[];
}

/** Where a text stops being JSON. */
export interface SyntaxFault {
  readonly kind: 'error';
  readonly offset: number;
  /** The punctuation that could be there, if no value can. */
  readonly missing: ',' | ':' | undefined;
}

export type Unreadable =
  | SyntaxFault
  /** Nested too deeply to examine. */
  | { readonly kind: 'unknown' };

/** From one offset up to, but not including, another, in UTF-16 code units, as editors count. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

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

/** The most duplicate members that are reported. */
const MAX_DUPLICATES = 20;

/**
 * Finds the duplicate members of a text, or its first fault, by the grammar of RFC 8259. JSON.parse does not report a position
 * in some versions of Node.js. `onFound` gets each value, and each name of a member before its value.
 */
export function examineJson(
  text: string,
  onFound: (path: readonly string[], start: number, end: number, isName: boolean) => void = () => {},
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
