import { safeLine } from '../harmless.ts';
import type { Look, Paint } from '../terminal-colors.ts';

/** Where a command tells a person what it does. */
export interface Output {
  readonly paint: Paint;
  /** One line. What others wrote may be in it. */
  readonly say: (text: string, look?: Look) => void;
  /** A line that is safe, and painted, already. */
  readonly print: (line: string) => void;
}

export const createOutput = (write: (line: string) => void, paint: Paint): Output => ({
  paint,
  say: (text, look) => {
    const safe = safeLine(text);
    write(look === undefined ? safe : paint(look, safe));
  },
  print: write,
});
