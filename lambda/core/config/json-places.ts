/** Where the values of a JSON text are, by their dotted paths as the problems of a policy name them. */
export type JsonPlaces =
  | {
      readonly kind: 'json';
      readonly places: ReadonlyMap<string, Span>;
      /** Duplicate members, of which JSON.parse silently takes the last. */
      readonly duplicates: readonly (readonly string[])[];
    }
  | { readonly kind: 'error'; readonly offset: number }
  /** Nested too deep to be looked into. */
  | { readonly kind: 'unknown' };

/** From one offset up to another, which it leaves out, in units of UTF-16 as editors count. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

const MAX_DEPTH = 200;

class SyntaxFault extends Error {
  readonly offset: number;
  constructor(offset: number) {
    super();
    this.offset = offset;
  }
}
class TooDeep extends Error {}

/** Reads a text by the grammar of RFC 8259; JSON.parse does not report a position on some versions of Node.js. */
export function findPlaces(text: string): JsonPlaces {
  const places = new Map<string, Span>();
  return read(text, (path, start, end) => void places.set(path.join('.'), { start, end }), places);
}

/** The same without the places, whose paths can take far more memory than a text that was made for that. */
export const findDuplicates = (text: string): JsonPlaces => read(text, () => {}, new Map());

/** Most duplicate members that are told. */
const MAX_DUPLICATES = 20;

function read(
  text: string,
  onValue: (path: readonly string[], start: number, end: number) => void,
  places: ReadonlyMap<string, Span>,
): JsonPlaces {
  const duplicates: string[][] = [];
  const path: string[] = [];
  let at = 0;

  const take = (token: RegExp): string | undefined => {
    token.lastIndex = at;
    const found = token.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const punctuation = (characters: string): string => {
    take(SPACE);
    const character = text.charAt(at);
    if (character === '' || !characters.includes(character)) throw new SyntaxFault(at);
    at += 1;
    return character;
  };
  const expectString = (): string => {
    take(SPACE);
    const found = take(STRING);
    if (found === undefined) throw new SyntaxFault(at);
    return JSON.parse(found) as string;
  };

  function value(): void {
    if (path.length > MAX_DEPTH) throw new TooDeep();
    take(SPACE);
    const start = at;
    const first = text.charAt(at);
    if (first === '{') members();
    else if (first === '[') elements();
    else if (first === '"') expectString();
    else if (take(SCALAR) === undefined) throw new SyntaxFault(at);
    onValue(path, start, at);
  }

  function within(name: string): void {
    path.push(name);
    value();
    path.pop();
  }

  function members(): void {
    at += 1;
    if (closes('}')) return;
    const names = new Set<string>();
    do {
      const name = expectString();
      if (names.has(name) && duplicates.length < MAX_DUPLICATES) duplicates.push([...path, name]);
      names.add(name);
      punctuation(':');
      within(name);
    } while (punctuation(',}') === ',');
  }

  function elements(): void {
    at += 1;
    if (closes(']')) return;
    let index = 0;
    do within(String(index++));
    while (punctuation(',]') === ',');
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
    return at === text.length ? { kind: 'json', places, duplicates } : { kind: 'error', offset: at };
  } catch (error) {
    if (error instanceof SyntaxFault) return { kind: 'error', offset: error.offset };
    if (error instanceof TooDeep) return { kind: 'unknown' };
    throw error;
  }
}

/** `LINE:COLUMN` of an offset, both from 1, as editors count. */
export function lineAndColumn(text: string, offset: number): string {
  const lines = text.slice(0, offset).split('\n');
  return `${lines.length}:${(lines.at(-1) ?? '').length + 1}`;
}

/**
 * Where a message says that it is, which it does by what it begins with: the value that it names, else the one that
 * lacks a member. Undefined for a message that names no value.
 */
export function placeOf(message: string, places: ReadonlyMap<string, Span>): Span | undefined {
  let longest: string | undefined;
  for (const place of places.keys()) {
    if (place === '' || !message.startsWith(place) || !/^(?:: |\.| )/.test(message.slice(place.length)))
      continue;
    if (place.length > (longest?.length ?? -1)) longest = place;
  }
  return longest === undefined ? undefined : places.get(longest);
}
