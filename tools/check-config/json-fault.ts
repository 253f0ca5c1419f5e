import { readPlaces } from './places.ts';

/** The function's message about a value, with what is unexpected in it if it is not JSON. */
export function withFault(message: string, value: string): string {
  const read = message.startsWith('is not JSON') ? readPlaces(value) : undefined;
  return read?.places.kind === 'error'
    ? `is not JSON: ${faultAt(read.text.trim(), read.places.offset)}`
    : message;
}

/** Quotes only one character, since a text may have a secret. */
function faultAt(text: string, offset: number): string {
  const code = text.codePointAt(offset);
  if (code === undefined) return 'unexpected end of the text';
  const character = String.fromCodePoint(code);
  const before = text.slice(0, offset).trimEnd().at(-1) ?? '';
  // A string is expected here, so it is the string itself that is wrong.
  if (character === '"' && '{[,:'.includes(before)) {
    return 'a string has no end, or has a character that needs a backslash';
  }
  const hint = before === ',' && ']},'.includes(character) ? '; is there a comma too many?' : '';
  return `unexpected ${shown(character, code)}${hint}`;
}

/** Some characters that editors and mail programs insert look like a space or like nothing. */
const shown = (character: string, code: number): string =>
  /[\p{C}\p{Z}]/u.test(character)
    ? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
    : character === '"'
      ? `'"'`
      : `"${character}"`;
