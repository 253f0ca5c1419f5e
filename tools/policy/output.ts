import { safeLine } from '../harmless.ts';
import type { Look, Paint } from '../terminal-colors.ts';

/** Where a command tells a person what it does. */
export interface Output {
  readonly paint: Paint;
  /** One line, which may contain text that others wrote. */
  readonly say: (text: string, look?: Look) => void;
  /** A line that is already safe and painted. */
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
