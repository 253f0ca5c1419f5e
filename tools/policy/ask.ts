import { openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { ReadStream } from 'node:tty';
import { ArgumentError, CommandFailure } from '../arguments.ts';

/** Ctrl-C at a question. */
export class Interrupted extends CommandFailure {
  override readonly name = 'Interrupted';
}

const NOBODY =
  'There is no terminal to ask on, so nothing was written. Add --yes to write without a question.';

/** The terminal that a person answers on. Standard input may be a token, and nobody sees a question that goes to a file. */
function openTerminal(isInputTaken: boolean): ReadStream {
  if (!process.stderr.isTTY) throw new ArgumentError(NOBODY);
  if (process.stdin.isTTY && !isInputTaken) return process.stdin;
  if (!isInputTaken) throw new ArgumentError(NOBODY);
  try {
    return new ReadStream(openSync('/dev/tty', 'r'));
  } catch {
    throw new ArgumentError(NOBODY);
  }
}

/** Asks a person on the terminal. Only `y` and `yes` agree. Enter alone, anything else and the end of input decline. */
export function createAsk(options: { readonly yes: boolean; readonly isInputTaken: boolean }) {
  return async (question: string): Promise<boolean> => {
    if (options.yes) return true;
    const input = openTerminal(options.isInputTaken);
    const lines = createInterface({ input, output: process.stderr, terminal: true });
    try {
      return await new Promise<boolean>((resolve, reject) => {
        lines.once('SIGINT', () => reject(new Interrupted('Interrupted: nothing was written.')));
        lines.once('close', () => resolve(false));
        lines.question(`${question} [y/N] `, (answer) => resolve(/^y(?:es)?$/i.test(answer.trim())));
      });
    } finally {
      lines.close();
      if (input !== process.stdin) input.destroy();
    }
  };
}
