import { harmlessLine } from '../../tools/harmless.ts';

/** Longest text of others that a line has, in characters. */
const MAX_LENGTH = 300;

/**
 * What somebody else has written, as one line that a terminal neither obeys nor reorders, cut where it is long: a path, a
 * method, a line of a log.
 */
export function printable(text: string, maxLength = MAX_LENGTH): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return harmlessLine(cut);
}
