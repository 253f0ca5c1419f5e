import { harmlessLine } from '../../tools/harmless.ts';

/** The longest foreign text in a line, in characters. */
const MAX_LENGTH = 300;

/**
 * Makes foreign text, such as a path, a method or a log line, safe to print: one line that a terminal neither obeys nor
 * reorders, cut to `maxLength`.
 */
export function printable(text: string, maxLength = MAX_LENGTH): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return harmlessLine(cut);
}
