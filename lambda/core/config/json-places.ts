import { type Duplicates, examineJson, type Span, type Unreadable } from './json-syntax.ts';

/** Where things are in a JSON text, by their dotted paths as the problems of a policy name them. */
interface Places extends Duplicates {
  /** Values. */
  readonly places: ReadonlyMap<string, Span>;
  /** The names of members. */
  readonly names: ReadonlyMap<string, Span>;
}

export type JsonPlaces = Places | Unreadable;

/** A path as messages name it. */
export const dotted = (path: readonly string[]): string =>
  path.map((name) => (name === '' ? '""' : name)).join('.');

/** For tools only: in a text made for that purpose, the paths can take far more memory than the text. */
export function findPlaces(text: string): JsonPlaces {
  const places = new Map<string, Span>();
  const names = new Map<string, Span>();
  const found = examineJson(text, (path, start, end, isName) => {
    (isName ? names : places).set(dotted(path), { start, end });
  });
  return found.kind === 'json' ? { ...found, places, names } : found;
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
