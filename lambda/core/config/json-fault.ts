import { indentOf, lineAndColumn } from './json-places.ts';
import type { SyntaxFault } from './json-syntax.ts';

/**
 * The problem with a text that is not JSON. The fault is a place in the trimmed text; the message names the place in
 * the whole text.
 */
export function notJson(text: string, fault: SyntaxFault): string {
  const [line, column] = lineAndColumn(text, fault.offset + indentOf(text)).split(':');
  return `is not JSON at line ${line}, column ${column}: ${faultAt(text.trim(), fault)}`;
}

/** Removes the place from that message, for callers who show it themselves. Any other message stays as it is. */
export const withoutPlace = (message: string): string =>
  message.replace(/^(is not JSON) at line \d+, column \d+(?=: )/, '$1');

/** What is wrong where a text stops being JSON. Quotes only one character, since a text may have a secret. */
export function faultAt(text: string, { offset, missing }: SyntaxFault): string {
  const code = text.codePointAt(offset);
  if (code === undefined) return 'unexpected end of the text';
  const character = String.fromCodePoint(code);
  const before = text.slice(0, offset).trimEnd().at(-1) ?? '';
  // A string is expected here, so it is the string itself that is wrong.
  if (character === '"' && '{[,:'.includes(before)) {
    return 'a string has no end, or has a character that needs a backslash';
  }
  const hint = hintFor(character, before, missing);
  return `unexpected ${shown(character, code)}${hint === undefined ? '' : `; ${hint}`}`;
}

function hintFor(character: string, before: string, missing: string | undefined): string | undefined {
  if (before === ',' && ']},'.includes(character)) return 'is there a comma too many?';
  if ('/#'.includes(character)) return 'JSON has no comments';
  // What a decoder puts in place of bytes that are not UTF-8, and every other byte of ASCII in UTF-16.
  if ('\uFFFD\0'.includes(character)) return 'is the text not in UTF-8?';
  if ("'‘’“”".includes(character)) return 'JSON allows only " around names and strings';
  if (missing === ',' && '"{['.includes(character)) return 'is a comma missing?';
  return missing === ':' ? 'is a colon missing?' : undefined;
}

/**
 * Some characters that editors and mail programs insert look like a space or like nothing, or combine with the quote
 * before them.
 */
const shown = (character: string, code: number): string =>
  /[\p{C}\p{M}\p{Z}\p{Default_Ignorable_Code_Point}]/u.test(character)
    ? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
    : character === '"'
      ? `'"'`
      : `"${character}"`;
