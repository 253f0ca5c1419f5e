import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { harmlessLine } from '../harmless.ts';
import type { Paint } from '../terminal-colors.ts';
import type { Ask } from './gather.ts';

/** Ctrl-C or Ctrl-D at a question. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

export interface Terminal {
  readonly ask: Ask;
  /** One of several, by its number or its name. */
  readonly choose: (
    title: string,
    names: readonly (readonly [name: string, what: string])[],
  ) => Promise<string>;
  /** @throws Interrupted if it has been interrupted while nothing was asked */
  throwIfInterrupted(): void;
  close(): void;
}

/** Asks at a terminal, one line after the other. What is asked has texts of others in it, and is made harmless. */
export function createTerminal(input: Readable, output: Writable, paint: Paint): Terminal {
  const lines = createInterface({ input, output, terminal: true, historySize: 0 });
  const ended = new AbortController();
  lines.on('SIGINT', () => ended.abort());
  lines.on('close', () => ended.abort());
  const write = (text: string) => void output.write(`${text}\n`);

  async function line(): Promise<string> {
    try {
      return await lines.question('> ', { signal: ended.signal });
    } catch (error) {
      if (ended.signal.aborted) throw new Interrupted();
      throw error;
    }
  }

  return {
    ask({ title, what, example, need, otherwise, separator }, fault) {
      if (fault !== undefined) write(paint('bad', harmlessLine(fault)));
      const without = otherwise?.join(',') ?? (need === undefined ? 'none' : undefined);
      const hints = [
        ...(example === undefined ? [] : [`such as ${example}`]),
        ...(separator === undefined ? [] : [`several are separated by ${separator}`]),
        ...(without === undefined ? [] : [`Enter for ${without}`]),
      ];
      write(`${paint('strong', title)}: ${harmlessLine(what)}`);
      if (hints.length > 0) write(paint('dim', harmlessLine(`  ${hints.join('; ')}`)));
      return line();
    },
    async choose(title, names) {
      write(paint('strong', title));
      for (const [index, [name, what]] of names.entries()) write(`  ${index + 1}  ${name}  ${what}`);
      for (;;) {
        const text = (await line()).trim();
        const chosen = names.find(([name], index) => text === name || text === String(index + 1));
        if (chosen !== undefined) return chosen[0];
        write(paint('bad', `Type a number from 1 to ${names.length}, or one of the names.`));
      }
    },
    throwIfInterrupted() {
      if (ended.signal.aborted) throw new Interrupted();
    },
    close: () => lines.close(),
  };
}
