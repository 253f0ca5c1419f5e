import { harmless } from '../../tools/harmless.ts';

/** Longest text of others that a line has, in characters. */
const MAX_LENGTH = 300;

/**
 * What somebody else has written, as one line that a terminal neither obeys nor reorders, cut where it is long: a path, a
 * method, a line of a log.
 */
export function printable(text: string, maxLength = MAX_LENGTH): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  // A line break too: it would begin a line of its own.
  return harmless(cut).replaceAll('\n', '\\n');
}
