import { createInterface } from 'node:readline';
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
  /** Rejects with Interrupted as soon as it is interrupted, even if nothing is being asked. */
  readonly interruption: Promise<never>;
  /** @throws Interrupted if it has been interrupted while nothing was asked */
  throwIfInterrupted(): void;
  close(): void;
}

interface Waiting {
  readonly resolve: (text: string) => void;
  readonly reject: (error: Interrupted) => void;
}

/** Asks on a terminal, one line at a time. Questions contain text of others, and are made harmless. */
export function createTerminal(input: Readable, output: Writable, paint: Paint): Terminal {
  const reader = createInterface({ input, output, terminal: true, historySize: 0, prompt: '> ' });
  /** Lines that were typed or pasted before they were asked for. */
  const early: string[] = [];
  let waiting: Waiting | undefined;
  let interrupted = false;
  let rejectAll: (error: Interrupted) => void = () => {};
  const interruption = new Promise<never>((_, reject) => {
    rejectAll = reject;
  });
  // Avoids an unhandled rejection if nobody waits for it.
  interruption.catch(() => {});
  const interrupt = () => {
    interrupted = true;
    waiting?.reject(new Interrupted());
    rejectAll(new Interrupted());
  };
  reader.on('SIGINT', interrupt);
  reader.on('close', interrupt);
  reader.on('line', (text) => {
    if (waiting === undefined) early.push(text);
    else waiting.resolve(text);
    waiting = undefined;
  });
  const write = (text: string) => void output.write(`${text}\n`);

  function line(): Promise<string> {
    if (interrupted) return Promise.reject(new Interrupted());
    reader.prompt();
    const [first] = early.splice(0, 1);
    if (first === undefined) {
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
      });
    }
    write(harmlessLine(first));
    return Promise.resolve(first);
  }

  return {
    ask({ title, what, example, separator }, fault, without) {
      if (fault !== undefined) write(paint('bad', harmlessLine(fault)));
      const hints = [
        ...(example === undefined ? [] : [`such as ${example}`]),
        ...(separator === undefined ? [] : [`several are separated by ${separator}`]),
        ...(without === undefined ? [] : [`Enter ${without}`]),
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
    interruption,
    throwIfInterrupted() {
      if (interrupted) throw new Interrupted();
    },
    close: () => reader.close(),
  };
}
